"""What connections cost in memory, and how often an idle daemon wakes up."""

import pathlib
import resource
import socket
import struct
import time

import figures
import filters
import mail

CONNECTIONS = 1000
IDLE_SECONDS = 10
MIB = 1024 * 1024


def packet(command: bytes, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload) + 1) + command + payload


HELLO = packet(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF))
CLIENT = packet(b"C", b"client.else.test\0" + b"4" + struct.pack(">H", 12345) + b"192.0.2.1\0")


def half_a_bounce() -> bytes:
    """Everything up to the middle of the returned body, with 32 KiB of it."""
    head, body = mail.bounce().split("\n\n", 1)
    out = packet(b"M", b"<>\0") + packet(b"R", f"<{mail.VICTIM}>".encode() + b"\0")
    for field in head.replace("\n\t", "\0fold").split("\n"):
        name, value = field.replace("\0fold", "\n\t").split(": ", 1)
        out += packet(b"L", name.encode() + b"\0" + value.encode() + b"\0")
    spam = body[:body.rindex("\n--")].replace("\n", "\r\n") + "More of the same offer.\r\n" * 1400
    # The chunk is announced whole and stops in the middle.
    return out + packet(b"N") + packet(b"B", spam.encode() + b"x" * 10_000)[:-10_000]


def resident(pid: int) -> int:
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Rss:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no Rss in smaps_rollup")


def wakeups(pid: int) -> int:
    total = 0
    for status in pathlib.Path(f"/proc/{pid}/task").glob("*/status"):
        total += sum(int(line.split()[1]) for line in status.read_text().splitlines()
                     if line.startswith("voluntary_ctxt_switches"))
    return total


class Held:
    """Connections that have said something and wait."""

    def __init__(self, path: pathlib.Path, after_hello: bytes, replies: int):
        self.sockets = []
        for _ in range(CONNECTIONS):
            one = socket.socket(socket.AF_UNIX)
            one.settimeout(30)
            one.connect(str(path))
            self.sockets.append(one)
        for one in self.sockets:
            one.sendall(HELLO)
        for one in self.sockets:
            self._replies(one, 1)
            one.sendall(after_hello)
        for one in self.sockets:
            self._replies(one, replies)

    @staticmethod
    def _replies(one: socket.socket, count: int) -> None:
        with one.makefile("rb") as stream:
            for _ in range(count):
                stream.read(struct.unpack(">I", stream.read(4))[0])

    def close(self) -> None:
        for one in self.sockets:
            one.close()


def measure(binary: pathlib.Path, room: pathlib.Path) -> list[figures.Figure]:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65536), most))
    found = []
    for name, said, replies, target in (("idle", CLIENT, 0, 4), ("with a message in flight", CLIENT + half_a_bounce(), 1, 24)):
        daemon = filters.backstopd(binary, room / "memory-state", room / "memory.sock")
        try:
            time.sleep(1)
            if name == "idle":
                before = wakeups(daemon.pid)
                time.sleep(IDLE_SECONDS)
                found.append(figures.Figure("idle daemon", "wake-ups/s",
                                            (wakeups(daemon.pid) - before) / IDLE_SECONDS, None, 2))
            before = resident(daemon.pid)
            held = Held(daemon.socket, said, replies)
            time.sleep(1)
            found.append(figures.Figure(f"{CONNECTIONS} connections {name}", "MiB resident over the idle daemon",
                                        (resident(daemon.pid) - before) / MIB, None, target))
            held.close()
        finally:
            daemon.stop()
    return found
