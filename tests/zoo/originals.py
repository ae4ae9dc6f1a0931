"""Letters as readers abroad have them before them: to be answered, or quoted in a report."""

import time

import letters
from trees.postfix import DOMAIN

_PATIENCE = 30  # seconds until a letter must have arrived abroad


def arrived(zoo, mark: str) -> bytes:
    """The letter with this mark as it lies in the store abroad; waits for it."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        for raw in list(zoo.store.kept):
            if mark.encode() in raw:
                return raw
        time.sleep(0.1)
    raise TimeoutError("the letter did not arrive abroad")


def await_judged(zoo, mark: str, number: int) -> None:
    """Waits until so many answers with this mark have come home and been judged."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        came = {line.split(": ")[1] for line in zoo.house.postfix.log_lines(rf"from=<> .*: marked {mark}")}
        if sum(bool(zoo.house.guard.lines(f"^{queue_id}: ")) for queue_id in came) >= number:
            return
        time.sleep(0.1)
    raise TimeoutError(f"not all of {number} answers came")


def written(zoo, twin: str, mark: str, sender: str, number: int, from_: str = "", more: str = "") -> bytes:
    """A letter to a reader abroad, by our user or by a spammer in our user's name, as the reader got it."""
    recipient = f"kim.{mark}@reader.postfix.test"
    if twin == "genuine":
        with zoo.house.desk(sender.partition("@")[2]) as client:
            client.send(sender, recipient, letters.genuine(mark, sender, recipient, 0, number, from_, more))
    else:
        with zoo.spammer("reader.postfix.test", number) as client:
            client.send(sender, recipient, letters.forged(mark, from_ or sender, recipient, 0, number, more))
    return arrived(zoo, mark)


def headers_of(raw: bytes) -> bytes:
    return raw.split(b"\n\n", 1)[0] + b"\n"


def field(raw: bytes, name: str) -> str:
    """One header field's value, or nothing."""
    for line in headers_of(raw).decode("latin-1").splitlines():
        if line.lower().startswith(name.lower() + ":"):
            return line.partition(":")[2].strip()
    return ""


def deliver(zoo, recipients: list[str], content: bytes, sender: str = "") -> None:
    """A stranger's server hands us one message for several recipients, as it would with its own queue.

    Who is put off (4xx) is tried again in a transaction of its own; what is refused at the end is refused.
    """
    waiting = recipients
    with zoo.house.stranger(recipients[0].partition("@")[2]) as client:
        client.command("EHLO mx.else.test")
        while waiting:
            client.command(f"MAIL FROM:<{sender}>")
            answers = {recipient: client.command(f"RCPT TO:<{recipient}>")[0] for recipient in waiting}
            taken = [recipient for recipient, code in answers.items() if code < 300]
            if not taken:
                raise ConnectionError(f"every recipient was refused: {answers}")
            client.data(content)
            waiting = [recipient for recipient, code in answers.items() if 400 <= code < 500]


def user(name: str) -> str:
    return f"{name}@{DOMAIN}"
