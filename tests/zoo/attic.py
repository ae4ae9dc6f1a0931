"""What lay about for days: bounces that our backup MX queued for five days, and bounces of what we sent weeks ago.

All parties live in the past and are brought to the present step by step, each on its own day:
25 days ago our users write the first letters, 10 days ago the others, and spammers theirs; the server abroad
keeps all. 5 days ago it bounces them; our server is down and our backup MX takes the bounces. Today it hands
them over.
"""

import functools
import json
import pathlib
import time
from collections.abc import Callable

import letters
import moved_clock
import notice
import outcome
from cases import FORGED_BY_RELAY, Case, expect, of_twin
from house import PEOPLE
from store import Store
from trees import loopback
from trees.cache import Cache
from trees.client import Client
from trees.guard import Guard
from trees.postfix import DOMAIN, Postfix
from trees.trouble import Trouble

LONG_AGO, SENT, BOUNCED = -25, -10, -5
_BRIEF = 20000
_REASONS = {"unknown": "unknown-user", "content": "refused-content"}
_LATE = expect("late", "delivered")
# What has returned nothing after so long can be anything, but it is never lost.
_LATE_BARE = expect("late|unproven", "delivered")

# Everything is kept on arrival, until somebody releases it.
_KEEPER = """\
mynetworks = {address}/32
virtual_mailbox_domains =
relay_domains = {relayed}
relay_recipient_maps =
smtpd_recipient_restrictions = check_client_access static:HOLD, permit
maximal_queue_lifetime = 20d
bounce_queue_lifetime = 20d
bounce_size_limit = {brief}
"""
_NOTICE = "notice unix - n n - 10 pipe\n  flags=q user=nobody null_sender= argv=/{program} ${{sender}} ${{recipient}}\n"


def make() -> list[Case]:
    cases = []
    for reason, name in _REASONS.items():
        for form in ("full", "headers", "nothing"):
            for twin in ("genuine", "forged"):
                act = functools.partial(_send, reason=reason, form=form, twin=twin, number=len(cases) // 2, day=SENT)
                cases.append(Case(f"backup-mx-after-five-days/{name}/{form}/{twin}", of_twin(twin, form, FORGED_BY_RELAY),
                                  act, kind="bounce", form=form))
    for form in ("full", "headers", "nothing"):
        cases.append(Case(f"late/of-25-days-ago/{form}/genuine", _LATE_BARE if form == "nothing" else _LATE,
                          functools.partial(_send, reason="unknown", form=form, twin="genuine", number=len(cases),
                                            day=LONG_AGO), kind="bounce", form=form))
    return cases


def _send(attic, case: Case, reason: str, form: str, twin: str, number: int, day: int) -> None:
    if attic.day != day:
        return
    domain = f"{reason}-quiet.slow.test" if form == "nothing" else f"{reason}.slow.test"
    size = int(_BRIEF * 1.5) if form == "headers" else 0
    sender, recipient = f"{PEOPLE[number % len(PEOPLE)]}@{DOMAIN}", f"kim.{case.mark}@{domain}"
    write = letters.genuine if twin == "genuine" else letters.forged
    # No spam that claims our server: at that very hour our daemon was down, which would excuse it.
    kind = number if number % 6 != 3 else number + 1
    with attic.desk() if twin == "genuine" else attic.spammer() as client:
        client.send(sender, recipient, write(case.mark, sender, recipient, size, kind, days_ago=-day))
    attic.sent += 1


class Attic:
    """Making it prepares the files, `start` opens it long ago, `stop` leaves no process and no mount."""

    name = "The attic"

    def __init__(self, cache: Cache, folder: pathlib.Path, binary: pathlib.Path):
        self.folder = folder
        self.day = LONG_AGO
        self.sent = 0
        tree, faketime = cache.tree("postfix"), moved_clock.find_library(cache.tree("dovecot"))
        self._store = Store()
        domains = [f"{reason}{end}.slow.test" for reason in _REASONS for end in ("", "-quiet")]
        home = (loopback.GUARDED, loopback.free_port(loopback.GUARDED))
        self._backup = Postfix(tree, folder / "backup", [], {DOMAIN: home}, milter=False, address=loopback.BACKUP,
                               more="myhostname = mx2.shop.test\n" + _KEEPER.format(
                                   address=loopback.BACKUP, relayed=DOMAIN, brief=_BRIEF))
        self._abroad = Postfix(tree, folder / "abroad", [], {}, milter=False, address=loopback.POSTFIX_ABROAD,
                               more="myorigin = slow.test\n" + _KEEPER.format(
                                   address=loopback.POSTFIX_ABROAD, relayed=" ".join(domains), brief=_BRIEF),
                               services=_NOTICE.format(program=notice.PATH))
        store = self._store.place
        lines = [f"{domain} notice:\n" if "quiet" in domain else f"{domain} smtp:[{store[0]}]:{store[1]}\n"
                 for domain in domains]
        lines.append(f"{DOMAIN} smtp:[{loopback.BACKUP}]:{self._backup.port}\n")
        self._abroad.enclosure.write("etc/postfix/transport", "".join(lines))
        self._abroad.enclosure.write(notice.PATH, notice.script(), 0o755)
        self.postfix = Postfix(tree, folder / "guarded", PEOPLE, {
            domain: (loopback.POSTFIX_ABROAD, self._abroad.port) for domain in domains}, port=home[1], more=outcome.MAIN)
        self.postfix.enclosure.write(outcome.CHECKS.lstrip("/"), outcome.NOTE)
        self.guard = Guard(binary, folder / "state", self.postfix.milter_socket, DOMAIN, "enforce",
                           folder / "backstopd.log")
        self._faketime = faketime
        self.guard.more = {"relays.inbound": json.dumps([f"{loopback.BACKUP}/32"]),
                           "relays.names": json.dumps([loopback.NAMES[loopback.GUARDED]]),
                           "store.directory": json.dumps(str(folder / "state/store"))}
        self.logbook = outcome.Logbook(self.postfix, self.guard)
        self._servers = (self.postfix, self._abroad, self._backup)
        for server in self._servers:
            moved_clock.furnish(server.enclosure, faketime)

    def start(self) -> None:
        self._store.start()
        self._live_on(LONG_AGO, self.guard, self.postfix, self._abroad)

    def set_off(self, chosen: list[Case], set_off: Callable) -> None:
        """Lives through the days, up to the handing over."""
        set_off(chosen)
        self._await_kept(self._abroad, self.sent)
        self._live_on(SENT, self.guard, self.postfix, self._abroad)
        set_off(chosen)
        self._await_kept(self._abroad, self.sent)
        for party in (self.guard, self.postfix):
            party.stop()
        self._live_on(BOUNCED, self._abroad, self._backup)
        self._release(self._abroad)
        self._await_kept(self._backup, self.sent)
        self._abroad.stop()
        self._live_on(0, self.guard, self.postfix, self._backup)
        self._release(self._backup)

    def stop(self) -> int:
        for server in self._servers:
            server.stop()
        self._store.stop()
        return self.guard.stop()

    def check_alive(self) -> None:
        """Raises Trouble when a party has gone."""
        for server in (self.postfix, self._backup):
            if not server.enclosure.alive():
                raise Trouble(f"Postfix stopped by itself: {server.enclosure.last_words()}", 1)
        if not self.guard.alive():
            raise Trouble(f"backstopd stopped by itself: {(self.guard.lines('.') or ['it said nothing'])[-1]}", 1)

    def desk(self) -> Client:
        return Client(loopback.OWN_CLIENT, (loopback.GUARDED, self.postfix.port))

    def spammer(self) -> Client:
        return Client(loopback.STRANGERS[0], (loopback.POSTFIX_ABROAD, self._abroad.port))

    def _live_on(self, day: int, *parties) -> None:
        """Stops these and starts them again on that day."""
        self.day = day
        for party in parties:
            party.stop()
            if party is self.guard:
                party.environment = moved_clock.environment(self._faketime, day)
            else:
                moved_clock.move(party.enclosure, day)
        for party in parties:
            party.start()

    def _await_kept(self, server: Postfix, number: int, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while len(list((server.enclosure.room / "var/spool/postfix/hold").rglob("[0-9A-F]*"))) < number:
            if time.monotonic() > until:
                raise Trouble(f"Not all of {number} letters came to {server.enclosure.room}.", 1)
            time.sleep(0.2)

    def _release(self, server: Postfix) -> None:
        for command in (["postsuper", "-H", "ALL"], ["postqueue", "-f"]):
            done = server.enclosure.run(command)
            if done.returncode != 0:
                raise Trouble(f"{' '.join(command)} failed: {done.stderr.strip()}", 1)
