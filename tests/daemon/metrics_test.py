"""What backstopd counts, as Prometheus fetches it and as node_exporter reads it, while mail passes."""
import http.client
import re
import signal
import socket
import unittest

import daemon_test
from daemon_test import CONFIG, NEGOTIATE, Daemon, await_that, packet, receive, receive_after, sign_one

WATCHED = CONFIG.replace("[keys]", """[metrics]
listen = ["unix:{socket}.metrics", "inet:127.0.0.1:0"]
file = "{socket}.prom"
[keys]""", 1)
METRIC = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf'({METRIC})(?:\{{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*)\}})? (-?[0-9.e+-]+|\+Inf|NaN)')


def parse(text):
    """The samples of an exposition, by name with labels; a breach of the format is an error."""
    if not text.endswith("\n"):
        raise AssertionError("the last line has no end")
    samples, types, name = {}, {}, None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name = line.split(" ", 3)[2]
            if name in types or len(line.split(" ", 3)) < 4:
                raise AssertionError(f"a second or an empty HELP: {line}")
            types[name] = None
        elif line.startswith("# TYPE "):
            _, _, of, kind = line.split(" ")
            if of != name or types[of] is not None or kind not in ("counter", "gauge", "histogram"):
                raise AssertionError(f"a TYPE out of place: {line}")
            if kind == "counter" and not of.endswith("_total"):
                raise AssertionError(f"a counter without _total: {line}")
            types[of] = kind
        else:
            found = SAMPLE.fullmatch(line)
            if not found:
                raise AssertionError(f"no sample: {line}")
            base = re.sub(r"_(bucket|sum|count)$", "", found[1]) if types[name] == "histogram" else found[1]
            if base != name or types[name] is None:
                raise AssertionError(f"a sample out of its metric: {line}")
            series = line.rsplit(" ", 1)[0]
            if series in samples:
                raise AssertionError(f"twice: {line}")
            samples[series] = float(found[3])
    return samples


class OverUnix(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=daemon_test.PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def fetch(connection, method="GET", path="/metrics"):
    connection.request(method, path)
    answer = connection.getresponse()
    return answer, answer.read().decode()


class Metrics(unittest.TestCase):
    def start(self):
        daemon = Daemon(self, WATCHED)
        daemon.await_line("keys:")
        return daemon

    def scrape(self, daemon):
        answer, text = fetch(OverUnix(f"{daemon.socket}.metrics"))
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.getheader("Content-Type"), "text/plain; version=0.0.4; charset=utf-8")
        return parse(text)

    def test_what_passes_is_counted_and_shown_in_prometheus_format(self):
        daemon = self.start()
        before = self.scrape(daemon)
        self.assertEqual(before["backstop_signed_total"], 0)
        self.assertEqual(before["backstop_keys"], 1)
        self.assertEqual(before['backstop_domains{mode="observe"}'], 1)
        self.assertNotIn("backstop_signing_key_emits_until_seconds", before)
        peer = daemon.connect()
        receive_after(peer, NEGOTIATE)
        for _ in range(3):
            self.assertIsNotNone(sign_one(peer))
        self.judge_bounce(daemon)
        after = self.scrape(daemon)
        self.assertEqual(after["backstop_signed_total"], 3)
        self.assertEqual(after['backstop_messages_total{direction="outgoing"}'], 3)
        self.assertEqual(after['backstop_messages_total{direction="inbound"}'], 1)
        self.assertEqual(sum(v for k, v in after.items() if k.startswith("backstop_judged_total")), 1)
        self.assertEqual(sum(v for k, v in after.items() if k.startswith('backstop_kinds_total{kind="bounce"')), 1)
        self.assertEqual(sum(v for k, v in after.items() if k.startswith("backstop_reasons_total")), 1)
        self.assertEqual(sum(v for k, v in after.items() if k.startswith('backstop_proofs_total{proof="token"')), 1)
        self.assertGreaterEqual(after['backstop_question_seconds_count{question="permit"}'], 3)
        self.assertEqual(after['backstop_question_seconds_bucket{question="permit",le="+Inf"}'],
                         after['backstop_question_seconds_count{question="permit"}'])
        self.assertEqual(after['backstop_connections_open{door="milter"}'], 2)
        self.assertEqual(after['backstop_connections_total{door="metrics"}'], 2)
        self.assertGreater(after["backstop_signing_key_emits_until_seconds"], after["backstop_start_time_seconds"])
        self.assertEqual(after["backstop_ledger_up"], 1)
        self.assertEqual(after['backstop_trials_total{outcome="ok"}'], 1)

    def judge_bounce(self, daemon):
        peer = daemon.connect()
        receive_after(peer, NEGOTIATE)
        text = (b"Reporting-MTA: dns; mx.remote.test\r\n\r\nFinal-Recipient: rfc822; bob@remote.test\r\n"
                b"Action: failed\r\nStatus: 5.1.1\r\n")
        body = (b"--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n--b\r\n"
                b"Content-Type: message/delivery-status\r\n\r\n" + text + b"\r\n--b--\r\n")
        header = b"".join(packet(b"L", name + b"\x00" + value + b"\x00") for name, value in (
            (b"From", b"MAILER-DAEMON@remote.test"), (b"Subject", b"Undelivered Mail Returned to Sender"),
            (b"MIME-Version", b"1.0"),
            (b"Content-Type", b"multipart/report; report-type=delivery-status; boundary=b")))
        peer.sendall(packet(b"C", b"client.test\x004\x00\x19" + b"192.0.2.1\x00") + packet(b"M", b"<>\x00") +
                     packet(b"R", b"<alice@example.com>\x00") + header + packet(b"N") + packet(b"B", body) + packet(b"E"))
        await_that(lambda: [line for line in daemon.lines() if "direction=inbound" in line], bool,
                   lambda: f"not judged: {daemon.lines()}")
        self.addCleanup(peer.close)

    def test_a_loopback_port_answers_as_well_and_only_what_there_is(self):
        daemon = self.start()
        port = int(re.search(r":(\d+)$", daemon.await_line("listening on inet:127.0.0.1")[0])[1])

        def ask(method, path):
            return fetch(http.client.HTTPConnection("127.0.0.1", port, timeout=daemon_test.PATIENCE), method, path)
        self.assertIn("backstop_build_info{version=", ask("GET", "/metrics")[1])
        self.assertEqual(ask("HEAD", "/metrics")[1], "")
        self.assertEqual(ask("GET", "/")[0].status, 404)
        self.assertEqual(ask("POST", "/metrics")[0].getheader("Allow"), "GET, HEAD")

    def test_a_peer_that_speaks_no_http_is_dropped_and_counted(self):
        daemon = self.start()
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(daemon_test.PATIENCE)
            peer.connect(f"{daemon.socket}.metrics")
            peer.sendall(b"EHLO there\r\n\r\n")
            self.assertTrue(peer.recv(100).startswith(b"HTTP/1.1 400 "))
        daemon.await_line("metrics: dropped")
        self.assertEqual(self.scrape(daemon)['backstop_connections_dropped_total{door="metrics"}'], 1)

    def test_defects_of_other_doors_and_reloads_are_counted(self):
        daemon = self.start()
        peer = daemon.connect()
        peer.sendall(packet(b"?"))
        self.assertIsNone(receive(peer))
        good = daemon.config.read_text()
        daemon.config.write_text(good + "mode = 5\n")
        daemon.process.send_signal(signal.SIGHUP)
        daemon.await_line("the old configuration stays")
        daemon.config.write_text(good)
        daemon.process.send_signal(signal.SIGHUP)
        daemon.await_line("the new configuration is in force")
        found = self.scrape(daemon)
        self.assertEqual(found['backstop_connections_dropped_total{door="milter"}'], 1)
        self.assertEqual(found['backstop_reloads_total{outcome="failed"}'], 1)
        self.assertEqual(found['backstop_reloads_total{outcome="ok"}'], 1)

    def test_the_file_is_there_from_the_start_for_all_to_read_and_gone_after_a_stop(self):
        daemon = self.start()
        path = daemon.folder / "milter.sock.prom"
        await_that(path.exists, bool, lambda: f"no file: {daemon.lines()}")
        self.assertEqual(path.stat().st_mode & 0o777, 0o644)
        self.assertIn("backstop_start_time_seconds", parse(path.read_text()))
        daemon.process.send_signal(signal.SIGTERM)
        daemon.process.wait(daemon_test.PATIENCE)
        self.assertFalse(path.exists())

    def test_the_same_series_are_there_before_and_after_mail(self):
        daemon = self.start()
        before = set(self.scrape(daemon))
        peer = daemon.connect()
        receive_after(peer, NEGOTIATE)
        sign_one(peer, b"<alice@example.com>")
        sign_one(peer, b"<stranger-with-a-name@example.com>")
        new = set(self.scrape(daemon)) - before
        self.assertEqual(new, {"backstop_signing_key_emits_until_seconds"})


if __name__ == "__main__":
    unittest.main()
