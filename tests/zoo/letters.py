"""The letters of the zoo: what our users write, and spam that forges them. Each carries its case's mark.

A mark is part of the recipient's address, so every bounce names it, whatever else it returns.
"""

import email.utils
import secrets
import time

MARK = r"m[0-9a-f]{14}q"

_SENTENCE = "We would be glad to hear from you before the end of the week.\n"
_PITCH = "Limited offer, http://prize.spam.test/c today only, no prescription needed.\n"


def new_mark() -> str:
    return "m" + secrets.token_hex(7) + "q"


def genuine(mark: str, sender: str, recipient: str, size: int = 0, number: int = 0, from_: str = "",
            more: str = "", days_ago: int = 0) -> bytes:
    """What a mail program of ours hands in: complete, and of about `size` bytes.

    `from_` is another From: than the sender, `more` are further header lines.
    """
    head = (f"From: {_called(from_ or sender)} <{from_ or sender}>\nTo: {recipient}\n"
            f"Subject: Your question of {mark[1:5]}\nDate: {_date(days_ago)}\n"
            f"Message-ID: <{mark}@{sender.partition('@')[2]}>\nUser-Agent: Mozilla Thunderbird\nMIME-Version: 1.0\n"
            f"{more}")
    return _with_body(head, _SENTENCE, size, number)


def forged(mark: str, sender: str, recipient: str, size: int = 0, number: int = 0, more: str = "",
           days_ago: int = 0) -> bytes:
    """What a spammer hands in elsewhere in our user's name; `number` chooses among the kinds that are seen."""
    identity, host = secrets.token_hex(10), f"pc{secrets.randbelow(999)}.dsl.spam.test"
    received = (f"Received: from {host} ([10.{number % 250}.7.3])\n"
                f"\tby relay.spam.test with ESMTP id {identity[:10].upper()};\n\t{_date(days_ago)}\n")
    date = f"Date: {_date(days_ago)}\n"
    message_id = f"Message-ID: <{identity}@shop.test>\n"
    head = {
        0: received + date + message_id,  # careful ratware: everything is there
        1: received + date,  # leaves out the Message-ID
        2: message_id,  # leaves out Date, and comes straight from the infected machine
        3: received.replace("relay.spam.test", "mx.shop.test (Postfix)") + date + message_id,  # claims our server
        4: f"Backstop-Token: {secrets.token_hex(36)}\n" + received + date + message_id,  # a token made up
        5: "",  # neither Date nor Message-ID nor Received
    }[number % 6]
    head += (f"From: \"{_called(sender)}\" <{sender}>\nTo: {recipient}\nSubject: Re: order {mark[1:5]} confirmed\n"
             "X-Mailer: Microsoft Outlook Express 6.00.2900.2180\nMIME-Version: 1.0\n"
             f"{more}")
    return _with_body(head, _PITCH, size, number)


def _with_body(head: str, line: str, size: int, number: int) -> bytes:
    """One of three kinds of body: plain, multipart with HTML, multipart with an attachment."""
    text = "Hello,\n\n" + line * max(1, size // len(line) + 1 if size else 1)
    if number % 3 == 0:
        return f"{head}Content-Type: text/plain; charset=utf-8\n\n{text}".encode()
    kind, second = (("alternative", f"Content-Type: text/html; charset=utf-8\n\n<p>{line}</p>\n") if number % 3 == 1 else
                    ("mixed", "Content-Type: application/pdf; name=offer.pdf\nContent-Transfer-Encoding: base64\n"
                              "Content-Disposition: attachment\n\nJVBERi0xLjQKJcOkw7zDtsOfCg==\n"))
    boundary = f"=_{secrets.token_hex(8)}"
    return (f"{head}Content-Type: multipart/{kind}; boundary=\"{boundary}\"\n\n--{boundary}\n"
            f"Content-Type: text/plain; charset=utf-8\n\n{text}\n--{boundary}\n{second}\n--{boundary}--\n").encode()


def _date(days_ago: int) -> str:
    return email.utils.formatdate(time.time() - days_ago * 86400)


def _called(address: str) -> str:
    return address.partition("@")[0].capitalize()
