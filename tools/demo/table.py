"""The table a person watches: redrawn in place on a terminal, plain lines elsewhere."""

import shutil
import sys
import time

from tally import Tally

_INTERVAL = 0.4  # seconds between two drawings


class Table:
    def __init__(self, tally: Tally, out=sys.stdout):
        self._tally = tally
        self._out = out
        self._live = out.isatty()
        self._drawn = 0
        self._last = 0.0
        self.doing = ""

    def act(self, doing: str) -> None:
        """A new act begins."""
        self.doing = doing
        if self._live:
            self.refresh(True)
        else:
            print(doing, file=self._out, flush=True)

    def refresh(self, now: bool = False) -> None:
        """Counts again and redraws; at most a few times a second."""
        if not now and time.monotonic() - self._last < _INTERVAL:
            return
        self._tally.count()
        if self._live:
            self._erase()
            self._write([*self._lines(), "", *self.doing.split("\n")])
        self._last = time.monotonic()

    def finish(self, last_lines: list[str]) -> None:
        """The table as it stands in the end, above the last lines."""
        self._tally.count()
        self._erase()
        self._write([*self._lines(), "", *last_lines])

    def _lines(self) -> list[str]:
        lines = [f"{'':26}{'sent':>6}{'came in':>9}{'refused':>9}   verdicts"]
        refused = self._tally.refused_by["Postfix"]
        for act, row in self._tally.rows.items():
            verdicts = ", ".join(f"{n} {verdict}" for verdict, n in sorted(row.verdicts.items()) if verdict)
            lines.append(f"{row.title:26}{row.sent:6}{row.came_in:9}"
                         f"{refused if act == 'forged' else '':>9}   {verdicts}".rstrip())
        counts = ", ".join(f"{who} {n}" for who, n in self._tally.refused_by.items())
        return [*lines, f"refused at end of message, by the log of: {counts}"]

    def _erase(self) -> None:
        if self._live and self._drawn:
            self._out.write(f"\033[{self._drawn}F\033[J")
        self._drawn = 0

    def _write(self, lines: list[str]) -> None:
        if self._live:  # a line that wraps would spoil the redrawing; the last lines are written in full
            width = shutil.get_terminal_size().columns
            self._drawn = sum(max(1, -(-len(line) // width)) for line in lines)
        self._out.write("".join(line + "\n" for line in lines))
        self._out.flush()
