"""The processes that are measured: backstopd and the libmilter filters that do nothing."""

import os
import pathlib
import subprocess
import time

from trees import loopback
from trees.client import listening
from trees.enclosure import die_with_parent
from trees.trouble import Trouble

import mail


def _service() -> None:
    die_with_parent()
    os.umask(0o007)


def cpu_seconds(pid: int) -> float:
    """CPU time of a process, its ended threads included, to the nanosecond (clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2)


class Filter:
    """A filter on a unix socket; the path must be short."""

    def __init__(self, command: list[str], socket: pathlib.Path):
        self.socket = socket
        socket.unlink(missing_ok=True)
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL, preexec_fn=_service)
        until = time.monotonic() + 20
        while not listening(str(socket)):
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise Trouble(f"{command[0]} did not start")
            time.sleep(0.02)

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        # libmilter takes seconds to obey SIGTERM, and nothing here needs a clean end.
        self._process.kill()
        self._process.wait()


PEERS = ("accept", "reject", "accept-least", "reject-least")


def noop(tools: pathlib.Path, socket: pathlib.Path, peer: str) -> Filter:
    """A libmilter filter that does nothing but accept or reject at end of message; `-least` is the least that
    libmilter can cost, with no reply to MAIL and RCPT either."""
    end, _, least = peer.partition("-")
    return Filter([str(tools / "libmilter_noop"), str(socket), end, *(["all"] if least else [])], socket)


def backstopd(binary: pathlib.Path, state: pathlib.Path, socket: pathlib.Path, listen: list[str] = []) -> Filter:
    domain = f'domains."{mail.DOMAIN}"'
    # The load comes from this host: it must not pass for our own mail.
    own = f'networks.own=["{loopback.OWN_CLIENT}"]'
    command = [str(binary), "--defaults", "--state", str(state), "--domain", mail.DOMAIN,
               "--listen", f"unix:{socket}", "--set", f'{domain}.mode="enforce"',
               "--set", f'{domain}.coverage="covered"', "--set", f"{domain}.signing_since=2026-01-01T00:00:00Z",
               "--set", own]
    for endpoint in listen:
        command += ["--listen", endpoint]
    return Filter(command, socket)
