"""The way of a new administrator: from the package to a domain that is observed, on a Postfix that runs already.

The commands are those of the README, taken from it.
"""

import os
import pathlib
import re
import smtplib
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True
from installation import ROOT, Installation, the_package, tree_for

SKIPPED = 77
COMMANDS_MAX = 5
PATIENCE = 60
SOCKET = "/var/spool/postfix/backstop/milter.sock"
STRANGER = "198.51.100.7"
SERVER = "192.0.2.1"
# A small site as Debian's "Internet with smarthost" leaves it; the smarthost is a sink.
MAIN_CF = """\
compatibility_level = 3.6
myhostname = mx.example.com
mydestination = example.com, mx.example.com, localhost
mynetworks = 127.0.0.0/8
relayhost = [127.0.0.1]:2525
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
inet_protocols = ipv4
alias_maps =
maillog_file = /var/log/mail.log
maillog_file_permissions = 0644
"""
_MACHINE = """\
mount -t proc proc "$0/proc"
mount --bind /dev "$0/dev"
ip link set lo up
ip address add 192.0.2.1/32 dev lo
ip address add 198.51.100.7/32 dev lo
echo ready
exec sleep infinity
"""
_TALK = """\
import smtplib, sys
with smtplib.SMTP(sys.argv[1], 25, timeout=60, source_address=(sys.argv[2], 0)) as client:
    client.sendmail(sys.argv[3], [sys.argv[4]], sys.stdin.buffer.read())
"""
FORGED = """\
From: MAILER-DAEMON@far.test
To: alice@example.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b

Your mail could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.far.test

Final-Recipient: rfc822; nobody@far.test
Action: failed
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

{returned}
--b--
"""
SPAM = """\
Received: from [203.0.113.9] by mx.far.test; Sat, 21 Nov 2026 10:00:00 +0000
From: alice@example.com
To: nobody@far.test
Date: Sat, 21 Nov 2026 10:00:00 +0000
Subject: cheap
Message-ID: <spam@203.0.113.9>
"""


def readme_commands() -> list[str]:
    """The first block of commands below the README's heading of that way."""
    section = (ROOT / "README.md").read_text().split("## Set it up for Postfix", 1)[1]
    return [line for line in section.split("```")[1].splitlines() if line.strip()]


class Machine:
    """A tree with a network, processes and devices of its own, for as long as it is wanted."""

    def __init__(self, debian: Installation):
        self.debian = debian
        self._holder = subprocess.Popen(
            ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--", "sh", "-ec", _MACHINE, str(debian.tree)],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, start_new_session=True)
        assert self._holder.stdout.readline() == b"ready\n"
        children = pathlib.Path(f"/proc/{self._holder.pid}/task/{self._holder.pid}/children").read_text().split()
        self._enter = ["nsenter", "--target", children[0], "--net", "--mount", "--pid", "--"]

    def end(self) -> None:
        self._holder.kill()
        self._holder.wait()
        self._holder.stdout.close()

    def run(self, *command: str, text: str = "") -> subprocess.CompletedProcess:
        """As root of that machine."""
        return subprocess.run([*self._enter, "chroot", str(self.debian.tree), *command], input=text, text=True, cwd="/",
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
                              env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C", "HOME": "/root", "DEBIAN_FRONTEND": "noninteractive"})

    def start(self, *command: str) -> None:
        """Something that stays until the machine ends."""
        subprocess.Popen([*self._enter, "chroot", str(self.debian.tree), *command], cwd="/", stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=open(self.debian.folder / "started.log", "ab"),
                         env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C"})

    def send(self, client: str, sender: str, recipient: str, message: str) -> str:
        """By SMTP from an address of that machine; what smtplib says, "" when it was taken."""
        done = subprocess.run([*self._enter, sys.executable, "-c", _TALK, SERVER, client, sender, recipient], input=message, text=True,
                              capture_output=True, timeout=120, cwd="/")
        return done.stderr

    def file(self, path: str) -> pathlib.Path:
        return self.debian.tree / path.lstrip("/")

    def await_text(self, path: str, pattern: str) -> str:
        """What the file holds once the pattern is in it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found = self.file(path)
            text = found.read_text(errors="replace") if found.is_file() else ""
            if re.search(pattern, text):
                return text
            if time.monotonic() > deadline:
                raise AssertionError(f"{path} never held {pattern!r}: {text[-3000:]}")
            time.sleep(0.05)


class Journey(unittest.TestCase):
    def setUp(self) -> None:
        package = the_package()
        self.debian = Installation(tree_for(package))
        self.addCleanup(self.debian.remove)
        self.machine = Machine(self.debian)
        self.addCleanup(self.machine.end)
        self.put_site()

    def done(self, *command: str) -> str:
        ran = self.machine.run(*command)
        self.assertEqual(ran.returncode, 0, f"{command}: {ran.stdout}")
        return ran.stdout

    def put_site(self) -> None:
        """A Postfix that runs, a user with a mailbox, and a smarthost."""
        self.machine.file("/etc/postfix/main.cf").write_text(MAIN_CF)
        self.done("useradd", "alice")
        self.done("sh", "-c", "newaliases; postfix start; mkdir -p /tmp/sink; chmod 1777 /tmp/sink")
        self.machine.start("smtp-sink", "-u", "nobody", "-R", "/tmp/sink", "-d", "%M.", "127.0.0.1:2525", "10")
        self.machine.await_text("/var/log/mail.log", "daemon started")

    def start_daemon(self) -> None:
        """What systemd does of itself once the package is there."""
        groups = " ".join(self.debian.unit()["SupplementaryGroups"]).split()
        options = [word for group in groups for word in ("--supp-group", group)]
        self.machine.start("runuser", "-u", "_backstop", "-g", "_backstop", *options, "--", "/usr/sbin/backstopd")
        deadline = time.monotonic() + PATIENCE
        while not self.machine.file(SOCKET).is_socket():
            self.assertLess(time.monotonic(), deadline, (self.debian.folder / "started.log").read_text())
            time.sleep(0.05)

    def carry_out(self, command: str) -> None:
        words = command.split()
        if words[:2] == ["apt", "install"]:
            self.debian.install(the_package())
            self.start_daemon()
            return
        self.done(*words)

    def sent(self, subject: str) -> str:
        """A message as the smarthost got it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            for path in self.machine.file("/tmp/sink").iterdir():
                text = path.read_text(errors="replace")
                if f"Subject: {subject}" in text and "\n\n" in text:
                    return text
            self.assertLess(time.monotonic(), deadline, self.machine.file("/var/log/mail.log").read_text()[-3000:])
            time.sleep(0.05)

    def test_the_commands_of_the_readme_lead_to_a_domain_that_is_observed(self):
        commands = readme_commands()
        self.assertLessEqual(len(commands), COMMANDS_MAX, commands)
        self.assertIn("setup --apply", " ".join(commands))
        for command in commands:
            with self.subTest(command=command):
                self.carry_out(command)

        # What a user sends leaves signed.
        letter = "From: alice@example.com\nTo: lena@far.test\nSubject: hello\n\nHello.\n"
        self.assertEqual(self.machine.run("runuser", "-u", "alice", "--", "sendmail", "-f", "alice@example.com", "lena@far.test",
                                          text=letter).returncode, 0)
        out = self.sent("hello")
        header = out.split("\n\n", 1)[0]
        self.assertRegex(header, r"(?m)^Backstop-Token: ")

        # Its bounce proves what it answers; spam's bounce does not, and comes in all the same.
        returned = header[header.index("Backstop-Token:"):] + "\n"
        self.assertEqual(self.machine.send(STRANGER, "", "alice@example.com", FORGED.format(returned=returned)), "")
        self.assertEqual(self.machine.send(STRANGER, "", "alice@example.com", FORGED.format(returned=SPAM)), "")
        box = self.machine.await_text("/var/mail/alice", r"(?s)Backstop-Verdict:.*Backstop-Verdict:")
        self.assertRegex(box, r"(?m)^Backstop-Verdict: genuine; .*reason=valid-token")
        self.assertRegex(box, r"(?m)^Backstop-Verdict: unproven; ")

        # Ordinary mail is as it would be without us.
        self.assertEqual(self.machine.send(STRANGER, "lena@far.test", "alice@example.com", "From: lena@far.test\nSubject: dinner\n\nAt eight?\n"), "")
        dinner = self.machine.await_text("/var/mail/alice", r"At eight\?").split("Subject: dinner")[0].rsplit("\nFrom ", 1)[-1]
        self.assertNotIn("Backstop-", dinner)

        status = self.done("backstop", "status")
        self.assertRegex(status, r"example\.com: observe")
        log = self.machine.file("/var/log/mail.log").read_text()
        self.assertNotRegex(log, "reject|fatal|panic|warning: .*milter", log)


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("skipped: trees need root")
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
