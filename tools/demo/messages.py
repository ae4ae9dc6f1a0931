"""The mail of the demonstration: ordinary letters, letters to nobody, and spam in the same clothes."""

import dataclasses
import email.utils
import secrets

from trees.postfix import DOMAIN

PEOPLE = ["anna", "ben", "carla", "david"]
_NAMES = {"anna": "Anna Berg", "ben": "Ben Ott", "carla": "Carla Ruiz", "david": "David Lund"}

_LETTERS = [
    ("Your order of Tuesday", "Dear customer,\n\nyour order left our house this morning and should reach you by Friday.\n"),
    ("Offer for the oak shelves", "Good morning,\n\nthe shelves would be 2.40 m wide; the offer holds until the end of the month.\n"),
    ("Re: opening hours", "Hello,\n\nwe are open from nine to six, on Saturdays until two.\n"),
    ("Invoice 20931", "Dear sir or madam,\n\nplease find the invoice's figures below.\n\nTotal: 184.20\n"),
]
_SPAM = [
    ("Re: your account", "Dear client,\n\nyou were selected. Claim your reward within 24 hours: http://prize.spam.test/c\n"),
    ("Cheap watches, today only", "Best quality replica watches. Visit http://watch.spam.test/ now!\n"),
    ("Invoice overdue", "Attn: payment is overdue. Details: http://pay.spam.test/i\n"),
    ("I have seen your profile", "Hi dear,\n\nI saw your profile and want to know you better. http://love.spam.test/\n"),
    ("Lose weight in 10 days", "Doctors hate it. One pill a day. http://pill.spam.test/\n"),
]


@dataclasses.dataclass(frozen=True)
class Letter:
    """One message with its envelope. `identity` is the left side of its Message-ID, unlike any other."""

    identity: str
    sender: str
    recipient: str
    content: bytes


def letter(sender: str, recipient: str, number: int) -> Letter:
    """An ordinary letter from a person to a person."""
    subject, body = _LETTERS[number % len(_LETTERS)]
    return _compose(sender, recipient, subject, body)


def twin(genuine: Letter, number: int) -> Letter:
    """A spam that forges the sender of a genuine letter, to the same recipient, in the same shape.

    Every second one even claims, in a Received line, to have passed the guarded server.
    """
    subject, body = _SPAM[number % len(_SPAM)]
    claim = ""
    if number % 2:
        claim = (f"Received: from desk.{DOMAIN} (desk.{DOMAIN} [127.0.1.5])\n"
                 f"\tby mx.{DOMAIN} (Postfix) with ESMTP id {secrets.token_hex(5).upper()}\n"
                 f"\tfor <{genuine.recipient}>; {email.utils.formatdate()}\n")
    return _compose(genuine.sender, genuine.recipient, subject, body, claim)


def _compose(sender: str, recipient: str, subject: str, body: str, above: str = "") -> Letter:
    local, domain = sender.split("@")
    identity = secrets.token_hex(10)
    text = (f"{above}From: {_NAMES.get(local, local.capitalize())} <{sender}>\n"
            f"To: {recipient}\n"
            f"Subject: {subject}\n"
            f"Date: {email.utils.formatdate()}\n"
            f"Message-ID: <{identity}@{domain}>\n"
            "MIME-Version: 1.0\n"
            "Content-Type: text/plain; charset=utf-8\n"
            f"\n{body}")
    return Letter(identity, sender, recipient, text.encode())
