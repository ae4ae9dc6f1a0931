"""Genuine and forged from one and the same party: our user wrote to it, and spam in our user's name went there too.

What returns nothing cannot be told apart then, and is given the benefit, three times a week. What returns the
spam's own headers speaks for itself.
"""

import functools

import letters
import originals
from cases import Case, expect
from trees.postfix import DOMAIN

# The domain of the party, how many spams go there, and what must come of all of it.
_PARTIES = {"notices-without-original": ("unknown-quiet.postfix.test", 3, {"genuine": 3, "unproven": 1}, "delivered"),
            "bounces-with-original": ("unknown.postfix.test", 2, {"genuine": 1, "forged": 2}, "delivered|refused"),
            "bounces-with-long-original": ("content.exim.test", 2, {"genuine": 1, "forged": 2}, "delivered|refused"),
            "out-of-office": ("away.exim.test", 1, {"genuine": 2}, "delivered")}


# What a letter to one person may be answered by others than that person.
_OTHERS = 7
_SPAMS = 12


def make() -> list[Case]:
    return [Case(f"known-party/{name}/both", expect("|".join(counts), fates),
                 functools.partial(_send, domain=domain, spams=spams), counts=counts)
            for name, (domain, spams, counts, fates) in _PARTIES.items()] + [
        Case("stolen-token/in-twelve-spams/forged", expect("genuine|replayed", "delivered"), _steal,
             counts={"genuine": _OTHERS, "replayed": _SPAMS - _OTHERS})]


def _send(zoo, case: Case, domain: str, spams: int) -> None:
    sender, recipient = f"david@{DOMAIN}", f"kim.{case.mark}@{domain}"
    with zoo.house.desk() as client:
        client.send(sender, recipient, letters.genuine(case.mark, sender, recipient))
    with zoo.spammer(domain, 0) as client:
        for number in range(spams):
            client.send(sender, recipient, letters.forged(case.mark, sender, recipient, 0, number))


def _steal(zoo, case: Case) -> None:
    """A spammer who got a letter of ours puts its token into spams to others, all of which bounce."""
    sender = f"carla@{DOMAIN}"
    token = originals.field(originals.written(zoo, "genuine", case.mark, sender, 0), "Backstop-Token")
    with zoo.spammer("unknown.postfix.test", 0) as client:
        for number in range(_SPAMS):
            recipient = f"kim{number}.{case.mark}@unknown.postfix.test"
            client.send(sender, recipient, letters.forged(case.mark, sender, recipient, 0, 1, f"Backstop-Token: {token}\n"))
