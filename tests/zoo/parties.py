"""Genuine and forged from one and the same party: our user wrote to it, and spam in our user's name went there too.

What returns nothing cannot be told apart then, and is given the benefit, three times a week. What returns the
spam's own headers speaks for itself.
"""

import functools

import letters
import originals
from cases import Case, expect_each
from trees.postfix import DOMAIN

# The domain of the party, how many spams go there, and what must come of all of it.
_PARTIES = {
    "notices-without-original": ("unknown-quiet.postfix.test", 3, {"genuine delivered": 3, "unproven delivered": 1}),
    "bounces-with-original": ("unknown.postfix.test", 2, {"genuine delivered": 1, "forged refused": 2}),
    "bounces-with-long-original": ("content.exim.test", 2, {"genuine delivered": 1, "forged refused": 2}),
    "out-of-office": ("away.exim.test", 1, {"genuine delivered": 2}),
}

# What a letter to one person may be answered by others than that person.
_OTHERS = 7
_SPAMS = 12


def make() -> list[Case]:
    cases = [Case(f"known-party/{name}/both", expect_each(counts), functools.partial(_send, domain=domain, spams=spams),
                  counts=counts) for name, (domain, spams, counts) in _PARTIES.items()]
    stolen = {"genuine delivered": _OTHERS, "replayed delivered": _SPAMS - _OTHERS}
    return [*cases, Case("stolen-token/in-twelve-spams/forged", expect_each(stolen), _steal, counts=stolen)]


def _send(zoo, case: Case, domain: str, spams: int) -> None:
    sender, recipient = f"david@{DOMAIN}", f"kim.{case.mark}@{domain}"
    with zoo.house.desk() as client:
        client.send(sender, recipient, letters.genuine(case.mark, sender, recipient))
    # One after the other: of answers that come at once, each is judged before the other is counted.
    originals.await_judged(zoo, case.mark, 1)
    with zoo.spammer(domain, 0) as client:
        for number in range(spams):
            client.send(sender, recipient, letters.forged(case.mark, sender, recipient, 0, number))
            originals.await_judged(zoo, case.mark, number + 2)


def _steal(zoo, case: Case) -> None:
    """A spammer who got a letter of ours puts its token into spams to two others, all of which bounce."""
    sender = f"carla@{DOMAIN}"
    token = originals.field(originals.written(zoo, "genuine", case.mark, sender, 0), "Backstop-Token")
    with zoo.spammer("unknown.postfix.test", 0) as client:
        for number in range(_SPAMS):
            recipient = f"kim{number % 2}.{case.mark}@unknown.postfix.test"
            client.send(sender, recipient, letters.forged(case.mark, sender, recipient, 0, 1, f"Backstop-Token: {token}\n"))
            originals.await_judged(zoo, case.mark, number + 1)
