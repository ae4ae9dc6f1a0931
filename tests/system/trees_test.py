"""The trees themselves: which mirror they come from, that none is left half-built, that nothing outlives its program."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

import house
from trees import loopback, mirror
from trees.cache import Cache
from trees.client import Client
from trees.guard import Guard
from trees.mailbox import Delivered
from trees.postfix import DOMAIN, Postfix
from trees.trouble import TRY_AGAIN, Trouble

import notices

_HOLDER = """
import pathlib, sys, time
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from trees.postfix import Postfix
postfix = Postfix(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), ["anna"], {}, milter=False)
postfix.start()
print("up", flush=True)
time.sleep(600)
"""


def inhabitants(room: pathlib.Path) -> list[int]:
    """Every process in a process namespace in which one was started for this room; itself is of the host's."""
    spaces = {}
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            spaces[process] = os.readlink(process / "ns/pid")
        except OSError:
            continue  # it has just ended
    rooms = set()
    for process, space in spaces.items():
        try:
            if str(room).encode() in (process / "cmdline").read_bytes() and space != os.readlink("/proc/self/ns/pid"):
                rooms.add(space)
        except OSError:
            continue
    _known_spaces.update(rooms)
    return [int(process.name) for process, space in spaces.items() if space in _known_spaces]


_known_spaces: set[str] = set()


class Sources(unittest.TestCase):
    def sources(self, **files: str) -> list[mirror.Source]:
        with tempfile.TemporaryDirectory() as folder:
            apt = pathlib.Path(folder)
            (apt / "sources.list.d").mkdir()
            for name, text in files.items():
                path = apt / name.replace("__", ".") if name == "sources__list" else apt / "sources.list.d" / name.replace("__", ".")
                path.write_text(text.replace("FOLDER", folder))
            (apt / "mirrors.txt").write_text("https://near.example/debian/\npriority:2\n")
            return mirror.host_sources(apt)

    def uris(self, **files: str) -> list[tuple[str, str]]:
        return [(s.uri, s.suite) for s in self.sources(**files)]

    def test_stanzas_are_read_and_other_vendors_left_out(self):
        self.assertEqual(self.uris(
            debian__sources="Types: deb deb-src\n# a remark\nURIs: http://m.example/debian\n"
                            "Suites: bookworm\n bookworm-updates\nComponents: main contrib\n\n"
                            "Types: deb\nURIs: http://m.example/debian-security\nSuites: bookworm-security\nComponents: main\n",
            other__sources="Types: deb\nURIs: http://vendor.example\nSuites: bookworm\nComponents: stable\n",
            off__sources="Types: deb\nURIs: http://off.example\nSuites: bookworm\nComponents: main\nEnabled: no\n"),
            [("http://m.example/debian", "bookworm"), ("http://m.example/debian", "bookworm-updates"),
             ("http://m.example/debian-security", "bookworm-security")])

    def test_single_lines_are_read(self):
        self.assertEqual(self.uris(
            sources__list="# deb http://no.example bookworm main\n"
                          "deb [arch=amd64] http://m.example/debian/ bookworm main contrib # here\n"
                          "deb-src http://m.example/debian bookworm main\n"
                          "deb http://m.example/debian trixie main\n"),
            [("http://m.example/debian", "bookworm")])

    def test_a_list_of_mirrors_gives_its_first(self):
        self.assertEqual(self.uris(
            cloud__sources="Types: deb\nURIs: mirror+file://FOLDER/mirrors.txt\nSuites: bookworm\nComponents: main\n"),
            [("https://near.example/debian", "bookworm")])

    def test_a_host_without_sources_of_ours_gets_the_default_mirror(self):
        self.assertEqual(self.uris(), [(mirror.DEFAULT_URI, "bookworm")])


class Building(unittest.TestCase):
    def test_a_mirror_that_fails_is_one_sentence_and_leaves_no_tree(self):
        folder = house.room()
        nobody = [mirror.Source("http://127.0.1.254:9/debian", mirror.SUITE)]
        with mock.patch.object(mirror, "host_sources", return_value=nobody):
            with self.assertRaises(Trouble) as caught:
                Cache(folder).tree("exim")
        self.assertEqual(caught.exception.code, TRY_AGAIN)
        self.assertRegex(str(caught.exception), r"^Could not fetch Debian bookworm from http://127\.0\.1\.254:9/debian: ")
        self.assertNotIn("\n", str(caught.exception))
        self.assertEqual([p.name for p in folder.iterdir() if p.name != "lock"], ["cache"])
        self.assertEqual(list((folder / "cache").iterdir()), [])
        shutil.rmtree(folder)

    def test_a_built_tree_is_found_again(self):
        self.assertEqual(house.trees().tree("postfix"), house.trees().tree("postfix"))


class Enclosing(unittest.TestCase):
    def test_nothing_is_left_when_the_program_is_killed(self):
        folder = house.room()
        tree = house.trees().tree("postfix")
        before = pathlib.Path("/proc/mounts").read_text()
        held = subprocess.Popen([sys.executable, "-c", _HOLDER, str(house.ROOT / "tools"), str(tree), str(folder / "postfix")],
                                stdout=subprocess.PIPE, text=True)
        self.assertEqual(held.stdout.readline(), "up\n")
        self.assertGreater(len(inhabitants(folder)), 4, "Postfix is several processes")
        self.assertEqual(pathlib.Path("/proc/mounts").read_text(), before, "its mounts were never ours")
        held.send_signal(signal.SIGKILL)
        held.communicate()
        self.assertTrue(house.eventually(lambda: not inhabitants(folder)), inhabitants(folder))
        shutil.rmtree(folder)

    def test_it_works_below_a_closed_folder_with_a_name_longer_than_a_socket_path(self):
        folder = house.room()
        closed = folder / "closed"
        closed.mkdir(mode=0o700)
        deep = closed / ("d" * 120)
        deep.mkdir()
        tree = closed / "tree"
        subprocess.run(["cp", "-a", "--reflink=auto", str(house.trees().tree("postfix")), str(tree)], check=True)
        postfix = Postfix(tree, deep / "postfix", ["anna"], {})
        guard = Guard(house.backstopd(), deep / "state", postfix.milter_socket, DOMAIN, "observe", deep / "backstopd.log")
        try:
            guard.start()
            postfix.start()
            name = notices.mark()
            with Client(loopback.STRANGERS[0], (loopback.GUARDED, postfix.port)) as stranger:
                stranger.send("", "anna@shop.test", notices.bounce(name, notices.returned_block(name)))
            came: list[Delivered] = house.eventually(postfix.delivered)
            self.assertEqual([m.verdict() for m in came], ["forged"])
        finally:
            postfix.stop()
            guard.stop()
        self.assertEqual(list(pathlib.Path("/run").glob("backstop-*")), [])
        shutil.rmtree(folder)


if __name__ == "__main__":
    house.main()
