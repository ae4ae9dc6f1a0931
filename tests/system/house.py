"""A small house for the system tests: one guarded Postfix, backstopd, and a store abroad that keeps what it gets."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from trees import loopback  # noqa: E402
from trees.cache import Cache  # noqa: E402
from trees.client import Client  # noqa: E402
from trees.guard import Guard  # noqa: E402
from trees.mailbox import Delivered  # noqa: E402
from trees.postfix import DOMAIN, Postfix  # noqa: E402
from trees.sink import KNOWN_USER, Sink  # noqa: E402

ABROAD = f"{KNOWN_USER}@else.test"
SKIPPED = 77


def backstopd() -> pathlib.Path:
    return pathlib.Path(os.environ.get("BACKSTOPD", ROOT / "build/bin/backstopd"))


def backstop() -> pathlib.Path:
    return pathlib.Path(os.environ.get("BACKSTOP", backstopd().with_name("backstop")))


def probe(folder: pathlib.Path, port: int, tag: str, delimiter: str = "+") -> list[tuple[str, str]]:
    """What `backstop check --probe` finds of the guarded server: severity and text. `folder`: the house's."""
    configuration = folder / "probe.toml"
    configuration.write_text(f'keys.directory = "{folder}/state/keys"\nstore.directory = ""\ntags.delimiter = "{delimiter}"\n'
                             f'domains."{DOMAIN}" = {{ mode = "enforce", tag = "{tag}" }}\n'
                             f'networks.own = ["{loopback.OWN_CLIENT}"]\n')
    done = subprocess.run([backstop(), "check", "--offline", "--json", "--config", configuration, "--probe", "--server",
                           f"{loopback.GUARDED}:{port}", "--from", loopback.STRANGERS[1], "--address", f"anna@{DOMAIN}"],
                          capture_output=True, text=True, timeout=120)
    return [(f["severity"], f["text"]) for f in json.loads(done.stdout)["findings"] if f["what"] == "probe"]


PROBED_RIGHT = [("good", f"anna@{DOMAIN} is taken"), ("good", "a user who is not there is refused at RCPT"),
                ("good", "a right tag is taken"), ("good", "a forged tag is refused"),
                ("good", "a right tag of a user who is gone is refused")]


def trees() -> Cache:
    return Cache(ROOT / "var/trees")


def room() -> pathlib.Path:
    """A folder of its own below ./var, for one test class."""
    (ROOT / "var/tests").mkdir(parents=True, exist_ok=True)
    return pathlib.Path(tempfile.mkdtemp(prefix=pathlib.Path(sys.argv[0]).stem + "-", dir=ROOT / "var/tests"))


def eventually(what, seconds: float = 30):
    """The first true answer of `what()`, asked again and again; the last answer when time is up."""
    until = time.monotonic() + seconds
    while not (answer := what()) and time.monotonic() < until:
        time.sleep(0.05)
    return answer


class ServerHouse:
    """A mail server that backstopd guards, and a store abroad. Whoever derives from it makes `guard` and `server`."""

    guard: Guard

    def __init__(self):
        self.folder = room()
        self.sink = Sink()

    @property
    def server(self):
        raise NotImplementedError

    def start(self) -> None:
        self.sink.start()
        self.guard.start()
        self.server.start()

    def stop(self, keep: bool) -> None:
        """Ends everything. `keep` leaves the logs for a person to read."""
        self.server.stop()
        self.sink.stop()
        self.guard.stop()
        if not keep:
            shutil.rmtree(self.folder)

    def desk(self) -> Client:
        return Client(loopback.OWN_CLIENT, (loopback.GUARDED, self.server.port))

    def stranger(self, port: int | None = None) -> Client:
        return Client(loopback.STRANGERS[0], (loopback.GUARDED, port or self.server.port))

    def arrived(self, mark: str, mailbox: str = "anna") -> Delivered:
        """The message in a mailbox that holds `mark`; waits for it."""
        found = eventually(lambda: [m for m in self.server.delivered(mailbox) if m.holds(mark)])
        if not found:
            raise AssertionError(f"nothing with {mark} came into {mailbox}; logs: {self.folder}")
        return found[0]

    def left(self, mark: str) -> str:
        """The message with `mark` as the store abroad got it; waits for it."""
        found = eventually(lambda: [raw for raw in self.sink.kept if mark.encode() in raw])
        if not found:
            raise AssertionError(f"nothing with {mark} went out; logs: {self.folder}")
        return found[0].decode()


class House(ServerHouse):
    MAILBOXES = ["anna", "ben", "front desk"]

    def __init__(self, mode: str = "enforce", more: str = "", services: str = "", tree: str = "postfix"):
        """`more` is added to Postfix's main.cf, `services` to its master.cf; `tree` holds at least a Postfix."""
        super().__init__()
        self.postfix = Postfix(trees().tree(tree), self.folder / "postfix", self.MAILBOXES,
                               {"else.test": (self.sink.address, self.sink.port)}, more=more, services=services)
        self.guard = Guard(backstopd(), self.folder / "state", self.postfix.milter_socket, DOMAIN, mode,
                           self.folder / "backstopd.log")
        # Postfix gives 127.0.0.1 as the client of what its own sendmail command hands in.
        self.guard.own.append("127.0.0.1")

    @property
    def server(self) -> Postfix:
        return self.postfix


class HouseTest(unittest.TestCase):
    """A test class around one house; its folder stays when a test of the class failed."""

    MODE = "enforce"
    house: ServerHouse
    _failed = False

    @classmethod
    def make_house(cls) -> ServerHouse:
        return House(cls.MODE)

    @classmethod
    def setUpClass(cls) -> None:
        cls.house = cls.make_house()
        try:
            cls.house.start()
        except BaseException:
            cls.house.stop(keep=True)
            raise

    @classmethod
    def tearDownClass(cls) -> None:
        cls.house.stop(keep=cls._failed)

    def setUp(self) -> None:
        if not self.house.guard.alive():
            self.house.guard.start()

    def tearDown(self) -> None:
        outcome = self._outcome.result
        if any(test is self for test, _ in outcome.failures + outcome.errors):
            type(self)._failed = True

    def recipient(self, address: str, sender: str = "", options: str = "") -> tuple[int, str]:
        """What the server answers to RCPT from a stranger."""
        with self.house.stranger() as client:
            client.command("EHLO mx.else.test")
            client.command(f"MAIL FROM:<{sender}>")
            return client.command(f"RCPT TO:<{address}>{options}")

    def deliver(self, content: bytes, address: str = f"anna@{DOMAIN}", sender: str = "") -> tuple[int, str]:
        """What the server answers to a stranger at the end of this message, whose recipient it took."""
        with self.house.stranger() as client:
            client.command("EHLO mx.else.test")
            client.command(f"MAIL FROM:<{sender}>")
            code, text = client.command(f"RCPT TO:<{address}>")
            self.assertEqual(code, 250, text)
            return client.data(content)


def main() -> None:
    if os.geteuid() != 0:
        print("skipped: mail servers in trees need root")
        sys.exit(SKIPPED)
    unittest.main(verbosity=2)
