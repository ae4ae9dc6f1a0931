"""Letters and bounces as text, each with a mark of its own by which it is found again."""

import email.utils
import secrets


def mark() -> str:
    return secrets.token_hex(10)


def letter(sender: str, recipient: str, name: str) -> bytes:
    return (f"From: {sender}\nTo: {recipient}\nSubject: a letter\nDate: {email.utils.formatdate()}\n"
            f"Message-ID: <{name}@shop.test>\n\nGood morning.\n").encode()


def returned_block(name: str, token_line: str = "") -> str:
    """The header block of a letter of ours as a foreign server returns it; without a token it is a spammer's."""
    return ("Return-Path: <anna@shop.test>\n"
            "Received: from mx.shop.test ([127.0.1.1]) by mx.else.test with ESMTP id 1;\n"
            f"\t{email.utils.formatdate()}\n{token_line}"
            "From: anna@shop.test\nTo: nobody@else.test\nSubject: a letter\n"
            f"Date: {email.utils.formatdate()}\nMessage-ID: <{name}@shop.test>\n")


def bounce(name: str, block: str | None, recipient: str = "anna@shop.test") -> bytes:
    """A standard report (RFC 3464) that returns a header block, or nothing."""
    return _report(name, recipient, f"--b1\nContent-Type: text/rfc822-headers\n\n{block}\n" if block else "")


def whole_bounce(name: str, original: str, recipient: str = "anna@shop.test") -> bytes:
    """The same that returns the whole original, as it came to the server abroad, below that server's own Received."""
    return _report(name, recipient, "--b1\nContent-Type: message/rfc822\n\n"
                   "Received: from mx.shop.test ([127.0.1.1]) by mx.else.test with ESMTP id 1;\n"
                   f"\t{email.utils.formatdate()}\n{original}\n")


def _report(name: str, recipient: str, returned: str) -> bytes:
    return ("From: Mail Delivery System <MAILER-DAEMON@mx.else.test>\n"
            f"To: {recipient}\nSubject: Undelivered Mail Returned to Sender\n"
            f"Date: {email.utils.formatdate()}\nMessage-ID: <bounce.{name}@mx.else.test>\n"
            "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b1\n\n"
            "--b1\nContent-Type: text/plain\n\nYour message could not be delivered.\n\n"
            "--b1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.else.test\n\n"
            "Final-Recipient: rfc822; nobody@else.test\nAction: failed\nStatus: 5.1.1\n\n"
            f"{returned}--b1--\n").encode()


def token_line(text: str) -> str:
    """The Backstop-Token line of a letter that went out, with its line end."""
    return next(line + "\n" for line in text.splitlines() if line.startswith("Backstop-Token:"))
