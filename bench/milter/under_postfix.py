"""Milter CPU a message under a real Postfix, both filters by turns on ports of their own."""

import os
import pathlib

from trees import loopback
from trees.cache import Cache
from trees.postfix import Postfix
from trees.trouble import Trouble

import figures
import filters
import mail

SESSIONS = 20
MESSAGES = 400
# What is sent: message, sender, recipient, the libmilter filter's answer, the target.
CASES = {
    "refused at end of message": (mail.bounce(), "", mail.VICTIM, "reject", 0.60),
    "ordinary inbound": (mail.letter(mail.STRANGER, mail.VICTIM), mail.STRANGER, mail.VICTIM, "accept", 0.60),
    "outgoing": (mail.letter(mail.VICTIM, mail.STRANGER), mail.VICTIM, mail.STRANGER, "accept", None),
}
_MAIN = """\
virtual_transport = discard:
default_transport = discard:
relay_transport = discard:
default_process_limit = 200
smtpd_client_connection_count_limit = 0
in_flow_delay = 0
max_use = 1000000
smtpd_error_sleep_time = 0
smtpd_hard_error_limit = 100000
"""
_PORT = """\
{address}:{port} inet n - n - - smtpd
  -o smtpd_milters=unix:backstop/{name}.sock
  -o milter_default_action=tempfail
  -o milter_protocol=6
  -o smtpd_peername_lookup=no
{more}"""
_OWN = "  -o mynetworks=127.0.0.0/8\n  -o milter_macro_daemon_name=ORIGINATING\n"


class Bench:
    def __init__(self, folder: pathlib.Path, room: pathlib.Path, binary: pathlib.Path, tools: pathlib.Path):
        self._postfix = Postfix(Cache(folder).tree("postfix"), room / "postfix", ["victim"], {}, milter=False, more=_MAIN)
        enclosure = self._postfix.enclosure
        self._ports = {}
        services = (room / "postfix/etc/postfix/master.cf").read_text()
        for name in ("ours", *filters.PEERS):
            for own in (False, True):
                port = self._ports[name, own] = loopback.free_port(loopback.GUARDED)
                services += _PORT.format(address=loopback.GUARDED, port=port, name=name, more=_OWN if own else "")
        enclosure.write("etc/postfix/master.cf", services)
        for number, (message, *_) in enumerate(CASES.values()):
            enclosure.write(f"etc/postfix/message{number}.eml", message)
        # A unix socket's path has a limit; the tree may lie deep.
        self._link = pathlib.Path(f"/run/backstop-bench-{os.getpid()}")
        self._link.symlink_to(self._postfix.milter_socket.parent)
        self._filters = {"ours": filters.backstopd(binary, room / "postfix-state", self._link / "ours.sock")}
        for peer in filters.PEERS:
            self._filters[peer] = filters.noop(tools, self._link / f"{peer}.sock", peer)
        self._postfix.start()

    def stop(self) -> None:
        self._postfix.stop()
        for each in self._filters.values():
            each.stop()
        self._link.unlink(missing_ok=True)

    def send(self, case: str, name: str) -> float:
        """Sends one batch through one filter; its CPU microseconds a message."""
        _, sender, recipient, _, _ = CASES[case]
        number = list(CASES).index(case)
        port = self._ports[name, case == "outgoing"]
        pid = self._filters[name].pid
        before = filters.cpu_seconds(pid)
        done = self._postfix.enclosure.run(
            ["smtp-source", "-A", "-s", str(SESSIONS), "-m", str(MESSAGES), "-f", sender, "-t", recipient,
             "-F", f"/etc/postfix/message{number}.eml", f"{loopback.GUARDED}:{port}"])
        if done.returncode != 0:
            raise Trouble(f"smtp-source failed: {done.stderr.strip()[-300:]}")
        return 1e6 * (filters.cpu_seconds(pid) - before) / MESSAGES

    def refusals(self) -> int:
        return len(self._postfix.log_lines("milter-reject: END-OF-MESSAGE"))


def measure(folder: pathlib.Path, room: pathlib.Path, binary: pathlib.Path, tools: pathlib.Path,
            rounds: int) -> list[figures.Figure]:
    bench = Bench(folder, room, binary, tools)
    try:
        cost: dict[str, list] = {case: [] for case in CASES}
        for number in range(rounds + 1):
            for case, (_, _, _, end, _) in CASES.items():
                batch = tuple(bench.send(case, name) for name in ("ours", end, f"{end}-least"))
                if number > 0:  # The first warms up.
                    cost[case].append(batch)
        refused = bench.refusals()
        due = 3 * MESSAGES * (rounds + 1)
        if refused != due:
            raise Trouble(f"Postfix logged {refused} refusals of {due}: the figures mean nothing")
        found = []
        for case in CASES:
            found += figures.both(f"Postfix, {case}, {SESSIONS} sessions", cost[case], CASES[case][4])
        return found
    finally:
        bench.stop()
