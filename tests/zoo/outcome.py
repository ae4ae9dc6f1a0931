"""What became of every message from <> at the guarded server, from three sides that must agree.

Postfix's log (accepted, refused or held, by queue id), backstopd's log (the verdict, by the same queue id)
and the mailboxes. Postfix notes the mark of each message in its log, so that a refused one is known as well.
"""

import dataclasses
import email
import email.message
import re

import letters
from trees import loopback
from trees.guard import Guard
from trees.postfix import Postfix

# For main.cf: cleanup notes the first line with a mark, in the envelope's company, and changes nothing.
CHECKS = "/etc/postfix/marks"
NOTE = f"/({letters.MARK})/ INFO marked $1\n"
MAIN = (f"header_checks = pcre:{CHECKS}\nbody_checks = pcre:{CHECKS}\n"
        # A bounce that returns much names the recipient early; the default reads 50 kB of each part.
        "body_checks_size_limit = 200000\n")

_NOTED = re.compile(rf"cleanup\[\d+\]: (\w+): info: .*; from=<([^>]*)> .*: marked ({letters.MARK})")
_REFUSED = re.compile(r"cleanup\[\d+\]: (\w+): milter-reject: END-OF-MESSAGE .*: (\d)\.\d\.\d")
_HELD = re.compile(r"cleanup\[\d+\]: (\w+): milter-hold: END-OF-MESSAGE ")
_DISCARDED = re.compile(r"cleanup\[\d+\]: (\w+): milter-discard: END-OF-MESSAGE ")
_SENT = re.compile(r"virtual\[\d+\]: (\w+): to=<([^>]*)>.* status=sent")
_PASSED = re.compile(r"smtp\[\d+\]: (\w+): to=<[^>]*>, relay=" + re.escape(loopback.SCANNER) + r"\[.* queued as (\w+)")
_JUDGED = re.compile(r"^(\S+ )?(\w+): direction=inbound verdict=(\S+) decision=(\S+)(?: kind=(\S+))?(?: reason=(\S+))?")
_QUEUE_ID = re.compile(rb"by mx\.shop\.test \(Postfix\) with (?:UTF8)?E?SMTP id (\w+)")


@dataclasses.dataclass
class Outcome:
    """One message. `fate` is delivered, refused, deferred, held, discarded or waiting.

    `again` is its second queue id, after a content filter; `trouble` says where the sides differ.
    """

    queue_id: str
    verdict: str = ""
    decision: str = ""
    kind: str = ""
    reason: str = ""
    fate: str = "waiting"
    mailboxes: list[str] = dataclasses.field(default_factory=list)
    header: str = ""
    form: str = ""
    again: str = ""
    trouble: str = ""


def form_of(report: email.message.Message) -> str:
    """How much of the original a report carries in a part of its own: full, headers or nothing."""
    for part in report.walk():
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            return "full" if part.get_payload(0).get_payload() else "headers"
        if part.get_content_type() == "text/rfc822-headers":
            # OpenSMTPD calls the whole message so.
            return "full" if part.get_payload().lstrip().partition("\n\n")[2].strip() else "headers"
    return "nothing"


def form_of_text(raw: bytes) -> str:
    return form_of(email.message_from_bytes(raw))


class Logbook:
    """Reads the logs on as they grow; `outcomes` are those of one mark, by the order in which they came."""

    def __init__(self, postfix: Postfix, guard: Guard):
        self._postfix = postfix
        self._guard = guard
        self._offsets = {"postfix": 0, "guard": 0}
        self._noted: dict[str, list[str]] = {}
        self._outcomes: dict[str, Outcome] = {}
        self._read_paths: set = set()

    def read(self) -> None:
        for line in self._more("postfix", self._postfix.log):
            self._on_postfix(line)
        for line in self._more("guard", self._guard.log):
            if found := _JUDGED.match(line):
                one = self._of(found[2])
                one.verdict, one.decision, one.kind, one.reason = found[3], found[4], found[5] or "", found[6] or ""
        for message in self._postfix.delivered():
            if message.path in self._read_paths:
                continue
            self._read_paths.add(message.path)
            if found := _QUEUE_ID.search(message.raw):
                one = self._of(found[1].decode())
                one.mailboxes.append(message.path.parent.parent.name)
                one.header = message.verdict()
                one.form = form_of(message.parsed)

    def outcomes(self, mark: str) -> list[Outcome]:
        found = []
        for queue_id in self._noted.get(mark, []):
            one = self._of(queue_id)
            if one.again:
                second = self._of(one.again)
                one = dataclasses.replace(one, fate=second.fate, mailboxes=second.mailboxes, header=second.header,
                                          form=second.form, trouble="judged twice" if second.verdict else "")
            one.trouble = one.trouble or self._disagreement(one)
            found.append(one)
        return found

    def _disagreement(self, one: Outcome) -> str:
        if one.fate == "refused" and one.mailboxes:
            return "Postfix refused it and it is in a mailbox"
        if one.fate == "refused" and one.decision != "refuse":
            return f"Postfix refused it, backstopd says {one.decision or 'nothing'}"
        if one.fate == "held" and one.decision != "quarantine":
            return f"Postfix holds it, backstopd says {one.decision or 'nothing'}"
        if one.fate == "delivered" and one.decision in ("refuse", "quarantine"):
            return f"it was delivered, backstopd says {one.decision}"
        if one.fate == "delivered" and one.verdict not in ("", "not-backscatter") and one.header != one.verdict:
            return f"the mailbox says {one.header or 'nothing'}, backstopd's log {one.verdict}"
        return ""

    def _on_postfix(self, line: str) -> None:
        if found := _NOTED.search(line):
            if found[2] == "":
                known = self._noted.setdefault(found[3], [])
                if found[1] not in known:
                    known.append(found[1])
        elif found := _REFUSED.search(line):
            self._of(found[1]).fate = "refused" if found[2] == "5" else "deferred"
        elif found := _HELD.search(line):
            self._of(found[1]).fate = "held"
        elif found := _DISCARDED.search(line):
            self._of(found[1]).fate = "discarded"
        elif found := _PASSED.search(line):
            self._of(found[1]).again = found[2]
        elif found := _SENT.search(line):
            self._of(found[1]).fate = "delivered"

    def _of(self, queue_id: str) -> Outcome:
        return self._outcomes.setdefault(queue_id, Outcome(queue_id))

    def _more(self, which: str, path) -> list[str]:
        """The whole lines a log has grown by."""
        if not path.exists():
            return []
        with open(path, "rb") as log:
            log.seek(self._offsets[which])
            new = log.read()
        whole = new[:new.rfind(b"\n") + 1]
        self._offsets[which] += len(whole)
        return whole.decode(errors="replace").splitlines()
