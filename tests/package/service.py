"""The daemon of an installation, run as its unit says: user, groups, mask, read-only system, system calls."""

import os
import pathlib
import signal
import socket
import subprocess
import sys

from installation import Installation

PATIENCE = 60
_HERE = pathlib.Path(__file__).resolve().parent
# The system is read-only but for what the unit names; the launcher does the rest inside.
_SCRIPT = """\
mount -t proc proc "$0/proc"
mount --bind "$0" "$0"
mount -o remount,bind,ro "$0"
for place in $WRITABLE; do mount --bind "$0/$place" "$0/$place"; mount -o remount,bind,rw "$0/$place"; done
exec "$@"
"""


class Service:
    """Starts as soon as it is made, and waits until the daemon has said that it is ready."""

    def __init__(self, installation: Installation):
        self.installation = installation
        unit = installation.unit()
        writable = [path.lstrip("-/") for path in " ".join(unit["ReadWritePaths"]).split()]
        writable += [f"run/{unit['RuntimeDirectory'][0]}", f"var/lib/{unit['StateDirectory'][0]}"]
        writable = [path for path in writable if (installation.tree / path).is_dir()]
        self._told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._told.settimeout(PATIENCE)
        self._bind(installation.tree / "run/backstop", "notify")
        self._log = open(installation.folder / "backstopd.log", "ab")
        calls = allowed_calls(installation, " ".join(unit["SystemCallFilter"]).split())
        self._process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--", "sh", "-euc", _SCRIPT, str(installation.tree),
             sys.executable, str(_HERE / "launcher.py"), str(installation.tree), unit["User"][0], unit["Group"][0],
             unit["SupplementaryGroups"][0], unit["UMask"][0], ",".join(calls), *unit["ExecStart"][0].split()],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log, cwd="/", start_new_session=True,
            env={"WRITABLE": " ".join(writable), "NOTIFY_SOCKET": "/run/backstop/notify", "PATH": os.environ["PATH"]})
        self.await_word(b"READY=1")

    def await_word(self, word: bytes) -> None:
        """Waits until the daemon has told the service manager so."""
        try:
            while self._told.recv(200) != word:
                pass
        except TimeoutError:
            raise AssertionError(f"it never said {word!r}: {self.log()}") from None

    def log(self) -> str:
        return pathlib.Path(self._log.name).read_text(errors="replace")

    def connect(self, folder: str) -> socket.socket:
        """To its socket in a folder of the tree, however long that folder's path is."""
        peer = socket.socket(socket.AF_UNIX)
        peer.settimeout(PATIENCE)
        opened = os.open(self.installation.tree / folder.lstrip("/"), os.O_PATH)
        try:
            peer.connect(f"/proc/self/fd/{opened}/milter.sock")
        finally:
            os.close(opened)
        return peer

    def stop(self) -> int:
        """Ends the daemon as the service manager would; returns its exit code."""
        children = pathlib.Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        if children:
            os.kill(int(children[0]), signal.SIGTERM)
        code = self._process.wait(PATIENCE)
        self._told.close()
        self._log.close()
        (self.installation.tree / "run/backstop/notify").unlink(missing_ok=True)
        return code

    def _bind(self, folder: pathlib.Path, name: str) -> None:
        opened = os.open(folder, os.O_PATH)
        try:
            self._told.bind(f"/proc/self/fd/{opened}/{name}")
        finally:
            os.close(opened)
        (folder / name).chmod(0o666)


def allowed_calls(installation: Installation, words: list[str]) -> list[str]:
    """The system calls that a SystemCallFilter= leaves, as the systemd of the tree knows its groups."""
    groups: dict[str, list[str]] = {}
    name = ""
    for line in installation.done("systemd-analyze", "--no-pager", "syscall-filter").splitlines():
        if line.startswith("@"):
            name = line.strip()
        elif line.startswith("    ") and not line.strip().startswith("#"):
            groups.setdefault(name, []).append(line.strip())

    def members(word: str) -> set[str]:
        if not word.startswith("@"):
            return {word}
        return set().union(*(members(below) for below in groups[word]))

    allowed: set[str] = members("@default")
    taken_away = False
    for word in words:
        taken_away = taken_away or word.startswith("~")
        if taken_away:
            allowed -= members(word.lstrip("~"))
        else:
            allowed |= members(word)
    return sorted(allowed)
