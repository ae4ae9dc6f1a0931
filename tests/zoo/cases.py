"""A case: one message that comes to us from <>, how it is brought about, and what must become of it."""

import dataclasses
from collections.abc import Callable

import letters


@dataclasses.dataclass(frozen=True)
class Expectation:
    """What is permitted: any of the verdicts, and one of the fates. `said` is it in words for the list."""

    verdicts: frozenset[str]
    fates: frozenset[str]
    said: str

    def unmet(self, verdict: str, fate: str) -> str:
        wrong = [] if verdict in self.verdicts else [f"verdict {verdict or 'none'}"]
        wrong += [] if fate in self.fates else [fate]
        return " and ".join(wrong)


def expect(verdicts: str, fates: str) -> Expectation:
    """`verdicts` and `fates` are words; several permitted ones stand with a bar between."""
    return Expectation(frozenset(verdicts.split("|")), frozenset(fates.split("|")), f"{verdicts}, {fates}")


def expect_each(counts: dict[str, int]) -> Expectation:
    """Several messages: so many of each "verdict fate"."""
    verdicts, fates = zip(*(words.split() for words in counts))
    said = ", ".join(f"{number} {words}" for words, number in counts.items())
    return Expectation(frozenset(verdicts), frozenset(fates), said)


# Also when it returns nothing that proves it: it comes from somebody our user wrote to, or names the letter.
GENUINE = expect("genuine", "delivered")
FORGED = expect("forged", "refused")
FORGED_BARE = expect("unproven", "delivered")
# A relay of ours would turn a refusal into a bounce: it is kept from the user without one.
FORGED_BY_RELAY = expect("forged", "held")
# A postmaster must be able to find it.
FORGED_AT_ROLE = expect("forged", "held")
# What is none of our business.
NO_ANSWER = expect("not-backscatter", "delivered")


def of_twin(twin: str, form: str, refused: Expectation = FORGED) -> Expectation:
    """What must become of a genuine or forged report that returns full, headers or nothing."""
    if twin == "genuine":
        return GENUINE
    return FORGED_BARE if form == "nothing" else refused


@dataclasses.dataclass
class Case:
    """`name` is for ever; `act(stage, case)` sets it off and returns at once.

    `pairs` are its values, one of each dimension: all pairs of them are met by few cases.
    """

    name: str
    expected: Expectation
    act: Callable
    mark: str = dataclasses.field(default_factory=letters.new_mark)
    kind: str = ""  # what backstopd must take it for; "" is not looked at
    form: str = ""  # full, headers or nothing: what a report that was delivered must carry; "" is not looked at
    into: tuple[str, ...] = ()  # the mailboxes that must have it when it was delivered; () is not looked at
    reason: str = ""  # one that must be among those of a verdict; "" is not looked at
    pairs: tuple[str, ...] = ()
    counts: dict[str, int] = dataclasses.field(default_factory=dict)  # how many of each "verdict fate", if several come
    failure: str = ""


def smallest_for_all_pairs(cases: list[Case]) -> list[Case]:
    """Some of the cases in which every two values of different dimensions meet at least once, both twins of each.

    Cases without such values are all among them.
    """
    values = list(dict.fromkeys(case.pairs for case in cases if case.pairs))
    wanted = {pair for its in values for pair in _pairs(its)}
    chosen = set()
    while wanted:
        best = max(values, key=lambda its: len(_pairs(its) & wanted))
        chosen.add(best)
        wanted -= _pairs(best)
    return [case for case in cases if not case.pairs or case.pairs in chosen]


def _pairs(values: tuple[str, ...]) -> set[tuple]:
    numbered = list(enumerate(values))
    return {(one, other) for one in numbered for other in numbered if one[0] < other[0]}
