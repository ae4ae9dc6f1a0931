"""The twin matrix: each mail server as the guarded one, with each style of tags, for mail by each way.

Every letter has a sender of its own, a sub-address with the case's mark, so that every log names the case.
"""

import functools
import pathlib

import abroad
import forwarder
import letters
from cases import Case, expect, of_twin
from corner import Corner
from trees.cache import Cache
from trees.postfix import DOMAIN

TAGS = ["none", "prvs", "subaddress"]
# Postfix in its strict variant looks for the user before it takes a tagged recipient.
GUARDS = {"postfix": TAGS, "postfix-strict": ["prvs"], "exim": TAGS, "sendmail": TAGS}
# By which way the letter went: the domain's end.
WAYS = {"direct": "exim.test", "srs-forward": forwarder.FORWARDED, "list": forwarder.LIST}
FORMS = ["full", "headers", "nothing"]

_FORGED_TAG = expect("unjudged", "refused")


def make() -> dict[str, tuple]:
    """By name: how each corner of the matrix is opened, and its cases."""
    corners = {}
    for guard, tags in GUARDS.items():
        for tag in tags:
            def open_corner(cache: Cache, folder: pathlib.Path, binary: pathlib.Path, guard=guard, tag=tag) -> Corner:
                return Corner(cache, folder, binary, guard, tag)
            corners[f"{guard}-{tag}"] = (open_corner, _cases(guard, tag))
    return corners


def _cases(guard: str, tag: str) -> list[Case]:
    cases = []
    name = f"guarded-{guard}/{'no-tag' if tag == 'none' else tag}"
    for way in WAYS:
        for form in FORMS:
            number = len(cases) // 2
            for twin in ("genuine", "forged"):
                # What a list hands on goes to From, which has no tag.
                comes_to_tag = twin == "genuine" and tag != "none" and way != "list"
                cases.append(Case(f"{name}/{way}/{form}/{twin}", of_twin(twin, form),
                                  functools.partial(_send, way=way, form=form, twin=twin, number=number), kind="bounce",
                                  form=form, reason="valid-tag" if comes_to_tag else "",
                                  pairs=(f"guard {guard}", f"tag {tag}", f"way {way}")))
        if tag != "none":
            cases.append(Case(f"{name}/{way}/false-tag/forged", _FORGED_TAG,
                              functools.partial(_send, way=way, form="full", twin="forged", number=0, tag=tag),
                              pairs=(f"guard {guard}", f"tag {tag}", f"way {way}")))
    return cases


def _send(corner: Corner, case: Case, way: str, form: str, twin: str, number: int, tag: str = "") -> None:
    domain = f"{'unknown-quiet' if form == 'nothing' else 'unknown'}.{WAYS[way]}"
    size = int(abroad.BRIEF * 1.5) if form == "headers" else 0
    plain, recipient = f"anna+{case.mark}@{DOMAIN}", f"kim.{case.mark}@{domain}"
    sender = corner.with_false_tag(plain) if tag else plain
    # A list answers whoever stands in From.
    author = sender if way == "list" else plain
    if twin == "genuine":
        with corner.desk() as client:
            client.send(plain, recipient, letters.genuine(case.mark, plain, recipient, size, number))
    else:
        with corner.spammer(direct=way == "direct", number=number) as client:
            client.send(sender, recipient, letters.forged(case.mark, author, recipient, size, number))
