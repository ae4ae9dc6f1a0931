"""One bounce for several recipients at once, and bounces to the addresses that a postmaster must be able to read."""

import email.utils
import functools

import originals
from cases import FORGED, FORGED_AT_ROLE, Case, expect_each, of_twin

_TO = {"two-users": ("anna", "ben"), "three-users": ("anna", "ben", "carla"),
       "user-and-postmaster": ("anna", "postmaster"), "postmaster": ("postmaster",), "abuse": ("abuse",),
       "listed-role": ("dmarc",)}

# A user and a role are not judged alike: the second is put off and comes again alone.
_APART = {("headers", "genuine"): {"genuine delivered": 2}, ("nothing", "forged"): {"unproven delivered": 2},
          ("headers", "forged"): {"forged refused": 1, "forged held": 1}}


def make() -> list[Case]:
    cases = []
    for name, people in _TO.items():
        role = not all(person in ("anna", "ben", "carla") for person in people)
        for form, twin in (("headers", "genuine"), ("headers", "forged"), ("nothing", "forged")):
            act = functools.partial(_send, people=people, form=form, twin=twin, number=len(cases))
            expected, counts = of_twin(twin, form, FORGED_AT_ROLE if role else FORGED), {}
            if role and len(people) > 1:
                counts = _APART[form, twin]
                expected = expect_each(counts)
            cases.append(Case(f"recipients/{name}/{form}/{twin}", expected, act, kind="bounce", form=form, into=people,
                              counts=counts))
    return cases


def _send(zoo, case: Case, people: tuple[str, ...], form: str, twin: str, number: int) -> None:
    recipients = [originals.user(person) for person in people]
    block = None
    if form != "nothing":
        block = originals.headers_of(originals.written(zoo, twin, case.mark, recipients[0], number))
    originals.deliver(zoo, recipients, bounce(case.mark, recipients, block))


def bounce(mark: str, recipients: list[str], block: bytes | None) -> bytes:
    """A standard report (RFC 3464) of the reader's server, with a header block or nothing."""
    text = (f"From: Mail Delivery System <MAILER-DAEMON@mx.else.test>\nTo: {', '.join(recipients)}\n"
            f"Subject: Undelivered Mail Returned to Sender\nDate: {email.utils.formatdate()}\n"
            f"Message-ID: <{mark[1:]}.b@mx.else.test>\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=\"dsn\"\n\n"
            "--dsn\nContent-Type: text/plain\n\nYour message could not be delivered.\n\n"
            "--dsn\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.else.test\n\n"
            f"Final-Recipient: rfc822; kim.{mark}@reader.postfix.test\nAction: failed\nStatus: 5.1.1\n\n").encode()
    if block is not None:
        text += b"--dsn\nContent-Type: text/rfc822-headers\n\n" + block + b"\n"
    return text + b"--dsn--\n"
