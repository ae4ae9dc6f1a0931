"""backstopd and backstop as an administrator meets them: start, reload, keys, sockets, bad input."""
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import tempfile
import time
import unittest

BACKSTOPD = os.environ["BACKSTOPD"]
BACKSTOP = os.environ["BACKSTOP"]
FAKETIME = next(iter(pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)
PATIENCE = 30  # seconds until something that must come is given up


def packet(command, payload=b""):
    return struct.pack(">I", 1 + len(payload)) + command + payload


NEGOTIATE = packet(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF))


class Daemon:
    """backstopd in a folder of its own."""

    def __init__(self, test, config, preexec_fn=None, pass_fds=(), environment=None, extra=()):
        self.test = test
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="backstop-daemon-"))
        self.config = self.folder / "backstop.toml"
        self.keys = self.folder / "keys"
        self.socket = self.folder / "milter.sock"
        self.log = self.folder / "log"
        self.config.write_text(config.format(socket=self.socket, keys=self.keys))
        run(BACKSTOP, "keys", "add", "--new-ring", "--keys", self.keys)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([BACKSTOPD, "--config", self.config, *extra], stderr=log, pass_fds=pass_fds,
                                            preexec_fn=preexec_fn, env={**os.environ, **(environment or {})})
        test.addCleanup(self.end)

    def lines(self):
        return self.log.read_text(errors="replace").splitlines()

    def await_line(self, part, count=1):
        return await_that(lambda: [line for line in self.lines() if part in line],
                          lambda found: len(found) >= count, lambda: f"no line with {part!r} in {self.lines()}")

    def connect(self):
        def reach():
            # A socket stands in its directory a moment before it listens.
            peer = socket.socket(socket.AF_UNIX)
            try:
                peer.connect(str(self.socket))
            except OSError:
                peer.close()
                return None
            return peer

        peer = await_that(reach, bool, lambda: f"no socket: {self.lines()}")
        peer.settimeout(PATIENCE)
        self.test.addCleanup(peer.close)
        return peer

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)
        subprocess.run(["rm", "-rf", self.folder], check=True)


def await_that(look, good, say):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = look()
        if good(found):
            return found
        time.sleep(0.02)
    raise AssertionError(say())


def run(*arguments):
    return subprocess.run([str(a) for a in arguments], capture_output=True, text=True, check=False, timeout=PATIENCE)


def receive(peer):
    """One reply: its code and payload; None at the end."""
    head = b""
    while len(head) < 4:
        got = peer.recv(4 - len(head))
        if not got:
            return None
        head += got
    body = b""
    while len(body) < struct.unpack(">I", head)[0]:
        body += peer.recv(struct.unpack(">I", head)[0] - len(body))
    return body[:1], body[1:]


CONNECTED = set()  # Peers that have told of their SMTP client, which is done once.


def sign_one(peer, sender=b"<alice@example.com>"):
    """An outgoing message over a negotiated connection; the token that was put in, or None."""
    connect = packet(b"C", b"client.test\x004" + struct.pack(">H", 25) + b"127.0.0.1\x00")
    if peer in CONNECTED:
        connect = b""
    CONNECTED.add(peer)
    body = packet(b"M", sender + b"\x00") + packet(b"R", b"<bob@remote.test>\x00")
    peer.sendall(connect + body + packet(b"L", b"Subject\x00hello\x00") + packet(b"N"))
    # Those replies were negotiated away; this one is to the end of the headers.
    if receive(peer)[0] != b"c":
        return None
    peer.sendall(packet(b"E"))
    token = None
    while True:
        code, payload = receive(peer)
        if code == b"i":
            token = payload[4:].split(b"\x00")[1].decode()
        elif code in b"acy":
            return token


CONFIG = """
[milter]
listen = ["unix:{socket}"]
[keys]
directory = "{keys}"
[store]
directory = "{keys}.store"
[domains."example.com"]
"""


class Start(unittest.TestCase):
    def refuse(self, text, *parts):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "b.toml"
            path.write_text(text)
            for arguments in (["--test-config"], []):
                done = run(BACKSTOPD, "--config", path, *arguments)
                self.assertEqual(done.returncode, 78, done)
                for part in parts:
                    self.assertIn(part, done.stderr)

    def test_an_unknown_key_is_refused_with_file_line_and_column(self):
        self.refuse("[milter]\nlisten = []\nlistn = 5\n", "b.toml:3:1", "do you mean milter.listen?")

    def test_a_wrong_type_is_refused_with_file_line_and_column(self):
        self.refuse("[milter]\nthreads = \"two\"\n", "b.toml:2:11", "1 to 64")

    def test_a_broken_file_is_refused_with_its_line(self):
        self.refuse("[milter\n", "b.toml:1:")

    def test_a_missing_file_is_refused_with_its_name(self):
        done = run(BACKSTOPD, "--config", "/nonexistent/backstop.toml")
        self.assertEqual(done.returncode, 78)
        self.assertIn("/nonexistent/backstop.toml", done.stderr)
        self.assertIn("no such configuration file", done.stderr)

    def test_a_folder_instead_of_a_file_is_refused(self):
        self.assertEqual(run(BACKSTOPD, "--config", "/tmp").returncode, 78)

    @unittest.skipIf(pathlib.Path("/run/backstop").exists() or pathlib.Path("/var/spool/postfix/backstop").exists(),
                     "Backstop is installed on this host: its places would be taken")
    def test_nowhere_to_listen_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            done = run(BACKSTOPD, "--defaults", "--set", f'keys.directory="{folder}/keys"', "--set", 'store.directory=""')
        self.assertEqual(done.returncode, 78)
        self.assertIn("milter.listen", done.stderr)

    def test_wrong_use_exits_2(self):
        self.assertEqual(run(BACKSTOPD, "--dance").returncode, 2)

    def test_keys_that_others_can_read_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            keys = pathlib.Path(folder) / "keys"
            self.assertEqual(run(BACKSTOP, "keys", "add", "--new-ring", "--keys", keys).returncode, 0)
            for path in [keys, *(file for file in keys.iterdir() if file.stat().st_size > 0)]:
                mode = path.stat().st_mode
                path.chmod(mode | 0o040)
                done = run(BACKSTOPD, "--defaults", "--state", folder, "--domain", "example.com")
                self.assertEqual(done.returncode, 78, path)
                self.assertIn("chmod", done.stderr)
                path.chmod(mode)

    def test_a_socket_of_a_living_daemon_is_not_taken(self):
        daemon = Daemon(self, CONFIG)
        daemon.await_line("keys:")
        done = run(BACKSTOPD, "--config", daemon.config)
        self.assertEqual(done.returncode, 78)
        self.assertIn(str(daemon.socket), done.stderr)
        self.assertEqual(receive_after(daemon.connect(), NEGOTIATE)[0], b"O")

    def test_a_socket_left_behind_is_replaced(self):
        daemon = Daemon(self, CONFIG)
        daemon.await_line("keys:")
        daemon.process.kill()
        daemon.process.wait()
        self.assertTrue(daemon.socket.exists())
        with daemon.log.open("ab") as log:
            daemon.process = subprocess.Popen([BACKSTOPD, "--config", daemon.config], stderr=log)
        daemon.await_line("keys:", 2)
        self.assertEqual(receive_after(daemon.connect(), NEGOTIATE)[0], b"O")

    def test_a_daemon_without_keys_starts_says_so_and_never_signs(self):
        daemon = Daemon(self, CONFIG)
        subprocess.run(["rm", "-rf", daemon.keys], check=True)
        daemon.process.kill()
        daemon.process.wait()
        with daemon.log.open("ab") as log:
            daemon.process = subprocess.Popen([BACKSTOPD, "--config", daemon.config], stderr=log)
        daemon.await_line("alarm: no key signs")
        peer = daemon.connect()
        self.assertEqual(receive_after(peer, NEGOTIATE)[0], b"O")
        self.assertIsNone(sign_one(peer))
        daemon.await_line("no-key")


def receive_after(peer, data):
    peer.sendall(data)
    return receive(peer)


class Reload(unittest.TestCase):
    def test_a_bad_file_keeps_the_old_configuration_and_says_why_with_line_and_column(self):
        daemon = Daemon(self, CONFIG)
        daemon.await_line("keys:")
        good = daemon.config.read_text()
        daemon.config.write_text(good + "mode = 5\n")
        daemon.process.send_signal(signal.SIGHUP)
        line = daemon.await_line("reload:")[0]
        self.assertIn("the old configuration stays", line)
        self.assertIn("backstop.toml:9:8", line)
        peer = daemon.connect()
        receive_after(peer, NEGOTIATE)
        self.assertIsNotNone(sign_one(peer))

    def test_a_good_file_takes_effect_for_the_next_message(self):
        daemon = Daemon(self, CONFIG)
        daemon.await_line("keys:")
        peer = daemon.connect()
        receive_after(peer, NEGOTIATE)
        self.assertIsNone(sign_one(peer, b"<alice@second.test>"))
        daemon.config.write_text(daemon.config.read_text() + '[domains."second.test"]\n')
        daemon.process.send_signal(signal.SIGHUP)
        daemon.await_line("the new configuration is in force")
        self.assertIsNotNone(sign_one(peer, b"<alice@second.test>"))

    def test_keys_of_the_dkim_signer_are_read_again(self):
        daemon = Daemon(self, CONFIG + '[dkim]\ndirectory = "{keys}-dkim"\ndns = false\n')
        self.assertIn("cannot be read", daemon.await_line("dkim:")[0])
        daemon.await_line("keys:")
        directory = daemon.folder / "keys-dkim"
        directory.mkdir()
        # RFC 8463 A.2.
        record = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
        (directory / "s1._domainkey.example.com.txt").write_text(record)
        (directory / "s2._domainkey.example.com.txt").write_text("no key\n")
        daemon.process.send_signal(signal.SIGHUP)
        daemon.await_line("dkim: 1 keys of ours")
        self.assertIn("s2._domainkey.example.com.txt", daemon.await_line("is no DKIM key record")[0])

    def test_what_needs_a_restart_is_named(self):
        daemon = Daemon(self, CONFIG)
        daemon.await_line("keys:")
        daemon.config.write_text(daemon.config.read_text().replace("[keys]", "threads = 7\n[keys]"))
        daemon.process.send_signal(signal.SIGHUP)
        self.assertIn("milter.threads", daemon.await_line("restart to change")[0])


class Keys(unittest.TestCase):
    def test_a_rotation_takes_effect_without_a_restart_and_old_tokens_stay_valid(self):
        daemon = Daemon(self, CONFIG)
        daemon.await_line("key 1 signs")
        peer = daemon.connect()
        receive_after(peer, NEGOTIATE)
        before = sign_one(peer)
        self.assertEqual(run(BACKSTOP, "keys", "rotate", "--keys", daemon.keys).returncode, 0)
        daemon.await_line("key 2 signs")
        after = sign_one(peer)
        for token, key in ((before, 1), (after, 2)):
            done = run(BACKSTOP, "verify", "--json", "--keys", daemon.keys, "--token", token, "--rcpt", "alice@example.com")
            self.assertEqual(done.returncode, 0, done)
            answer = json.loads(done.stdout)
            self.assertEqual((answer["token"], answer["key"], answer["addressee_matches"]), ("valid", key, True))

    def test_the_last_emission_is_on_the_disk_before_the_first_token(self):
        daemon = Daemon(self, CONFIG)
        daemon.await_line("key 1 signs")
        peer = daemon.connect()
        receive_after(peer, NEGOTIATE)
        self.assertIsNotNone(sign_one(peer))
        texts = "".join(path.read_text() for path in daemon.keys.iterdir() if path.is_file())
        self.assertIn("emits_until", texts.replace("-", "_"))

    def test_no_secret_is_ever_printed(self):
        daemon = Daemon(self, CONFIG)
        daemon.await_line("key 1 signs")
        secrets = [word for path in daemon.keys.iterdir() for line in path.read_text().splitlines()
                   if line.startswith("secret") for word in line.split()[1:]]
        self.assertTrue(secrets)
        shown = run(BACKSTOP, "keys", "list", "--keys", daemon.keys).stdout
        shown += run(BACKSTOP, "keys", "list", "--json", "--keys", daemon.keys).stdout + "\n".join(daemon.lines())
        for secret in secrets:
            self.assertNotIn(secret, shown)

    def test_an_export_makes_another_host_verify(self):
        with tempfile.TemporaryDirectory() as folder:
            one, two, ring = (pathlib.Path(folder) / name for name in ("one", "two", "ring.txt"))
            run(BACKSTOP, "keys", "add", "--new-ring", "--keys", one)
            token = run(BACKSTOP, "sign", "--keys", one, "--sender", "alice@example.com").stdout.split()[1]
            self.assertEqual(run(BACKSTOP, "keys", "export", ring, "--keys", one).returncode, 0)
            self.assertEqual(ring.stat().st_mode & 0o777, 0o600)
            self.assertEqual(run(BACKSTOP, "keys", "import", ring, "--keys", two).returncode, 0)
            done = run(BACKSTOP, "verify", "--keys", two, "--token", token)
            self.assertEqual(done.returncode, 0, done)


class BadPeers(unittest.TestCase):
    def drop(self, data, answers=0):
        """The peer is dropped, and one line names why; another peer is served meanwhile."""
        daemon = Daemon(self, CONFIG)
        daemon.await_line("keys:")
        before = len(daemon.lines())
        other = daemon.connect()
        receive_after(other, NEGOTIATE)
        peer = daemon.connect()
        peer.sendall(data)
        for _ in range(answers):
            receive(peer)
        self.assertIsNone(receive(peer))
        self.assertIsNotNone(sign_one(other))
        new = await_that(lambda: [line for line in daemon.lines()[before:] if "direction=" not in line],
                         bool, lambda: "no line")
        self.assertEqual(len(new), 1, new)

    def test_garbage_is_dropped_with_one_line(self):
        self.drop(b"\x00\x00\x00\x05GET / HTTP/1.1\r\n\r\n")

    def test_an_oversized_packet_is_dropped_with_one_line(self):
        self.drop(NEGOTIATE + struct.pack(">I", 0x7FFFFFFF) + b"L", answers=1)

    def test_a_packet_of_no_length_is_dropped_with_one_line(self):
        self.drop(NEGOTIATE + struct.pack(">I", 0), answers=1)

    def test_commands_out_of_order_are_dropped_with_one_line(self):
        self.drop(NEGOTIATE + packet(b"B", b"body before anything"), answers=1)

    def test_a_command_before_negotiation_is_dropped_with_one_line(self):
        self.drop(packet(b"M", b"<a@b.test>\x00"))


class Activation(unittest.TestCase):
    def test_a_socket_of_the_service_manager_is_served(self):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/activated.sock"
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(path)
            listener.listen(10)

            def become_activated():
                os.dup2(listener.fileno(), 3)
                os.set_inheritable(3, True)
                os.environ["LISTEN_PID"] = str(os.getpid())

            # LISTEN_PID must be the daemon's own: a shell knows it and becomes the daemon.
            keys = f"{folder}/keys"
            run(BACKSTOP, "keys", "add", "--new-ring", "--keys", keys)
            with open(f"{folder}/log", "wb") as log:
                process = subprocess.Popen(
                    ["/bin/sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=milter exec "$0" "$@"', BACKSTOPD, "--defaults",
                     "--set", f'keys.directory="{keys}"', "--set", f'store.directory="{folder}/store"', "--listen", "systemd:milter", "--domain", "example.com"],
                    stderr=log, preexec_fn=become_activated, pass_fds=(3,) if listener.fileno() == 3 else (), close_fds=False)
            self.addCleanup(process.wait)
            self.addCleanup(process.terminate)
            peer = socket.socket(socket.AF_UNIX)
            peer.settimeout(PATIENCE)
            peer.connect(path)
            self.assertEqual(receive_after(peer, NEGOTIATE)[0], b"O")
            self.assertIsNotNone(sign_one(peer))
            process.terminate()
            self.assertEqual(process.wait(PATIENCE), 0)
            self.assertTrue(os.path.exists(path), "the service manager's socket is not ours to remove")


class ServiceManager(unittest.TestCase):
    def test_it_is_told_of_the_start_and_then_of_life_again_and_again(self):
        with tempfile.TemporaryDirectory() as folder:
            told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self.addCleanup(told.close)
            told.settimeout(PATIENCE)
            told.bind(f"{folder}/notify")
            daemon = Daemon(self, '[milter]\nlisten = ["unix:{socket}"]\n[keys]\ndirectory = "{keys}"\n[store]\ndirectory = ""\n',
                            environment={"NOTIFY_SOCKET": f"{folder}/notify"})
            self.assertEqual([told.recv(100) for _ in range(3)], [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"])
            daemon.process.terminate()
            while (last := told.recv(100)) == b"WATCHDOG=1":
                pass
            self.assertEqual(last, b"STOPPING=1")


class Stop(unittest.TestCase):
    def test_a_message_in_flight_ends_and_the_socket_is_gone(self):
        daemon = Daemon(self, CONFIG)
        daemon.await_line("keys:")
        peer = daemon.connect()
        receive_after(peer, NEGOTIATE)
        peer.sendall(packet(b"C", b"client.test\x004" + struct.pack(">H", 25) + b"127.0.0.1\x00") +
                     packet(b"M", b"<alice@example.com>\x00") + packet(b"R", b"<bob@remote.test>\x00") + packet(b"N"))
        self.assertEqual(receive(peer)[0], b"c")
        daemon.process.send_signal(signal.SIGTERM)
        daemon.await_line("stopping")
        peer.sendall(packet(b"E"))
        self.assertEqual(receive(peer)[0], b"i")
        peer.close()
        self.assertEqual(daemon.process.wait(PATIENCE), 0)
        self.assertFalse(daemon.socket.exists())

    def test_a_server_that_has_said_nothing_of_its_message_yet_is_served(self):
        daemon = Daemon(self, CONFIG)
        daemon.await_line("keys:")
        peer = daemon.connect()
        receive_after(peer, NEGOTIATE)
        daemon.process.send_signal(signal.SIGTERM)
        daemon.await_line("stopping")
        self.assertIsNotNone(sign_one(peer))
        peer.close()
        self.assertEqual(daemon.process.wait(PATIENCE), 0)

    def test_the_heart_stops_with_the_sockets(self):
        daemon = Daemon(self, CONFIG)
        daemon.await_line("keys:")
        peer = daemon.connect()
        receive_after(peer, NEGOTIATE)
        heartbeat = daemon.folder / "keys.store/heartbeat"
        first = await_that(heartbeat.exists, bool, lambda: "no heartbeat") and heartbeat.read_text()
        await_that(heartbeat.read_text, lambda text: text != first, lambda: "it beats once only")
        daemon.process.send_signal(signal.SIGTERM)
        await_that(daemon.socket.exists, lambda there: not there, lambda: "the socket stays")
        last = heartbeat.read_text()
        self.assertIsNotNone(sign_one(peer))
        self.assertEqual(daemon.process.wait(PATIENCE), 0)
        self.assertEqual(heartbeat.read_text(), last, "messages in flight are no beats")


@unittest.skipUnless(FAKETIME, "libfaketime is not installed: ./do setup")
class Unseen(unittest.TestCase):
    def test_mail_that_passed_by_us_is_a_signing_gap_once_its_record_stays_out(self):
        with tempfile.NamedTemporaryFile("w") as clock:
            clock.write("+0\n")
            clock.flush()
            daemon = Daemon(self, CONFIG + '[logs]\nmail = ["{keys}.log"]\n', environment={
                "LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": clock.name, "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                # A sanitizer wants to be loaded first, which nothing here depends on.
                "ASAN_OPTIONS": ":".join(filter(None, (os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0")))})
            daemon.await_line("keys.log: No such file")
            log = daemon.folder / "keys.log"
            log.touch()
            daemon.await_line("keys.log: is followed")
            with log.open("a") as lines:
                for text in ("smtpd[1]: 4BCDEF1234: client=desk.example.com[127.0.0.1]",
                             "qmgr[2]: 4BCDEF1234: from=<alice@example.com>, size=400, nrcpt=1 (queue active)",
                             "smtp[3]: 4BCDEF1234: to=<bob@remote.test>, relay=mx.remote.test[192.0.2.1]:25, delay=1, "
                             "delays=0/0/1/0, dsn=2.0.0, status=sent (250 ok)"):
                    lines.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} mx postfix/{text}\n")
            for minutes in range(6, 90, 6):  # a slow host reads the lines only after the first
                clock.seek(0)
                clock.write(f"+{minutes}m\n")
                clock.flush()
                time.sleep(2)
                if any("passed by us unsigned" in line for line in daemon.lines()):
                    break
            self.assertIn("4BCDEF1234 from=alice@example.com", daemon.await_line("passed by us unsigned")[0])
            gaps = daemon.folder / "keys.store/gaps"
            await_that(lambda: gaps.exists() and gaps.read_text(), lambda text: text and text.split()[-1] == "unseen",
                       lambda: "no gap on the disk")
            # And a way in which mail leaves without us, with what mends it.
            found = await_that(lambda: run(BACKSTOP, "coverage", "example.com", "--json", "--config", daemon.config),
                               lambda done: "client:127.0.0.1" in done.stdout, lambda: "no path of the log")
            path = json.loads(found.stdout)["domains"][0]["paths"][0]
            self.assertEqual((path["state"], path["open"], path["addresses"]), ("unsigned", True, ["alice@example.com"]))
            self.assertIn("backstop coverage example.com signs client:127.0.0.1", path["step"])


if __name__ == "__main__":
    unittest.main()
