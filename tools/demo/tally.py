"""What really happened, counted from four sides: the mailboxes, Postfix's log, backstopd's log, the bouncers' logs."""

import collections
import dataclasses
import re

from messages import Letter
from stage import Stage

_MENTIONED = re.compile(rb"([0-9a-f]{20})@")
_REJECTED = r"milter-reject: END-OF-MESSAGE .*from=<> "


@dataclasses.dataclass
class Row:
    """One act of the play. `came_in`, `verdicts` and `touched` are of messages delivered; no letter counts twice."""

    title: str
    sent: int = 0
    came_in: int = 0
    verdicts: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    touched: list[str] = dataclasses.field(default_factory=list)


class Tally:
    """Knows every letter that was sent, by act; `count` looks again at what became of them."""

    ACTS = {"out": "ordinary mail out", "in": "ordinary mail in", "genuine": "genuine bounces",
            "forged": "forged twins", "nothing": "forged, nothing returned"}

    def __init__(self, stage: Stage):
        self._stage = stage
        self._act: dict[str, str] = {}
        self._letters: dict[str, Letter] = {}
        self._seen: dict[str, tuple[str, str]] = {}
        self._came: set[str] = set()
        self.rows = {act: Row(title) for act, title in self.ACTS.items()}
        self.refused_by = {"Postfix": 0, "backstopd": 0, "the bouncers": 0}
        self.deferred = 0

    def sent(self, act: str, letter: Letter) -> None:
        self._act[letter.identity] = act
        self._letters[letter.identity] = letter

    def count(self) -> None:
        rows = {act: Row(title) for act, title in self.ACTS.items()}
        for act in list(self._act.values()):
            rows[act].sent += 1
        came = set()
        for message in self._stage.postfix.delivered():
            act, identity = self._identify(message)
            if not act or (act == "out") or identity in came:
                continue
            came.add(identity)
            rows[act].came_in += 1
            rows[act].verdicts[message.verdict()] += 1
            if act == "in" and (message.verdict() or not message.raw.endswith(self._letters[identity].content)
                                or any(name.startswith("backstop-") for name in message.header_names())):
                rows[act].touched.append(str(message.path))
        abroad = [m.raw for m in self._stage.exims["full"].delivered()] + self._stage.sink.kept
        for raw in abroad:
            identity = self._first_known(raw)
            if identity and self._act[identity] == "out" and identity not in came:
                came.add(identity)
                rows["out"].came_in += 1
                signed = re.search(rb"(?m)^Backstop-Token: .*\nReceived: from desk\.shop\.test", raw)
                rows["out"].verdicts["signed" if signed else ""] += 1
                if not raw.endswith(self._letters[identity].content):
                    rows["out"].touched.append(identity)
        self.rows = rows
        self._came = came
        self._count_refusals()

    def missing(self, act: str) -> list[Letter]:
        """The letters of an act of which nothing came into a mailbox."""
        return [self._letters[identity] for identity, its in self._act.items() if its == act and identity not in self._came]

    def _count_refusals(self) -> None:
        stage = self._stage
        rejected = stage.postfix.log_lines(_REJECTED)
        self.refused_by["Postfix"] = sum(" 5.7." in line for line in rejected)
        self.deferred = len(rejected) - self.refused_by["Postfix"]
        if stage.guard:
            self.refused_by["backstopd"] = sum(one.get("decision") == "refuse" and one.get("verdict") == "forged"
                                               for one in stage.guard.judged())
        self.refused_by["the bouncers"] = sum(server.refused() for server in stage.bouncers.values())

    def _identify(self, message) -> tuple[str, str]:
        key = str(message.path)
        if key not in self._seen:
            identity = self._first_known(message.raw)
            self._seen[key] = (self._act.get(identity, ""), identity)
        return self._seen[key]

    def _first_known(self, raw: bytes) -> str:
        for match in _MENTIONED.finditer(raw):
            if match[1].decode() in self._act:
                return match[1].decode()
        return ""
