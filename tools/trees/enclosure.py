"""One mail server running in its tree: chrooted, in private mount and process namespaces.

The cached tree is mounted read-only; what the server writes (its configuration, spool, logs, mailboxes)
lies in a run folder of the caller's, mounted over the tree's own. The namespaces die with the process
that made them, and that dies with this program, even if it is killed: nothing can be left behind.
"""

import pathlib
import shlex
import subprocess
import time

from .cache import IN_TREE
from .kin import die_with_parent
from .trouble import Trouble

_FIRST_PROCESS_SECONDS = 10
_DEVICES = ("null", "zero", "full", "random", "urandom")


class Enclosure:
    """A server's room. `place` its files, then `start` it; `run` runs a command beside it in the same room."""

    def __init__(self, tree: pathlib.Path, room: pathlib.Path, names: dict[str, str], mailname: str):
        self.tree = tree
        self.room = room
        self._process: subprocess.Popen | None = None
        self._log = None
        self._mounted: list[str] = []
        room.mkdir(parents=True)
        room.chmod(0o755)
        hosts = "127.0.0.1 localhost\n" + "".join(f"{address} {name}\n" for address, name in names.items())
        self.write("etc/hosts", hosts)
        self.write("etc/mailname", mailname + "\n")
        # No server listens there: whoever asks the DNS all the same is told at once that there is none.
        self.write("etc/resolv.conf", "nameserver 127.0.1.253\noptions timeout:1 attempts:1\n")

    def own(self, inside: str, mode: int | None = None) -> pathlib.Path:
        """Makes a folder of the tree writable, as a private copy; returns the copy's path on the host."""
        there, here = self.tree / inside, self.room / inside
        here.parent.mkdir(parents=True, exist_ok=True)
        if there.is_dir():
            subprocess.run(["cp", "-a", str(there), str(here)], check=True)
        else:
            there.mkdir(parents=True)  # only a place to mount on
            here.mkdir(parents=True)
        if mode is not None:
            here.chmod(mode)
        self._mounted.append(inside)
        return here

    def write(self, inside: str, text: str, mode: int = 0o644) -> None:
        """Writes a file: into an owned folder, or as a single file mounted over the tree's."""
        here = self.room / inside
        here.parent.mkdir(parents=True, exist_ok=True)
        here.write_text(text)
        here.chmod(mode)
        if not any(inside.startswith(folder + "/") for folder in self._mounted):
            there = self.tree / inside
            if there.is_symlink() or not there.exists():
                there.unlink(missing_ok=True)
                there.touch()
            self._mounted.append(inside)

    def ids(self, user: str) -> tuple[int, int]:
        """The uid and gid of a user of the tree."""
        for line in (self.tree / "etc/passwd").read_text().splitlines():
            fields = line.split(":")
            if fields[0] == user:
                return int(fields[2]), int(fields[3])
        raise KeyError(user)

    def start(self, command: list[str]) -> None:
        """Starts the server in the foreground of its room; its output goes to ROOM/console.log."""
        self._log = open(self.room / "console.log", "ab")
        # The shell stays as the room's first process and keeps root's death signal, which a server that
        # drops its privileges would lose.
        script = self._mounts() + 'chroot "$root" "$@" & wait'
        self._process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--", "sh", "-euc", script, "sh", *command],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log, env=IN_TREE, cwd="/",
            start_new_session=True, preexec_fn=die_with_parent)

    def run(self, command: list[str], text: str = "") -> subprocess.CompletedProcess:
        """Runs a command inside the running room, as root of the tree, and waits for it."""
        return subprocess.run(["nsenter", "--mount", "--pid", f"--target={self._first_process()}", "--",
                               "chroot", str(self.tree), *command],
                              input=text, capture_output=True, text=True, env=IN_TREE, cwd="/", timeout=120)

    def run_outside(self, command: list[str]) -> subprocess.CompletedProcess:
        """Runs a program of the host that sees the tree as the running server does."""
        return subprocess.run(["nsenter", "--mount", "--pid", f"--target={self._first_process()}", "--", *command],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def last_words(self) -> str:
        """The end of what the server said on its console: why it did not start."""
        text = (self.room / "console.log").read_text(errors="replace").strip()
        # mount's advice about dmesg stands behind what it complains of.
        lines = [line for line in text.splitlines() if "dmesg(1)" not in line]
        return lines[-1].strip() if lines else "it said nothing"

    def stop(self) -> None:
        """Ends the server, every process it started and every mount, at once."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._process = None
        self._log.close()

    def _first_process(self) -> int:
        # unshare begins it a moment after it has begun itself.
        until = time.monotonic() + _FIRST_PROCESS_SECONDS
        while self.alive() and time.monotonic() < until:
            pid = self._process.pid
            children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            if children:
                return int(children[0])
            time.sleep(0.02)
        raise Trouble(f"The server in {self.room} is not running: {self.last_words()}.")

    def _mounts(self) -> str:
        quoted = shlex.quote
        lines = [f"root={quoted(str(self.tree))}", 'mount --bind "$root" "$root"',
                 'mount -o remount,bind,ro "$root"', 'mount -t proc proc "$root/proc"',
                 'mount -t tmpfs -o mode=755,size=1m tmpfs "$root/dev"',
                 'mount -t tmpfs -o mode=755,size=64m tmpfs "$root/run"',
                 'mount -t tmpfs -o mode=1777,size=256m tmpfs "$root/tmp"']
        for device in _DEVICES:
            lines += [f'touch "$root/dev/{device}"', f'mount --bind /dev/{device} "$root/dev/{device}"']
        lines += [f'mount --bind {quoted(str(self.room / inside))} "$root"/{quoted(inside)}'
                  for inside in self._mounted]
        return "\n".join(lines) + "\n"
