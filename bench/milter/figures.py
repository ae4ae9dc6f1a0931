"""Figures with their targets, as a table and as JSON."""

import dataclasses
import statistics


@dataclasses.dataclass
class Figure:
    """`ours` beside `theirs` in one unit; or `ours` alone, to be at most the target."""

    name: str
    unit: str
    ours: float
    theirs: float | None = None
    target: float | None = None  # of the ratio where there is `theirs`, else of `ours`

    @property
    def ratio(self) -> float | None:
        return None if self.theirs is None else self.ours / self.theirs

    @property
    def met(self) -> bool | None:
        value = self.ours if self.theirs is None else self.ratio
        return None if self.target is None else value <= self.target

    def as_json(self) -> dict:
        return {**dataclasses.asdict(self), "ratio": self.ratio, "met": self.met}


def compared(name: str, pairs: list[tuple[float, float]], target: float | None = None) -> Figure:
    """From interleaved rounds of (ours, theirs), CPU microseconds a message. The ratio is the median of the
    rounds' ratios: rounds differ by more than the two sides within one."""
    theirs = statistics.median(t for _, t in pairs)
    ratio = statistics.median(o / t for o, t in pairs)
    return Figure(name, "µs CPU/message", ratio * theirs, theirs, target)


def both(name: str, rounds: list[tuple[float, float, float]], target: float | None) -> list[Figure]:
    """From rounds of (ours, libmilter, the least of libmilter); only the first comparison has a target."""
    return [compared(name, [(o, t) for o, t, _ in rounds], target),
            compared("  the same, libmilter at its least", [(o, t) for o, _, t in rounds])]


def table(figures: list[Figure]) -> str:
    rows = [("", "backstopd", "libmilter", "ratio", "target", "")]
    for f in figures:
        limit = "" if f.target is None else f"≤ {f.target:g}" + (" ×" if f.theirs is not None else "")
        rows.append((f"{f.name} ({f.unit})", f"{f.ours:.1f}", "" if f.theirs is None else f"{f.theirs:.1f}",
                     "" if f.ratio is None else f"{f.ratio:.2f}", limit,
                     {None: "", True: "met", False: "MISSED"}[f.met]))
    widths = [max(len(row[i]) for row in rows) for i in range(6)]
    return "\n".join("  ".join(cell.ljust(w) if i == 0 else cell.rjust(w)
                               for i, (cell, w) in enumerate(zip(row, widths))).rstrip() for row in rows)
