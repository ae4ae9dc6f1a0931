"""Servers and a daemon that live on another day: libfaketime, from a tree, laid over each program of a room."""

import pathlib
import shutil

from trees.enclosure import Enclosure
from trees.trouble import MISSING, Trouble

_FOLDER = "usr/lib/faketime"


def find_library(tree: pathlib.Path) -> pathlib.Path:
    """The library in a tree that has it."""
    found = sorted(tree.glob("usr/lib/*/faketime/libfaketime.so.1"))
    if not found:
        raise Trouble(f"The tree {tree} has no libfaketime.", MISSING)
    return found[0]


def furnish(room: Enclosure, faketime: pathlib.Path) -> None:
    """Before its start: every program of the room reads the clock through the library."""
    shutil.copy(faketime, room.own(_FOLDER, 0o755) / faketime.name)
    room.write("etc/ld.so.preload", f"/{_FOLDER}/{faketime.name}\n")
    move(room, 0)


def move(room: Enclosure, days: int) -> None:
    """From its next start on, the room lives so many days from now; fewer than none are past."""
    room.write("etc/faketimerc", f"{days:+d}d\n")


def environment(faketime: pathlib.Path, days: int) -> dict[str, str]:
    """For a program outside a room that is to live so many days from now."""
    return {"LD_PRELOAD": str(faketime), "FAKETIME": f"{days:+d}d", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1"}
