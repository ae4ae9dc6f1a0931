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


GENUINE = expect("genuine", "delivered")
# It returns nothing that proves it: what our records of sent mail say may still be known.
GENUINE_BARE = expect("genuine|unproven", "delivered")
FORGED = expect("forged", "refused")
FORGED_BARE = expect("unproven", "delivered")
# A relay of ours would turn a refusal into a bounce: it is kept from the user without one.
FORGED_BY_RELAY = expect("forged", "held")
NO_ANSWER = expect("not-backscatter", "delivered")


@dataclasses.dataclass
class Case:
    """`name` is for ever; `act(zoo, case)` sets it off and returns at once; `pairs` are its values for all pairs."""

    name: str
    expected: Expectation
    act: Callable
    mark: str = dataclasses.field(default_factory=letters.new_mark)
    kind: str = ""  # what backstopd must take it for; "" is not looked at
    form: str = ""  # full, headers or nothing: what a report that was delivered must carry; "" is not looked at
    into: tuple[str, ...] = ()  # the mailboxes that must have it when it was delivered; () is not looked at
    pairs: tuple[str, ...] = ()
    failure: str = ""


def smallest_for_all_pairs(cases: list[Case]) -> list[Case]:
    """Some of the cases in which every two values of different dimensions meet at least once; those without pairs all."""
    chosen = [case for case in cases if not case.pairs]
    rest = [case for case in cases if case.pairs]
    wanted = {pair for case in rest for pair in _pairs(case)}
    while wanted:
        best = max(rest, key=lambda case: len(_pairs(case) & wanted))
        chosen.append(best)
        wanted -= _pairs(best)
    return sorted(chosen, key=cases.index)


def _pairs(case: Case) -> set[tuple]:
    values = list(enumerate(case.pairs))
    return {(one, other) for one in values for other in values if one[0] < other[0]}
