"""What people's programs answer to the sender: out-of-office notes and read receipts, all sent from <>."""

import email.utils
import functools

import letters
import originals
from cases import FORGED_BARE, GENUINE, Case, of_twin
from house import PEOPLE
from trees.postfix import DOMAIN

# Which program answers, and the domain whose users have it; the last quotes the letter whole.
_AWAY = {"dovecot-sieve-vacation": "away.postfix.test", "exim-autoreply": "away.exim.test",
         "exim-autoreply-quoting": "quoting.exim.test"}


def make() -> list[Case]:
    cases = []
    for program, domain in _AWAY.items():
        for number in range(2):
            for twin in ("genuine", "forged"):
                # An answer that returns a letter is not the kind of thing that must return it: never refused.
                expected = GENUINE if twin == "genuine" else FORGED_BARE
                kind = ("plain", "with-attachment")[number]
                cases.append(Case(f"out-of-office/{program}/{kind}/{twin}", expected,
                                  functools.partial(_away, domain=domain, twin=twin, number=(0, 2)[number]),
                                  kind="auto-reply"))
    for to in ("sender", "from"):
        for form in ("full", "headers", "nothing"):
            for twin in ("genuine", "forged"):
                act = functools.partial(_receipt, to=to, twin=twin, number=len(cases) // 2, form=form)
                cases.append(Case(f"read-receipt/to-{to}/{form}/{twin}", of_twin(twin, form), act, kind="read-receipt",
                                  form=form))
    return cases


def _away(zoo, case: Case, domain: str, twin: str, number: int) -> None:
    sender, recipient = f"{PEOPLE[number]}@{DOMAIN}", f"kim.{case.mark}@{domain}"
    if twin == "genuine":
        with zoo.house.desk() as client:
            client.send(sender, recipient, letters.genuine(case.mark, sender, recipient, 0, number))
    else:
        with zoo.spammer(domain, number) as client:
            client.send(sender, recipient, letters.forged(case.mark, sender, recipient, 0, number))


def _receipt(zoo, case: Case, to: str, twin: str, form: str, number: int) -> None:
    """RFC 8098: the reader's mail program answers; to the From: when that is another than the sender."""
    sender = f"{PEOPLE[number % 4]}@{DOMAIN}"
    other = f"{PEOPLE[(number + 1) % 4]}@{DOMAIN}"
    author = other if to == "from" else sender
    raw = originals.written(zoo, twin, case.mark, sender, number, author, f"Disposition-Notification-To: <{author}>\n")
    with zoo.mail_program() as client:
        client.send("", author, receipt(raw, case.mark, author, form))


def receipt(raw: bytes, mark: str, author: str, form: str) -> bytes:
    """A read receipt as mail programs write them, with so much of the letter."""
    reader, original = f"kim.{mark}@reader.postfix.test", originals.field(raw, "Message-ID")
    text = (f"From: Kim <{reader}>\nTo: {author}\nSubject: Read: {originals.field(raw, 'Subject')}\n"
            f"Date: {email.utils.formatdate()}\nMessage-ID: <receipt.{mark[1:]}@reader.postfix.test>\n"
            + (f"In-Reply-To: {original}\nReferences: {original}\n" if original else "") +
            "MIME-Version: 1.0\n"
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=\"rr\"\n\n"
            "--rr\nContent-Type: text/plain; charset=utf-8\n\n"
            f"This is a return receipt for the mail that you sent to {reader}.\n\n"
            "--rr\nContent-Type: message/disposition-notification\n\n"
            f"Reporting-UA: reader.postfix.test; Thunderbird\nFinal-Recipient: rfc822;{reader}\n"
            + (f"Original-Message-ID: {original}\n" if original else "") +
            "Disposition: manual-action/MDN-sent-manually; displayed\n\n").encode()
    if form == "headers":
        text += b"--rr\nContent-Type: text/rfc822-headers\n\n" + originals.headers_of(raw) + b"\n"
    elif form == "full":
        text += b"--rr\nContent-Type: message/rfc822\n\n" + raw + b"\n"
    return text + b"--rr--\n"
