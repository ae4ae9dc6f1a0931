"""Bounces: every server abroad, every reason, every form, each as twins to the same recipient of ours."""

import functools

import abroad
import letters
from cases import Case, of_twin
from house import PEOPLE
from store import SMALL
from trees.postfix import DOMAIN

SERVERS = ["postfix", "exim", "osmtpd", "sendmail", "courier"]
NAMES = {"osmtpd": "opensmtpd"}
REASONS = {"unknown": "unknown-user", "full": "full-mailbox", "gone": "host-gone", "large": "too-large",
           "content": "refused-content"}
FORMS = ["full", "headers", "nothing"]
# These return only the headers of a long message; for Sendmail there is a second one that is set so.
_BY_LENGTH = ("postfix", "exim", "courier")
# What cannot be had, and why.
LEFT_OUT = {("osmtpd", "headers"): "OpenSMTPD returns the whole of what failed, always, under the name "
                                   "text/rfc822-headers; only its reports of success return headers"}


def make() -> list[Case]:
    cases = []
    for server in SERVERS:
        for place, (reason, name) in enumerate(REASONS.items()):
            for form in FORMS:
                if (server, form) in LEFT_OUT:
                    continue
                number = len(cases) // 2
                for twin in ("genuine", "forged"):
                    title = f"{NAMES.get(server, server)}/{name}/{form}/{twin}"
                    act = functools.partial(send, server=server, reason=reason, form=form, twin=twin, number=number)
                    cases.append(Case(title, of_twin(twin, form), act, pairs=(server, reason, form), kind="bounce", form=form))
    return cases + _plain() + _fragments()


def _plain() -> list[Case]:
    """Sendmail set to write letters instead of reports, with the original below."""
    cases = []
    for number, reason in enumerate(("unknown", "content")):
        for form, returns in (("full", "FULL"), ("headers", "HDRS")):
            for twin in ("genuine", "forged"):
                act = functools.partial(send, server="plain.sendmail", reason=reason, form=form, twin=twin, number=number,
                                        returns=returns)
                cases.append(Case(f"sendmail-plain/{REASONS[reason]}/{form}/{twin}", of_twin(twin, form), act, kind="bounce"))
    return cases


def _fragments() -> list[Case]:
    """Notices that quote From, To, Subject and Date: as good as nothing, since nobody's server wrote them."""
    cases = []
    for number, server in enumerate(("postfix", "sendmail", "courier")):
        for twin in ("genuine", "forged"):
            act = functools.partial(send, server=server, reason="fragment", form="nothing", twin=twin, number=number)
            cases.append(Case(f"{server}/site-notice/fragment/{twin}", of_twin(twin, "nothing"), act, kind="bounce"))
    return cases


def send(zoo, case: Case, server: str, reason: str, form: str, twin: str, number: int, ours: str = DOMAIN,
         returns: str = "") -> None:
    """Has a server abroad bounce one letter: our user's own, or a spammer's in our user's name."""
    base = f"{server}.test"
    if form == "headers" and server == "sendmail":
        base = "brief." + base
    domain = f"{reason}-quiet.{base}" if form == "nothing" else f"{reason}.{base}"
    size = int(SMALL * 1.5) if reason == "large" else 0
    if form == "headers" and server in _BY_LENGTH:
        size = int(abroad.BRIEF * 1.5)
    sender, recipient = f"{PEOPLE[number % len(PEOPLE)]}@{ours}", f"kim.{case.mark}@{domain}"
    if twin == "genuine":
        with zoo.house.desk(ours) as client:
            client.send(sender, recipient, letters.genuine(case.mark, sender, recipient, size, number), returns)
    else:
        with zoo.spammer(domain, number) as client:
            client.send(sender, recipient, letters.forged(case.mark, sender, recipient, size, number), returns)
