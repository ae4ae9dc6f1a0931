"""What a benchmark found, beside its targets: as a table, as JSON, and as an exit code."""
import dataclasses
import json
import pathlib


@dataclasses.dataclass
class Figure:
    name: str
    unit: str
    value: float
    target: float | None = None
    is_least: bool = False  # the target is the least, not the most

    @property
    def met(self) -> bool | None:
        if self.target is None:
            return None
        return self.value >= self.target if self.is_least else self.value <= self.target

    def as_json(self) -> dict:
        return {**dataclasses.asdict(self), "met": self.met}


def table(found: list[Figure], whole_from: int) -> str:
    """Values of `whole_from` and more stand without decimals."""
    lines = [("", "", "target", "")]
    for f in found:
        limit = "" if f.target is None else f"{'≥' if f.is_least else '≤'} {f.target:g}"
        value = f"{f.value:,.0f}" if f.value >= whole_from else f"{f.value:.3g}"
        lines.append((f"{f.name} ({f.unit})", value, limit, {None: "", True: "met", False: "MISSED"}[f.met]))
    widths = [max(len(line[i]) for line in lines) for i in range(4)]
    return "\n".join("  ".join(cell.ljust(w) if i == 0 else cell.rjust(w)
                               for i, (cell, w) in enumerate(zip(line, widths))).rstrip() for line in lines)


def conclude(found: list[Figure], whole_from: int, json_file: str | None, **facts) -> int:
    """Prints the table and what was missed, writes the JSON; the exit code. `facts` go into the JSON."""
    print(table(found, whole_from))
    if json_file:
        pathlib.Path(json_file).write_text(json.dumps(
            {"v": 1, **facts, "figures": [f.as_json() for f in found]}, indent=1, ensure_ascii=False) + "\n")
    missed = [f.name.strip() for f in found if f.met is False]
    print(f"Missed: {'; '.join(missed)}." if missed else "Every target is met.")
    return 1 if missed else 0
