"""Who is told: the operator's hooks for alarms, and the verified feed; against a real HTTP server."""
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from daemon_test import BACKSTOP, BACKSTOPD, CONFIG, NEGOTIATE, Daemon, await_that, packet, receive, run  # noqa: E402

SECRET = b"0123456789abcdef0123456789abcdef"
PEOPLE = [b"<bob@remote.test>", b"<carol@remote.test>"]


class Receiver:
    """An HTTP server that keeps what it gets, and answers what it is told to, the last answer for ever."""

    def __init__(self, test, port=0, tls=None):
        self.got = []
        self.answers = [(204, {})]
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answers = receiver.answers
                code, fields = answers.pop(0) if len(answers) > 1 else answers[0]
                receiver.got.append((code, self.headers, body))
                self.send_response(code)
                for name, value in fields.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.up = True
        test.addCleanup(self.end)

    def end(self):
        if self.up:
            self.server.shutdown()
            self.server.server_close()
            self.up = False

    def delivered(self, count, say="too little came"):
        """So many that were answered well."""
        await_that(lambda: [g for g in self.got if g[0] == 204], lambda g: len(g) >= count, lambda: f"{say}: {self.got}")
        return [json.loads(body) for code, _, body in self.got if code == 204]


def read_lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def headers_of(peer, sender, recipients, client, fields, body=b""):
    """A message over a new connection; every reply of the end of the message."""
    peer.sendall(NEGOTIATE)
    receive(peer)
    data = packet(b"C", b"client.test\x004" + struct.pack(">H", 25) + client + b"\x00")
    data += packet(b"M", b"<" + sender + b">\x00") + b"".join(packet(b"R", r + b"\x00") for r in recipients)
    for name, value in fields:
        data += packet(b"L", name + b"\x00" + value + b"\x00")
    peer.sendall(data + packet(b"N"))
    replies = [receive(peer)]  # All before was negotiated away.
    if replies[0][0] != b"c":
        return replies
    if body:
        peer.sendall(packet(b"B", body))
        receive(peer)  # "On", or that no more of it is wanted.
    peer.sendall(packet(b"E"))
    replies = [receive(peer)]
    while replies[-1][0] not in (b"a", b"y", b"r", b"d", b"c"):
        replies.append(receive(peer))
    return replies


class TellingTest(unittest.TestCase):
    def start(self, more, environment=None):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="backstop-telling-")))
        self.folder = folder
        secret = folder / "secret"
        secret.write_bytes(SECRET + b"\n")
        secret.chmod(0o600)
        text = CONFIG + more.replace("FOLDER", str(folder))
        self.daemon = Daemon(self, text, environment=environment)
        self.daemon.connect()
        return self.daemon

    def restart(self):
        daemon = self.daemon
        with daemon.log.open("ab") as log:
            daemon.process = subprocess.Popen([BACKSTOPD, "--config", daemon.config], stderr=log)

        def listens():
            try:
                daemon.connect().close()
            except OSError:
                return False
            return True

        await_that(listens, bool, lambda: str(daemon.lines()))

    def lose_the_keys(self):
        """An alarm, and its end by put_back_the_keys."""
        for file in sorted(self.daemon.keys.iterdir()):
            file.chmod(0o644)

    def put_back_the_keys(self):
        for file in sorted(self.daemon.keys.iterdir()):
            file.chmod(0o600)

    def status(self):
        return json.loads(run(BACKSTOP, "status", "--json", "--config", self.daemon.config).stdout)

    def check_signature(self, got):
        _, fields, body = got
        t, v1 = (part.partition("=")[2] for part in fields["Backstop-Signature"].split(","))
        self.assertEqual(v1, hmac.new(SECRET, t.encode() + b"." + body, hashlib.sha256).hexdigest())
        self.assertEqual(fields["Content-Type"], "application/json")

    # --- Verified answers

    def send(self, message_id=b"<a1@example.com>", recipients=PEOPLE):
        """Mail of ours; its token."""
        replies = headers_of(self.daemon.connect(), b"alice@example.com", recipients, b"127.0.0.1",
                             [(b"From", b"alice@example.com"), (b"Message-ID", message_id), (b"Subject", b"hello")])
        inserted = [payload[4:].split(b"\x00") for code, payload in replies if code == b"i"]
        return next(value for name, value, *_ in inserted if name == b"Backstop-Token").decode()

    def bounce(self, token, failed="bob@remote.test", message_id="<a1@example.com>", action="failed"):
        """A bounce of it from outside; the fields that were put in."""
        token_line = f"Backstop-Token: {token}\r\n" if token else ""
        body = (f"--b\r\n\r\nNo.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
                f"Reporting-MTA: dns; mx.remote.test\r\n\r\nFinal-Recipient: rfc822; {failed}\r\nAction: {action}\r\n"
                f"Status: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{token_line}"
                "Received: from a by b; Sat, 21 Nov 2026 12:00:00 +0000\r\nFrom: alice@example.com\r\n"
                f"Message-ID: {message_id}\r\nDate: Sat, 21 Nov 2026 12:00:00 +0000\r\nSubject: hello\r\n\r\n--b--\r\n")
        replies = headers_of(self.daemon.connect(), b"", [b"<alice@example.com>"], b"198.51.100.9",
                             [(b"From", b"mailer-daemon@remote.test"), (b"Auto-Submitted", b"auto-replied"),
                              (b"Content-Type", b"multipart/report; report-type=delivery-status; boundary=b")],
                             body.encode())
        return [tuple(payload[4:].split(b"\x00")[:2]) for code, payload in replies if code == b"i"]


COMMAND = """#!/bin/sh
[ -e FOLDER/broken ] && { printf 'cannot page\\033[31m' >&2; exit 3; }
printf '%s %s\\n' "$BACKSTOP_EVENT" "$BACKSTOP_ALARM" >> FOLDER/told
cat >> FOLDER/told.json
"""


class AlarmHooks(TellingTest):
    def start_with_command(self):
        self.start('[alarms]\ncommand = ["/bin/sh", "FOLDER/page"]\n')
        (self.folder / "page").write_text(COMMAND.replace("FOLDER", str(self.folder)))

    def told(self):
        path = self.folder / "told"
        return path.read_text().splitlines() if path.exists() else []

    def test_the_command_is_told_of_the_beginning_and_the_end(self):
        self.start_with_command()
        self.lose_the_keys()
        await_that(self.told, lambda t: t == ["raised keys-unreadable"], lambda: f"{self.told()} {self.daemon.lines()}")
        await_that(lambda: [(a["name"], a["open"], a["count"]) for a in self.status()["alarms"]],
                   lambda found: found == [("keys-unreadable", True, 1)], self.status)
        self.put_back_the_keys()
        await_that(self.told, lambda t: t == ["raised keys-unreadable", "over keys-unreadable"], self.told)
        document = json.loads((self.folder / "told.json").read_text().splitlines()[0])
        self.assertEqual((document["v"], document["event"], document["alarm"]), (1, "raised", "keys-unreadable"))
        self.assertIn("0600", document["advice"])
        await_that(lambda: self.status()["alarms"][0]["open"], lambda is_open: not is_open, self.status)
        self.daemon.await_line("alarm over: ")

    def test_a_command_that_fails_is_told_in_the_log_and_never_to_itself(self):
        self.start_with_command()
        (self.folder / "broken").touch()
        self.lose_the_keys()
        line = self.daemon.await_line("[alarm-hook-failing]")[0]
        self.assertIn("ended with 3", line)
        self.assertIn("\\x1b[31m", line)
        self.assertNotIn("\x1b", line)
        (self.folder / "broken").unlink()
        await_that(self.told, lambda t: t == ["raised keys-unreadable"], lambda: f"{self.told()} {self.daemon.lines()}")
        self.daemon.await_line("alarm over: it was told again [alarm-hook-failing]")
        self.assertEqual(self.told(), ["raised keys-unreadable"])

    def test_mail_flows_while_the_command_hangs_and_a_stop_does_not_wait_for_it(self):
        self.start('[alarms]\ncommand = ["/bin/sleep", "1000"]\n')
        self.lose_the_keys()
        self.daemon.await_line("[keys-unreadable]")
        replies = headers_of(self.daemon.connect(), b"eve@remote.test", [b"<alice@example.com>"], b"198.51.100.9",
                             [(b"From", b"eve@remote.test"), (b"Subject", b"hello")])
        self.assertIn(replies[-1][0], (b"a", b"c"))
        self.daemon.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.daemon.process.wait(20), 0)

    def test_the_webhook_gets_a_signed_document(self):
        receiver = Receiver(self)
        self.start(f'[alarms]\nwebhook = "http://127.0.0.1:{receiver.port}/hook/TOPSECRET"\nwebhook_secret = "FOLDER/secret"\n')
        self.lose_the_keys()
        document = receiver.delivered(1)[0]
        self.assertEqual((document["event"], document["alarm"]), ("raised", "keys-unreadable"))
        self.check_signature(receiver.got[0])
        self.assertNotIn("TOPSECRET", self.daemon.log.read_text())
        self.assertNotIn(SECRET.decode(), self.daemon.log.read_text())

    def test_a_secret_that_others_can_read_is_refused_and_mail_is_guarded_all_the_same(self):
        receiver = Receiver(self)
        self.start(f'[alarms]\ncommand = ["/bin/sh", "-c", "echo $BACKSTOP_ALARM >> FOLDER/told"]\n'
                   f'webhook = "http://127.0.0.1:{receiver.port}/x"\nwebhook_secret = "FOLDER/later"\n'
                   f'[feed]\nwebhook = "http://127.0.0.1:{receiver.port}/y"\nwebhook_secret = "FOLDER/later"\n')
        later = self.folder / "later"
        self.assertIn("alarms.webhook_secret", self.daemon.await_line("[alarm-hook-failing]")[0])
        self.assertIn("feed.webhook_secret", self.daemon.await_line("[feed-failing]")[0])
        told = self.folder / "told"
        await_that(lambda: told.exists() and told.read_text(), lambda text: text and "feed-failing" in text,
                   lambda: f"the command is told of nothing: {self.daemon.lines()}")
        token = self.send()
        later.write_bytes(SECRET)
        later.chmod(0o644)
        self.daemon.process.send_signal(signal.SIGHUP)
        self.daemon.await_line("later: ")
        later.chmod(0o600)
        self.daemon.process.send_signal(signal.SIGHUP)
        self.daemon.await_line("alarm over: the feed is told again [feed-failing]")
        self.bounce(token)
        await_that(lambda: [json.loads(body).get("event") for _, _, body in receiver.got],
                   lambda events: "bounced" in events, lambda: f"{receiver.got}")
        self.check_signature(receiver.got[0])
        self.assertNotIn(SECRET.decode(), self.daemon.log.read_text())


class Feed(TellingTest):
    def test_a_bounce_of_a_recipient_that_the_ledger_holds_is_told_as_one(self):
        self.start('[feed]\nfile = "FOLDER/feed.jsonl"\nsocket = "FOLDER/feed.sock"\n')
        listener = socket.socket(socket.AF_UNIX)
        listener.settimeout(30)
        listener.connect(str(self.folder / "feed.sock"))
        self.addCleanup(listener.close)
        self.bounce(self.send())
        feed = self.folder / "feed.jsonl"
        one = await_that(lambda: read_lines(feed), bool, lambda: str(self.daemon.lines()))[0]
        self.assertEqual({k: one[k] for k in ("v", "event", "verdict", "kind", "recipient", "message_id", "status", "to")},
                         {"v": 1, "event": "bounced", "verdict": "genuine", "kind": "bounce",
                          "recipient": "bob@remote.test", "message_id": "a1@example.com", "status": "5.1.1",
                          "to": ["alice@example.com"]})
        self.assertIn("token", one["proofs"])
        self.assertEqual(json.loads(listener.makefile().readline()), one)

    def test_a_stolen_header_with_an_invented_recipient_confirms_nothing(self):
        self.start('[feed]\nfile = "FOLDER/feed.jsonl"\n')
        token = self.send()
        other = self.send(b"<a2@example.com>", [b"<dave@remote.test>"])
        self.bounce(token, failed="ceo@customer.test")
        # Somebody else's message went to him, but not this one.
        self.bounce(token, failed="dave@remote.test")
        # Without a proof of ours nothing is told at all.
        self.bounce("", message_id="<never@example.com>")
        self.bounce(other, failed="dave@remote.test", message_id="<a2@example.com>", action="delayed")
        self.bounce(other, failed="dave@remote.test", message_id="<a2@example.com>")
        lines = await_that(lambda: read_lines(self.folder / "feed.jsonl"), lambda found: len(found) >= 4,
                           lambda: str(self.daemon.lines()))
        self.assertEqual([(one["event"], one["recipient"]) for one in lines],
                         [("answer", "unconfirmed"), ("answer", "unconfirmed"), ("answer", "dave@remote.test"),
                          ("bounced", "dave@remote.test")])
        self.assertNotIn("ceo@customer.test", (self.folder / "feed.jsonl").read_text())

    def test_a_victim_beside_a_recipient_that_is_right_is_never_named(self):
        self.start('[feed]\nfile = "FOLDER/feed.jsonl"\n')
        token = self.send()
        self.bounce(token, failed="bob@remote.test\r\nOriginal-Recipient: rfc822; ceo@customer.test")
        self.bounce(token, failed="ceo@customer.test\r\nOriginal-Recipient: rfc822; bob@remote.test")
        lines = await_that(lambda: read_lines(self.folder / "feed.jsonl"), lambda found: len(found) >= 2,
                           lambda: str(self.daemon.lines()))
        self.assertEqual([one["recipient"] for one in lines], ["bob@remote.test"] * 2)
        self.assertNotIn("ceo@customer.test", (self.folder / "feed.jsonl").read_text())

    def test_a_rotated_file_is_left_alone(self):
        self.start('[feed]\nfile = "FOLDER/feed.jsonl"\n')
        token, feed = self.send(), self.folder / "feed.jsonl"
        self.bounce(token)
        await_that(lambda: read_lines(feed), bool, lambda: str(self.daemon.lines()))
        feed.rename(self.folder / "feed.jsonl.1")
        self.daemon.process.send_signal(signal.SIGHUP)
        self.daemon.await_line("the new configuration is in force")
        self.bounce(token, failed="carol@remote.test")
        self.assertEqual(await_that(lambda: read_lines(feed), bool, lambda: "")[0]["recipient"], "carol@remote.test")
        self.assertEqual(len(read_lines(self.folder / "feed.jsonl.1")), 1)

    def test_the_header_says_pass_fail_or_none_and_ordinary_mail_gets_none(self):
        self.start("[feed]\nheader = true\n")
        token = self.send()
        results = dict(self.bounce(token))[b"Authentication-Results"].decode()
        self.assertRegex(results, r'^\S+; x-backstop=pass reason="[a-z-]+" policy\.verdict=genuine policy\.kind=bounce$')
        results = dict(self.bounce("", message_id="<never@example.com>"))[b"Authentication-Results"].decode()
        self.assertRegex(results, r"x-backstop=none .*policy\.verdict=unproven")
        replies = headers_of(self.daemon.connect(), b"eve@remote.test", [b"<alice@example.com>"], b"198.51.100.9",
                             [(b"From", b"eve@remote.test"), (b"Subject", b"hello")])
        self.assertNotIn(b"i", [code for code, _ in replies])


class Webhook(TellingTest):
    def start_feed(self, receiver, more=""):
        self.start(f'[feed]\nwebhook = "http://127.0.0.1:{receiver.port}/x"\nwebhook_secret = "FOLDER/secret"\n{more}')
        self.token = self.send()

    def waiting(self):
        spool = pathlib.Path(f"{self.daemon.keys}.store/feed.spool").read_bytes()
        return len(spool[int(spool[17:37]):].splitlines())

    def test_what_may_pass_is_tried_again_and_told_once(self):
        receiver = Receiver(self)
        receiver.answers = [(503, {}), (429, {"Retry-After": "1"}), (204, {})]
        self.start_feed(receiver)
        self.bounce(self.token)
        document = receiver.delivered(1)[0]
        self.assertEqual(document["event"], "bounced")
        self.assertEqual([code for code, *_ in receiver.got], [503, 429, 204])
        self.assertEqual(len({body for _, _, body in receiver.got}), 1)
        for got in receiver.got:
            self.check_signature(got)
        await_that(self.waiting, lambda n: n == 0, lambda: "it waits still")

    def test_what_is_refused_for_good_is_given_up_and_the_next_comes(self):
        receiver = Receiver(self)
        receiver.answers = [(422, {}), (204, {})]
        self.start_feed(receiver)
        self.bounce(self.token)
        self.bounce(self.token, failed="carol@remote.test")
        self.assertEqual(receiver.delivered(1)[0]["recipient"], "carol@remote.test")
        line = self.daemon.await_line("feed.webhook: ")[0]
        self.assertIn("answered 422; an event is lost there", line)
        self.assertEqual(len(receiver.got), 2)

    def test_nothing_is_lost_while_the_receiver_is_away_and_backstopd_is_killed(self):
        receiver = Receiver(self)
        receiver.end()
        self.start_feed(receiver)
        self.bounce(self.token)
        self.bounce(self.token, failed="carol@remote.test")
        await_that(self.waiting, lambda n: n == 2, lambda: f"{self.daemon.lines()}")
        self.daemon.await_line("it is tried again")
        self.daemon.process.kill()
        self.daemon.process.wait()
        again = Receiver(self, receiver.port)
        self.restart()
        self.assertEqual([one["recipient"] for one in again.delivered(2)], ["bob@remote.test", "carol@remote.test"])

    def test_a_redirect_is_not_followed(self):
        elsewhere = Receiver(self)
        receiver = Receiver(self)
        receiver.answers = [(307, {"Location": f"http://127.0.0.1:{elsewhere.port}/y"}), (204, {})]
        self.start_feed(receiver)
        self.bounce(self.token)
        receiver.delivered(1)
        self.assertEqual(elsewhere.got, [])

    def test_a_certificate_nobody_vouches_for_is_refused_and_one_that_is_named_is_trusted(self):
        certificate = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="backstop-telling-"))) / "pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{certificate}.key", "-out", certificate],
                       check=True, capture_output=True)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, f"{certificate}.key")
        receiver = Receiver(self, tls=tls)
        url = f'[feed]\nwebhook = "https://127.0.0.1:{receiver.port}/x"\n'
        self.start(url)
        self.bounce(self.send())
        self.assertIn("certificate", self.daemon.await_line("feed.webhook: ")[0])
        self.assertEqual(receiver.got, [])
        self.daemon.end()
        self.start(url + f'webhook_ca = "{certificate}"\n')
        self.bounce(self.send())
        self.assertEqual(receiver.delivered(1)[0]["event"], "bounced")
        self.assertNotIn("Backstop-Signature", receiver.got[0][1])

    def test_mail_flows_while_the_receiver_never_answers(self):
        deaf = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(deaf.close)
        self.start(f'[feed]\nwebhook = "http://127.0.0.1:{deaf.getsockname()[1]}/x"\nfile = "FOLDER/feed.jsonl"\n')
        token = self.send()
        for _ in range(5):
            self.bounce(token)
        await_that(lambda: read_lines(self.folder / "feed.jsonl"), lambda found: len(found) == 5, lambda: "")
        self.daemon.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.daemon.process.wait(20), 0)


if __name__ == "__main__":
    unittest.main()
