#!/usr/bin/env python3
"""`./do test --zoo`: every case of the zoo against the real backstopd, listed by name with what became of it."""

import argparse
import collections
import concurrent.futures
import difflib
import fcntl
import functools
import os
import pathlib
import shutil
import sys
import time

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import answers  # noqa: E402
import attic  # noqa: E402
import bounces  # noqa: E402
import cases  # noqa: E402
import matrix  # noqa: E402
import mill  # noqa: E402
import parties  # noqa: E402
import relays  # noqa: E402
import reports  # noqa: E402
import several  # noqa: E402
import successes  # noqa: E402
from attic import Attic  # noqa: E402
from mill import Mill  # noqa: E402
from trees.cache import Cache, say  # noqa: E402
from trees.trouble import Trouble  # noqa: E402
from zoo import Zoo  # noqa: E402

SKIPPED = 77
PATIENCE = 90  # seconds without any news after which we stop waiting
AT_ONCE = 12  # cases set off at the same time
# A case, and of it: verdict, kind, reason, decision, fate, and what is wrong with them.
Became = tuple[cases.Case, tuple[str, ...]]


def set_off(zoo, chosen: list[cases.Case]) -> None:
    """Sets every case off; a case that could not be is one that failed."""
    def act(case: cases.Case) -> None:
        try:
            case.act(zoo, case)
        except Exception as failure:  # it belongs to the case, not to the run
            case.failure = f"could not be set off: {type(failure).__name__}: {failure}"

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(act, chosen))


def wait(stage, chosen: list[cases.Case], patience: float) -> None:
    """Waits until every case has met its fate, or until nothing has happened for a while."""
    last, since = None, time.monotonic()
    while True:
        stage.check_alive()
        stage.logbook.read()
        open_ = [case for case in chosen if not case.failure and not settled(stage, case)]
        state = [(case.name, [one.fate for one in stage.logbook.outcomes(case.mark)]) for case in open_]
        if not open_:
            return
        if state != last:
            last, since = state, time.monotonic()
        elif time.monotonic() - since > patience:
            return
        time.sleep(0.3)


def settled(stage, case: cases.Case) -> bool:
    came = stage.logbook.outcomes(case.mark)
    return len(came) >= (sum(case.counts.values()) or 1) and all(one.fate != "waiting" and one.verdict for one in came)


def judge(stage, case: cases.Case) -> tuple[str, ...]:
    """Verdict, kind, reason, decision, fate and what is wrong with them."""
    came = stage.logbook.outcomes(case.mark)
    if not came:
        return "", "", "", "", "nothing came", case.failure or "nothing came"
    wrong = [case.failure] if case.failure else []
    sorts = collections.Counter(f"{one.verdict or 'unjudged'} {one.fate}" for one in came)
    if sorts != case.counts if case.counts else len(came) != 1:
        wrong.append("there came " + ", ".join(f"{number} {sort}" for sort, number in sorts.items()))
    for one in came:
        complaint = case.expected.unmet(one.verdict, one.fate)
        wrong += [text for text in (complaint, one.trouble) if text and text not in wrong]
        if case.kind and one.kind != case.kind:
            wrong.append(f"taken for {one.kind}")
        if case.reason and case.reason not in one.reason.split(","):
            wrong.append(f"not for {case.reason}")
        if one.fate == "delivered" and case.form and one.form != case.form:
            wrong.append(f"it carries {one.form}")
    mailboxes = sorted(name for one in came for name in one.mailboxes)
    if mailboxes and case.into and mailboxes != sorted(case.into):
        wrong.append(f"it lies in the mailboxes {', '.join(mailboxes)}")
    columns = ([getattr(one, name) for one in came] for name in ("verdict", "kind", "reason", "decision", "fate"))
    return *("|".join(sorted(set(words))) for words in columns), "; ".join(wrong)


def table(chosen: list[Became]) -> str:
    """The list of all cases with what became of each, as text."""
    rows = [("case", "expected", "verdict", "kind", "reason", "decision", "fate", "")]
    for case, (*became, wrong) in chosen:
        rows.append((case.name, case.expected.said, *became, f"NOT AS IT MUST BE: {wrong}" if wrong else ""))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(word.ljust(width) for word, width in zip(row, widths)).rstrip() for row in rows]
    lines += [f"Left out: {bounces.NAMES.get(server, server)}/*/{form}: {why}."
              for (server, form), why in bounces.LEFT_OUT.items()]
    return "\n".join(lines) + "\n"


def perform(stage, chosen: list[cases.Case], patience: float) -> list[Became]:
    """Plays the cases of one stage and says what became of each."""
    began = time.monotonic()
    try:
        stage.start()
        say(f"{stage.name} is up ({time.monotonic() - began:.0f} s); {len(chosen)} cases…")
        stage.set_off(chosen, functools.partial(set_off, stage))
        say(f"All are set off ({time.monotonic() - began:.0f} s)…")
        wait(stage, chosen, patience)
        became = [(case, judge(stage, case)) for case in chosen]
    finally:
        code = stage.stop()
    if code != 0:
        raise Trouble(f"backstopd ended with exit code {code}; its log is in {stage.folder}.", 1)
    return became


def make_all() -> dict[str, tuple]:
    """By the name of each stage: how it is opened, and the cases that are played on it."""
    return {"zoo": (Zoo, [*bounces.make(), *relays.make(), *successes.make(), *answers.make(), *several.make(), *reports.make(),
                  *parties.make()]), "attic": (Attic, attic.make()), "mill": (Mill, mill.make()), **matrix.make()}


def listing() -> str:
    """Every case's name and what must become of it."""
    made = [case for _, its in make_all().values() for case in its]
    width = max(len(case.name) for case in made)
    return "".join(f"{case.name:{width}}  {case.expected.said}\n" for case in made)


def check_listing(committed: pathlib.Path) -> int:
    """Names are for ever: the committed list must be the one that is made. Says what differs."""
    different = list(difflib.unified_diff(committed.read_text().splitlines(), listing().splitlines(), "committed", "made",
                                          lineterm="", n=0))
    if different:
        print("\n".join([*different, f"If that is meant: python3 tests/zoo/run.py --list > {committed.name}, beside run.py."]))
    return 1 if different else 0


def summary(became: list[Became]) -> str:
    """The figures that count: what genuine was lost, and what forged came through."""
    def fates(wanted) -> list[str]:
        return [columns[4] for case, columns in became if wanted(case)]

    genuine = fates(lambda case: case.name.endswith("/genuine"))
    forged = fates(lambda case: case.expected in (cases.FORGED, cases.FORGED_BY_RELAY, cases.FORGED_AT_ROLE))
    bare = fates(lambda case: case.expected == cases.FORGED_BARE)
    return (f"Genuine lost: {len(genuine) - genuine.count('delivered')} of {len(genuine)}. Forged that returned enough: "
            f"{forged.count('refused')} refused and {forged.count('held')} held of {len(forged)}. Forged that returned too "
            f"little: {bare.count('delivered')} of {len(bare)} delivered with a mark.")


def play(options, folder: pathlib.Path) -> int:
    stages = make_all()
    wanted = [case for _, its in stages.values() for case in its]
    if options.pairs:
        wanted = cases.smallest_for_all_pairs(wanted)
    names = {case.name for case in wanted if not options.only or any(word in case.name for word in options.only)}
    began = time.monotonic()
    cache, binary = Cache(ROOT / "var/trees"), pathlib.Path(os.environ.get("BACKSTOPD", ROOT / "build/bin/backstopd"))
    became: list[Became] = []
    try:
        for name, (open_stage, its) in stages.items():
            if chosen := [case for case in its if case.name in names]:
                became += perform(open_stage(cache, folder / name, binary), chosen, options.patience)
    finally:
        text = table(became)
        print(text, end="")
        options.table.write_text(text)
    failed = sum(bool(columns[-1]) for _, columns in became)
    print(summary(became))
    print(f"{len(became) - failed} of {len(became)} cases as they must be, {failed} not; "
          f"{time.monotonic() - began:.0f} s. The list: {options.table}; the logs: {folder}.")
    return 1 if failed else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="./do test --zoo", description=__doc__)
    parser.add_argument("--pairs", action="store_true", help="only so many cases that all pairs of values are met")
    parser.add_argument("--list", action="store_true", help="only list the cases with what must become of each")
    parser.add_argument("--check-list", type=pathlib.Path, help="only compare that list with a file")
    parser.add_argument("--only", action="append", help="only cases whose name holds this; may be given again")
    parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds without news before giving up")
    parser.add_argument("--table", type=pathlib.Path, default=ROOT / "var/zoo.txt", help="where the list is written")
    options = parser.parse_args()
    if options.list:
        print(listing(), end="")
        return 0
    if options.check_list:
        return check_listing(options.check_list)
    if os.geteuid() != 0:
        print("skipped: mail servers in trees need root")
        return SKIPPED
    folder = ROOT / "var/zoo"
    folder.parent.mkdir(exist_ok=True)
    with open(ROOT / "var/zoo.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another zoo is open; waiting for it…")
            fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            return play(options, folder)
        except Trouble as trouble:
            say(str(trouble))
            return trouble.code


if __name__ == "__main__":
    sys.exit(main())
