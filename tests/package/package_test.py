"""The package as an administrator meets it: installed, set up, started, upgraded, removed, purged, installed again."""

import json
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
from installation import Installation, field, older_package, the_package, tree_for
from service import Service

SKIPPED = 77
OLDER = "0.0.1"
EXPOSURE_MAX = 1.5
# It has to be root: the queues are the mail servers' own.
ROOT_EXPOSURE_MAX = 3
CONFIGURATION = "/etc/backstop/backstop.toml"
POSTFIX_SOCKETS = "/var/spool/postfix/backstop"
# What stands where, with its mode, owner and group.
STANDS = {
    "/usr/bin/backstop": ("755", "root", "root"),
    "/usr/sbin/backstopd": ("755", "root", "root"),
    "/etc/backstop": ("755", "root", "root"),
    CONFIGURATION: ("644", "root", "root"),
    "/etc/backstop/keys": ("700", "_backstop", "_backstop"),
    "/var/lib/backstop": ("750", "_backstop", "_backstop"),
    "/run/backstop": ("755", "_backstop", "_backstop"),
    POSTFIX_SOCKETS: ("2750", "_backstop", "postfix"),
    "/lib/systemd/system/backstopd.service": ("644", "root", "root"),
    "/lib/systemd/system/backstop-quarantine.service": ("644", "root", "root"),
    "/lib/systemd/system/backstop-quarantine.timer": ("644", "root", "root"),
    "/usr/lib/sysusers.d/backstop.conf": ("644", "root", "root"),
    "/usr/lib/tmpfiles.d/backstop.conf": ("644", "root", "root"),
    "/usr/share/bash-completion/completions/backstop": ("644", "root", "root"),
    "/usr/share/bash-completion/completions/backstopd": ("644", "root", "root"),
    "/usr/share/man/man1/backstop.1.gz": ("644", "root", "root"),
    "/usr/share/man/man8/backstopd.8.gz": ("644", "root", "root"),
    "/usr/share/man/man5/backstop.toml.5.gz": ("644", "root", "root"),
    "/usr/share/man/man7/backstop-token.7.gz": ("644", "root", "root"),
    "/usr/share/doc/backstop/README.Debian": ("644", "root", "root"),
}
# What a purge leaves: the user, so that no later one gets its number and with it files of ours elsewhere.
PURGE_LEAVES = re.compile(r"etc/(passwd|group|shadow|gshadow)-?$|etc/\.pwd\.lock$|run/|.*/__pycache__")


def packet(command: bytes, payload: bytes = b"") -> bytes:
    return struct.pack(">I", 1 + len(payload)) + command + payload


def receive(peer: socket.socket) -> bytes:
    def exactly(size: int) -> bytes:
        got = b""
        while len(got) < size:
            more = peer.recv(size - len(got))
            if not more:
                raise AssertionError("the daemon closed the connection")
            got += more
        return got

    return exactly(struct.unpack(">I", exactly(4))[0])


def negotiate(peer: socket.socket) -> bytes:
    """Offers every step and action of version 6; the answer's code."""
    peer.sendall(packet(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF)))
    return receive(peer)[:1]


def sign(peer: socket.socket) -> bytes:
    """Sends a message from this host through the milter protocol; what was answered at its end."""
    assert negotiate(peer) == b"O"
    # All answers but that to the end of the header were negotiated away.
    peer.sendall(packet(b"C", b"client.test\0" + b"4" + struct.pack(">H", 25) + b"127.0.0.1\0")
                 + packet(b"M", b"<alice@example.com>\0") + packet(b"R", b"<lena@else.test>\0")
                 + packet(b"L", b"Message-ID\0<1@example.com>\0") + packet(b"N"))
    assert receive(peer) == b"c"
    peer.sendall(packet(b"E"))
    out = b""
    while (answer := receive(peer))[:1] not in b"acry":
        out += answer
    return out


class Package(unittest.TestCase):
    package: pathlib.Path
    tree: pathlib.Path

    @classmethod
    def setUpClass(cls) -> None:
        cls.package = the_package()
        cls.tree = tree_for(cls.package)

    def setUp(self) -> None:
        self.debian = Installation(self.tree)
        self.addCleanup(self.debian.remove)

    def file(self, path: str) -> pathlib.Path:
        return self.debian.tree / path.lstrip("/")

    def start(self) -> Service:
        service = Service(self.debian)
        self.addCleanup(lambda: service._process.poll() is None and service._process.kill())
        return service

    def set_up(self) -> None:
        """As README.Debian has it."""
        self.debian.done("backstop", "keys", "add", "--new-ring")
        self.debian.done("backstop", "mode", "example.com", "observe", "--yes")

    def older(self) -> pathlib.Path:
        return older_package(self.package, OLDER, self.debian.folder)

    # --- What is there

    def test_a_fresh_installation_stands_as_it_should(self):
        self.debian.install(self.package)
        self.assertEqual({path: self.debian.facts(path) for path in STANDS}, STANDS)
        self.assertEqual(self.debian.done("dpkg", "-V", "backstop"), "")
        self.assertEqual(self.debian.done("dpkg-query", "-W", "-f", "${Conffiles}", "backstop").split()[0], CONFIGURATION)
        self.assertRegex(self.file("/etc/passwd").read_text(), r"(?m)^_backstop:[^:]*:\d+:\d+:[^:]*:/var/lib/backstop:/usr/sbin/nologin$")
        self.assertRegex(self.file("/etc/shadow").read_text(), r"(?m)^_backstop:!")
        self.assertTrue(self.file("/etc/systemd/system/multi-user.target.wants/backstopd.service").is_symlink())
        self.assertTrue(self.file("/etc/systemd/system/timers.target.wants/backstop-quarantine.timer").is_symlink())
        self.assertIn("the configuration is good: 0 domains, no keys yet", self.debian.done("backstopd", "--test-config"))
        self.assertIn("backstop", self.debian.done("backstop", "--version"))

    def test_the_unit_is_right_and_shut_in(self):
        self.debian.install(self.package)
        verified = self.debian.run("systemd-analyze", "verify", "--man=no", "backstopd.service")
        self.assertNotIn("backstopd.service", verified.stdout + verified.stderr)
        said = self.debian.done("systemd-analyze", "security", "--offline=true", "--no-pager", "backstopd.service")
        exposure = re.search(r"exposure level for backstopd.service: ([\d.]+)", said)
        self.assertLessEqual(float(exposure[1]), EXPOSURE_MAX, said)
        unit = self.debian.unit()
        self.assertEqual(unit["Type"], ["notify"])
        self.assertEqual(unit["WatchdogSec"], ["2min"])

    def test_the_hourly_look_at_held_mail_is_right_and_shut_in(self):
        self.debian.install(self.package)
        for unit in ("backstop-quarantine.service", "backstop-quarantine.timer"):
            verified = self.debian.run("systemd-analyze", "verify", "--man=no", unit)
            self.assertNotIn("backstop-quarantine", verified.stdout + verified.stderr)
        said = self.debian.done("systemd-analyze", "security", "--offline=true", "--no-pager", "backstop-quarantine.service")
        exposure = re.search(r"exposure level for backstop-quarantine.service: ([\d.]+)", said)
        self.assertLessEqual(float(exposure[1]), ROOT_EXPOSURE_MAX, said)

    # --- What it does

    def test_the_daemon_starts_shut_in_as_the_unit_says_and_signs(self):
        self.debian.install(self.package)
        self.set_up()
        service = self.start()
        for folder in ("/run/backstop", POSTFIX_SOCKETS):
            with self.subTest(folder=folder), service.connect(folder) as peer:
                self.assertIn(b"Backstop-Token\0", sign(peer), service.log())
        service.await_word(b"WATCHDOG=1")  # Some seconds later.
        found = json.loads(self.debian.run("backstop", "check", "--offline", "--json").stdout)["findings"]
        # The tree's Postfix has no configuration, and nobody set it up.
        self.assertEqual({f["what"]: f["text"] for f in found if f["severity"] == "wrong" and f["what"] != "postfix"}, {})
        self.assertEqual(self.debian.facts(f"{POSTFIX_SOCKETS}/milter.sock"), ("660", "_backstop", "postfix"))
        self.assertEqual(self.debian.facts("/var/lib/backstop/ledger.db")[1:], ("_backstop", "_backstop"))
        self.assertEqual(service.stop(), 0, service.log())
        self.assertFalse(self.file(f"{POSTFIX_SOCKETS}/milter.sock").exists())
        self.assertTrue(self.file("/var/lib/backstop/heartbeat").exists())

    def test_without_postfix_the_daemon_listens_in_its_runtime_directory(self):
        shutil.rmtree(self.file("/var/spool/postfix"))
        self.debian.install(self.package)
        self.assertFalse(self.file(POSTFIX_SOCKETS).exists())
        service = self.start()
        with service.connect("/run/backstop") as peer:
            self.assertEqual(negotiate(peer), b"O")
        self.assertEqual(service.stop(), 0)

    # --- What stays

    def kept(self) -> dict[str, bytes]:
        """Keys, and what was sent and judged, with owner and mode."""
        out = {}
        for folder in ("/etc/backstop/keys", "/var/lib/backstop"):
            for path in sorted(self.file(folder).rglob("*")):
                inside = "/" + path.relative_to(self.debian.tree).as_posix()
                out[inside] = " ".join(self.debian.facts(inside)).encode() + (path.read_bytes() if path.is_file() else b"")
        return out

    def use(self) -> None:
        """Some life: keys, a domain, a message signed."""
        self.set_up()
        service = self.start()
        with service.connect("/run/backstop") as peer:
            sign(peer)
        self.assertEqual(service.stop(), 0)

    def test_an_upgrade_keeps_keys_what_was_sent_and_an_edited_configuration(self):
        self.debian.install(self.older())
        self.use()
        edited, kept = self.file(CONFIGURATION).read_bytes(), self.kept()
        self.assertIn(b"example.com", edited)
        self.assertIn("/var/lib/backstop/ledger.db", kept)
        self.debian.install(self.package, "-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold")
        self.assertEqual(self.debian.done("dpkg-query", "-W", "-f", "${Version}", "backstop"), field(self.package, "Version"))
        self.assertEqual(self.file(CONFIGURATION).read_bytes(), edited)
        self.assertEqual(self.kept(), kept)
        self.assertIn("1 domains, keys are readable", self.debian.done("backstopd", "--test-config"))

    def test_an_upgrade_renews_a_configuration_nobody_edited(self):
        self.debian.install(self.older())
        self.assertIn("of an older version", self.file(CONFIGURATION).read_text())
        self.debian.install(self.package)
        self.assertNotIn("of an older version", self.file(CONFIGURATION).read_text())

    def test_removing_keeps_what_a_purge_deletes_and_it_can_be_installed_again(self):
        before = self.debian.paths()
        self.debian.install(self.package)
        self.use()
        edited, kept = self.file(CONFIGURATION).read_bytes(), self.kept()
        self.debian.done("apt-get", "-q", "-y", "remove", "backstop")
        self.assertFalse(self.file("/usr/sbin/backstopd").exists())
        self.assertEqual(self.file(CONFIGURATION).read_bytes(), edited)
        self.assertEqual(self.kept(), kept)

        self.debian.install(self.package)
        self.assertEqual(self.kept(), kept)
        service = self.start()
        self.assertEqual(service.stop(), 0)

        self.debian.done("apt-get", "-q", "-y", "purge", "backstop")
        left = {path for path in self.debian.paths() - before if not PURGE_LEAVES.match(path)}
        self.assertEqual(left, set())

        self.debian.install(self.package)
        self.assertEqual({path: self.debian.facts(path) for path in STANDS}, STANDS)

    def test_removing_says_that_postfix_still_asks(self):
        self.file("/etc/postfix/main.cf").write_text("compatibility_level = 3.6\nsmtpd_milters = unix:backstop/milter.sock\n")
        self.debian.install(self.package)
        removed = self.debian.run("apt-get", "-q", "-y", "remove", "backstop")
        self.assertEqual(removed.returncode, 0)
        self.assertIn("Postfix still asks Backstop", removed.stdout + removed.stderr)


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("skipped: trees need root")
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
