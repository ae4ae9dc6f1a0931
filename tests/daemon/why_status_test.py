"""backstop why and backstop status, on what a living daemon remembered."""
import json
import pathlib
import re
import struct
import time
import unittest

from daemon_test import BACKSTOP, Daemon, NEGOTIATE, await_that, packet, receive, receive_after, run

CONFIG = """
[milter]
listen = ["unix:{socket}"]
[keys]
directory = "{keys}"
[store]
directory = "{socket}.store"
[domains."example.com"]
mode = "MODE"
coverage = "covered"
signing_since = "2026-01-01"
"""

# An unused address of RFC 5737 writes, and a server of ours answers it.
OUTSIDE = packet(b"C", b"mx9.stranger.test\x004" + struct.pack(">H", 25) + b"203.0.113.77\x00")
INSIDE = packet(b"C", b"client.test\x004" + struct.pack(">H", 25) + b"127.0.0.1\x00")

BOUNCE = """This is the mail system. Your message could not be delivered.

<nobody@remote.test>: User unknown
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx9.stranger.test

Final-Recipient: rfc822; nobody@remote.test
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

{returned}
--b--
"""
FORGED = """Received: from bot.invalid by mx9.stranger.test; Sat, 1 Aug 2026 10:00:00 +0000
From: anna@example.com
To: nobody@remote.test
Date: Sat, 1 Aug 2026 10:00:00 +0000
Message-ID: <spam@bot.invalid>
Subject: cheap watches

Buy.
"""


def send(daemon, connect, queue_id, sender, recipients, fields, body=""):
    """One message; every packet that answers it."""
    peer = daemon.connect()
    receive_after(peer, NEGOTIATE)
    data = connect + packet(b"M", sender.encode() + b"\0")
    for recipient in recipients:
        data += packet(b"R", recipient.encode() + b"\0")
    for name, value in fields:
        data += packet(b"L", name.encode() + b"\0" + value.encode() + b"\0")
    data += packet(b"N")
    if body:
        data += packet(b"B", body.replace("\n", "\r\n").encode())
    # Which stages are answered is negotiated; what comes before the end of the connection is all.
    peer.sendall(data + packet(b"D", b"Ei\0" + queue_id.encode() + b"\0") + packet(b"E") + packet(b"Q"))
    answers = []
    while (answer := receive(peer)) is not None:
        answers.append(answer)
    return answers


class Remembered(unittest.TestCase):
    def start(self, mode="observe"):
        daemon = Daemon(self, CONFIG.replace("MODE", mode))
        daemon.await_line("keys:")
        daemon.await_line("listening on")
        self.daemon = daemon
        return daemon

    def send_ours(self, queue_id="4fzOUT1", message_id="<17@example.com>"):
        answers = send(self.daemon, INSIDE, queue_id, "<anna@example.com>", ["<nobody@remote.test>"],
                       [("From", "anna@example.com"), ("Message-ID", message_id)])
        inserted = [payload[4:].split(b"\0") for code, payload in answers if code == b"i"]
        self.assertTrue(inserted, answers)
        return dict((name.decode(), value.decode()) for name, value, *_ in inserted)["Backstop-Token"]

    def send_bounce(self, queue_id, returned, recipient="<anna@example.com>"):
        fields = [("From", "MAILER-DAEMON@mx9.stranger.test"), ("To", recipient), ("Message-ID", "<dsn@stranger.test>"),
                  ("Content-Type", 'multipart/report; report-type=delivery-status; boundary="b"')]
        text = "--b\nContent-Type: text/plain\n\n" + BOUNCE.format(returned=returned)
        return send(self.daemon, OUTSIDE, queue_id, "<>", [recipient], fields, text)

    def ask(self, *arguments, code=None):
        done = run(BACKSTOP, *arguments, "--config", self.daemon.config)
        if code is not None:
            self.assertEqual(done.returncode, code, done)
        return done

    def why(self, *arguments):
        """The answer as soon as the history has it."""
        done = await_that(lambda: self.ask("why", "--json", *arguments), lambda d: json.loads(d.stdout)["messages"],
                          lambda: f"nothing came of {arguments}: {self.daemon.lines()}")
        self.assertEqual(done.returncode, 0)
        return json.loads(done.stdout)

    def status(self, good=lambda status: True):
        return await_that(lambda: json.loads(self.ask("status", "--json").stdout), good, lambda: self.ask("status").stdout)


class Why(Remembered):
    def test_a_forged_bounce_is_explained_and_decided_alike_today(self):
        self.start()
        self.send_bounce("4fzIN1", FORGED)
        message = self.why("4fzIN1")["messages"][0]
        self.assertEqual((message["kind"], message["verdict"], message["decision"], message["enforced"]),
                         ("bounce", "forged", "mark", "refuse"))
        self.assertEqual(message["to"], ["anna@example.com"])
        self.assertEqual(message["client"], "203.0.113.77")
        self.assertTrue(message["recomputed"]["same"])
        page = self.ask("why", "4fzIN1", code=0).stdout
        for part in ("a bounce from <> to anna@example.com", "in enforce", "no-proof-of-origin", "to do:",
                     "decides the same"):
            self.assertIn(part, page)

    def test_our_own_mail_tells_that_it_was_signed_what_the_remote_said_and_what_answered_it(self):
        daemon = self.start()
        token = self.send_ours()
        self.send_bounce("4fzIN2", f"Backstop-Token: {token}\nReceived: from x by y; Sat, 1 Aug 2026 10:00:00 +0000\n"
                         "From: anna@example.com\nMessage-ID: <17@example.com>\n\nHello\n")
        log = daemon.folder / "mail.log"
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        log.write_text(
            f"{stamp} mail postfix/cleanup[1]: 4fzOUT1: message-id=<17@example.com>\n"
            f"{stamp} mail postfix/qmgr[1]: 4fzOUT1: from=<anna@example.com>, size=1, nrcpt=1 (queue active)\n"
            f"{stamp} mail postfix/smtp[1]: 4fzOUT1: to=<nobody@remote.test>, relay=mx.remote.test[192.0.2.7]:25, delay=1, "
            "delays=1/0/0/0, dsn=5.1.1, status=bounced (host mx.remote.test[192.0.2.7] said: 550 5.1.1 User unknown)\n")
        self.why("4fzIN2")
        for asked in ("4fzOUT1", "<17@example.com>", "17@example.com"):
            answer = self.why(asked, "--log", log)
            ours = [message for message in answer["messages"] if message["direction"] == "outgoing"]
            self.assertEqual(len(ours), 1, answer)
            self.assertTrue(ours[0]["signed"])
            self.assertEqual(answer["answers"][0]["verdict"], "genuine")
            delivery = answer["log"][0]["deliveries"][0]
            self.assertEqual((delivery["recipient"], delivery["status"], delivery["dsn"]),
                             ("nobody@remote.test", "bounced", "5.1.1"))
        page = self.ask("why", "4fzOUT1", "--log", log, code=0).stdout
        for part in ("mail of ours, signed", "an address outside", "550 5.1.1 User unknown", "answered", "genuine"):
            self.assertIn(part, page)

    def test_mail_to_a_user_is_listed_and_a_foreign_address_can_be_asked_for(self):
        self.start()
        for number in range(5):
            self.send_bounce(f"4fzIN{number}", FORGED)
        self.send_ours()
        await_that(lambda: self.why("--to", "anna")["messages"], lambda found: len(found) == 5, lambda: "not all came")
        self.assertEqual(len(self.why("--to", "Anna@Example.com", "--since", "1h")["messages"]), 5)
        self.assertEqual(self.why("--to", "nobody@remote.test")["messages"][0]["queue_id"], "4fzOUT1")
        page = self.ask("why", "--to", "anna", code=0).stdout
        self.assertIn("5 messages", page)
        self.assertIn("backstop why QUEUE-ID", page)
        self.ask("why", "--to", "berta", code=1)
        self.ask("why", "--to", "anna", "--since", "2030-01-01", code=1)

    def test_nothing_of_a_stranger_stands_in_clear_in_the_store(self):
        daemon = self.start()
        self.send_ours()
        self.why("4fzOUT1")
        for path in pathlib.Path(f"{daemon.socket}.store").iterdir():
            self.assertNotIn(b"remote.test", path.read_bytes(), path)

    def test_nothing_found_says_where_it_looked(self):
        daemon = self.start()
        log = daemon.folder / "mail.log"
        log.write_text("2026-11-20T10:00:00Z mail postfix/qmgr[1]: 4fzOTHER: removed\n")
        done = self.ask("why", "4fzNONE", "--log", log, "--log", "/nonexistent/log", code=1)
        for part in ("nothing is known", str(log), "2026-11-20T10:00:00Z", "/nonexistent/log", "no such file"):
            self.assertIn(part, done.stdout)

    def test_wrong_use_is_said(self):
        self.start()
        self.ask("why", code=2)
        self.ask("why", "4fzX", "--to", "anna", code=2)
        done = self.ask("why", "--to", "anna", "--since", "yesterday", code=2)
        self.assertIn("--since", done.stderr)


class Status(Remembered):
    def test_a_running_daemon_with_nothing_wrong_needs_nobody(self):
        self.start()
        self.send_ours()
        self.send_bounce("4fzIN1", FORGED)
        status = self.status(lambda s: s["domains"][0]["week"]["forged"] == 1 and s["domains"][0]["week"]["signed"] == 1
                             and s["daemon"]["running"] and s["history"] and s["ledger"])
        self.assertEqual(status["problems"], [])
        self.assertTrue(status["good"])
        self.assertEqual(status["daemon"]["pid"], self.daemon.process.pid)
        domain = status["domains"][0]
        self.assertEqual((domain["day"]["would_refuse"], domain["day"]["genuine_would_refuse"]), (1, 0))
        self.assertIn("1 forged and 0 genuine would have been refused", domain["sentence"])
        page = self.ask("status", code=0).stdout
        self.assertIn("backstopd is running", page)
        self.assertIn("Nothing needs you.", page)
        self.assertTrue(all(len(line) <= 79 for line in page.splitlines() if re.match("  (last day|week)", line)), page)

    def test_in_enforce_what_was_refused_is_counted(self):
        self.start("enforce")
        answers = self.send_bounce("4fzIN1", FORGED)
        self.assertEqual(answers[-1][0], b"y", answers)  # A reply code: 550.
        status = self.status(lambda s: s["domains"][0]["day"]["forged"] == 1)
        self.assertEqual(status["domains"][0]["day"]["refused"], 1)

    def test_a_dead_daemon_is_told_and_exits_1(self):
        daemon = self.start()
        self.status(lambda s: s["daemon"]["running"])
        daemon.process.kill()
        daemon.process.wait()
        status = self.status(lambda s: not s["daemon"]["running"])
        self.assertFalse(status["good"])
        self.assertIn("is not running", self.ask("status", code=1).stdout)

    def test_what_was_damaged_is_named(self):
        daemon = self.start()
        self.status(lambda s: s["daemon"]["running"])
        aside = pathlib.Path(f"{daemon.socket}.store") / "history.db.corrupt-2026-11-20T10:00:00Z"
        aside.write_text("x")
        self.assertIn(str(aside), "".join(self.status()["problems"]))

    def test_one_domain_alone_can_be_asked_for(self):
        self.start()
        self.status(lambda s: s["daemon"]["running"] and s["history"] and s["ledger"])
        self.ask("status", "example.com", code=0)
        done = self.ask("status", "second.test")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("second.test", done.stderr)


if __name__ == "__main__":
    unittest.main()
