"""Bounces that come to us by way of something of ours: a relay in front, a content filter that hands mail back."""

import functools

import bounces
from cases import FORGED, FORGED_BARE, FORGED_BY_RELAY, GENUINE, GENUINE_BARE, Case
from house import DEPOT, LOFT

_WAYS = {"front-relay": (DEPOT, FORGED_BY_RELAY), "content-filter": (LOFT, FORGED)}
_BOUNCERS = [("postfix", "unknown"), ("exim", "content")]


def make() -> list[Case]:
    cases = []
    for way, (ours, refused) in _WAYS.items():
        for server, reason in _BOUNCERS:
            for form in bounces.FORMS:
                number = len(cases) // 2
                for twin in ("genuine", "forged"):
                    expected = {("genuine", True): GENUINE_BARE, ("genuine", False): GENUINE,
                                ("forged", True): FORGED_BARE, ("forged", False): refused}[twin, form == "nothing"]
                    act = functools.partial(bounces.send, server=server, reason=reason, form=form, twin=twin,
                                            number=number, ours=ours)
                    cases.append(Case(f"{way}/{server}/{bounces.REASONS[reason]}/{form}/{twin}", expected, act,
                                      kind="bounce", form=form))
    return cases
