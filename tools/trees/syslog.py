"""The system log of a room: mail servers that know no other way of saying what they do write to it."""

import os
import pathlib
import re
import socket
import threading

_LONGEST = 8192


class SystemLog:
    """Listens on the socket FOLDER/log as soon as it is made and keeps what comes, one line each, in `path`.

    The room links its /dev/log to that socket. `stop` ends it.
    """

    def __init__(self, folder: pathlib.Path, path: pathlib.Path):
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        # A socket's path has a limit that a deep checkout exceeds; the way over the open folder is short.
        opened = os.open(folder, os.O_PATH)
        try:
            self._socket.bind(f"/proc/self/fd/{opened}/log")
        finally:
            os.close(opened)
        (folder / "log").chmod(0o666)
        threading.Thread(target=self._keep, daemon=True).start()

    def lines(self, pattern: str) -> list[str]:
        text = self.path.read_text(errors="replace") if self.path.exists() else ""
        return [line for line in text.splitlines() if re.search(pattern, line)]

    def stop(self) -> None:
        self._socket.close()

    def _keep(self) -> None:
        with open(self.path, "ab", buffering=0) as out:
            while True:
                try:
                    line = self._socket.recv(_LONGEST)
                except OSError:
                    return  # closed by stop
                out.write(re.sub(rb"^<\d+>", b"", line).rstrip(b"\0\n").replace(b"\n", b" ") + b"\n")
