"""Bounces that come to us by way of something of ours: a relay in front, a content filter that hands mail back."""

import functools

import answers
import bounces
import originals
from cases import FORGED, FORGED_BY_RELAY, GENUINE, Case, of_twin
from house import DEPOT, LOFT
from trees.postfix import DOMAIN

_WAYS = {"front-relay": (DEPOT, FORGED_BY_RELAY), "content-filter": (LOFT, FORGED)}
_BOUNCERS = [("postfix", "unknown"), ("exim", "content")]


def make() -> list[Case]:
    cases = []
    for way, (ours, refused) in _WAYS.items():
        for server, reason in _BOUNCERS:
            for form in bounces.FORMS:
                number = len(cases) // 2
                for twin in ("genuine", "forged"):
                    act = functools.partial(bounces.send, server=server, reason=reason, form=form, twin=twin,
                                            number=number, ours=ours)
                    cases.append(Case(f"{way}/{server}/{bounces.REASONS[reason]}/{form}/{twin}",
                                      of_twin(twin, form, refused), act, kind="bounce", form=form))
    return cases + [Case(f"{way}/leaves-with-one-token/genuine", GENUINE, functools.partial(_sign_once, ours=ours),
                         kind="read-receipt") for way, ours in (("straight", DOMAIN), ("content-filter", LOFT))]


def _sign_once(zoo, case: Case, ours: str) -> None:
    """A letter leaves with exactly one token of ours, at its top; then its reader confirms it, which proves the token."""
    author = f"anna@{ours}"
    raw = originals.written(zoo, "genuine", case.mark, author, 0, author, f"Disposition-Notification-To: <{author}>\n")
    tokens = raw.count(b"\nBackstop-Token: ")
    if tokens != 1:
        raise AssertionError(f"it left with {tokens} tokens")
    with zoo.mail_program() as client:
        client.send("", author, answers.receipt(raw, case.mark, author, "headers"))
