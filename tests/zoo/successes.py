"""Reports that nothing failed: the sender asked to hear of success, or waits longer than usual (RFC 3461)."""

import functools

import bounces
import letters
from cases import FORGED, GENUINE, Case
from house import PEOPLE
from trees.postfix import DOMAIN

# These say of mail that has to wait that it waits.
_WARNERS = ("exim", "osmtpd")


def make() -> list[Case]:
    cases = []
    for server in bounces.SERVERS:
        for returns, form in (("FULL", "full"), ("HDRS", "headers")):
            for twin in ("genuine", "forged"):
                act = functools.partial(_send, domain=f"kept.{server}.test", twin=twin, returns=returns, notify="SUCCESS",
                                        number=len(cases) // 2)
                cases.append(Case(f"reported/{bounces.NAMES.get(server, server)}/success/{form}/{twin}",
                                  GENUINE if twin == "genuine" else FORGED, act, kind="delivery-report"))
    for server in _WARNERS:
        for twin in ("genuine", "forged"):
            act = functools.partial(_send, domain=f"slow.{server}.test", twin=twin, returns="", notify="",
                                    number=len(cases) // 2)
            cases.append(Case(f"reported/{bounces.NAMES.get(server, server)}/delay/{twin}",
                              GENUINE if twin == "genuine" else FORGED, act, kind="delay"))
    return cases


def _send(zoo, case: Case, domain: str, twin: str, returns: str, notify: str, number: int) -> None:
    sender, recipient = f"{PEOPLE[number % len(PEOPLE)]}@{DOMAIN}", f"kim.{case.mark}@{domain}"
    if twin == "genuine":
        with zoo.house.desk() as client:
            client.send(sender, recipient, letters.genuine(case.mark, sender, recipient, 0, number), returns, notify)
    else:
        with zoo.spammer(domain, number) as client:
            client.send(sender, recipient, letters.forged(case.mark, sender, recipient, 0, number), returns, notify)
