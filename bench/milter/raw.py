"""The protocol without a mail server: one driver, a hundred connections, both filters by turns."""

import json
import pathlib
import socket
import subprocess

import figures
import filters
import mail

CONNECTIONS = 100
# What a message comes to: the message, its envelope, the libmilter filter's answer at its end, the target.
# A refused or signed message pays for what libmilter's filter does not do at all, reading and judging it,
# so only the ordinary one, of which both do nothing but speak the protocol, has a target here.
CASES = {
    "ordinary": (mail.letter(mail.STRANGER, mail.VICTIM), ["--sender", f"<{mail.STRANGER}>",
                 "--recipient", f"<{mail.VICTIM}>"], "accept", 0.20),
    "refused": (mail.bounce(), ["--sender", "<>", "--recipient", f"<{mail.VICTIM}>"], "reject", None),
    "outgoing": (mail.letter(mail.VICTIM, mail.STRANGER), ["--sender", f"<{mail.VICTIM}>",
                 "--recipient", f"<{mail.STRANGER}>", "--login", "victim"], "accept", None),
}
EXPECTED = {"ordinary": "a", "refused": "y", "outgoing": "a"}


class Driver:
    def __init__(self, tools: pathlib.Path, room: pathlib.Path, seconds: float):
        self._tools = tools
        self._seconds = seconds
        self._files = {name: room / f"{name}.eml" for name in CASES}
        for name, path in self._files.items():
            path.write_text(CASES[name][0])

    def drive(self, endpoint: str, pid: int, case: str, mode: str, more: list[str] = []) -> dict:
        command = [str(self._tools / "milter_raw_driver"), "--socket", endpoint, "--pid", str(pid), "--message",
                   str(self._files[case]), "--mode", mode, "--seconds", str(self._seconds), "--connections",
                   str(CONNECTIONS), *CASES[case][1], *more]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
        return json.loads(done.stdout)


def measure(binary: pathlib.Path, tools: pathlib.Path, room: pathlib.Path, rounds: int,
            seconds: float) -> list[figures.Figure]:
    driver = Driver(tools, room, seconds)
    ours = filters.backstopd(binary, room / "raw-state", room / "ours.sock")
    theirs = {peer: filters.noop(tools, room / f"{peer}.sock", peer) for peer in filters.PEERS}
    try:
        found = []
        for mode in ("kept", "new"):
            cost: dict[str, list] = {case: [] for case in CASES}
            for _ in range(rounds):
                for case, (_, _, end, _) in CASES.items():
                    mine = driver.drive(f"unix:{ours.socket}", ours.pid, case, mode)
                    if set(mine["replies"]) != {EXPECTED[case]}:
                        raise RuntimeError(f"backstopd answered {mine['replies']} to {case} mail")
                    others = [driver.drive(f"unix:{each.socket}", each.pid, case, mode)["cpu_us"]
                              for each in (theirs[end], theirs[f"{end}-least"])]
                    cost[case].append((mine["cpu_us"], *others))
            for case in CASES:
                found += figures.both(f"raw, {case}, {CONNECTIONS} connections {mode}", cost[case], CASES[case][3])
        return found
    finally:
        for each in (ours, *theirs.values()):
            each.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def stall(binary: pathlib.Path, tools: pathlib.Path, room: pathlib.Path) -> figures.Figure:
    """A peer that writes small packets with Nagle's algorithm on, as Postfix does: wall time of a message over
    TCP against that over a unix socket. A delayed acknowledgement would cost 40 ms, some hundred times as much."""
    port = free_port()
    driver = Driver(tools, room, 1.0)
    ours = filters.backstopd(binary, room / "stall-state", room / "stall.sock", [f"inet:127.0.0.1:{port}"])
    try:
        wall = {}
        for endpoint in (f"unix:{ours.socket}", f"inet:{port}"):
            run = driver.drive(endpoint, ours.pid, "outgoing", "kept", ["--small-writes", "--connections", "1"])
            wall[endpoint[:4]] = 1e6 * run["seconds"] / max(run["messages"], 1)
        return figures.Figure("small writes over TCP, one connection", "× wall time over a unix socket",
                              wall["inet"] / wall["unix"], None, 10)
    finally:
        ours.stop()
