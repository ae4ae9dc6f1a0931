"""A backup MX with our keys and nothing of our ledger: it refuses nothing that is ours, and never has to bounce."""

import json
import shutil
import subprocess
import unittest

import house
import neighbours
import notices
from trees import loopback
from trees.client import Client
from trees.guard import Guard
from trees.postfix import DOMAIN, Postfix

_PRIMARY, _BACKUP = ("primary /etc/backstop/backstop.toml", "backup /etc/backstop/backstop.toml")
_RELAY = f"""\
mynetworks = {loopback.BACKUP}/32
virtual_mailbox_domains =
relay_domains = {DOMAIN}
relay_recipient_maps =
"""


class House(neighbours.House):
    """Two guarded servers; `backup` takes mail for shop.test and hands it on to the primary."""

    def __init__(self, without: str = ""):
        super().__init__()
        page = neighbours.Page("backup-mx", {"192.0.2.2": loopback.BACKUP}, without)
        self.guard.more = page.settings(_PRIMARY)
        self.steps = page.steps()
        self.backup = Postfix(house.trees().tree("neighbours"), self.folder / "backup", [],
                              {DOMAIN: (loopback.GUARDED, self.postfix.port),
                               "else.test": (self.sink.address, self.sink.port)},
                              address=loopback.BACKUP, more=_RELAY)
        self.watch = Guard(house.backstopd(), self.folder / "backup-state", self.backup.milter_socket, DOMAIN,
                           "enforce", self.folder / "backup-backstopd.log")
        self.watch.more = page.settings(_BACKUP) | {"store.directory": '""'}

    def start(self) -> None:
        super().start()
        (self.folder / "backup-state").mkdir()
        for server, command in self.steps[0]:
            self.operate(server, command)
        self.watch.start()
        self.backup.start()

    def stop(self, keep: bool) -> None:
        self.backup.stop()
        self.watch.stop()
        super().stop(keep)

    def operate(self, server: str, command: list[str]) -> str:
        """What a command of the page says on that server. `FILE` lies where both can reach it, until it is imported."""
        keys = self.folder / {"primary": "state", "backup": "backup-state"}[server] / "keys"
        ring = self.folder / "ring.txt"
        words = [str(ring) if word == "FILE" else word for word in command]
        assert words[0] == "backstop", command
        done = subprocess.run([house.backstop(), *words[1:], "--keys", keys], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{server}: {' '.join(command)}: {done.stderr}"
        if "import" in command:
            ring.unlink()
        return done.stdout

    def hand_to_backup(self, content: bytes, sender: str = "") -> tuple[int, str]:
        with Client(loopback.STRANGERS[0], (loopback.BACKUP, self.backup.port)) as client:
            client.command("EHLO mx.else.test")
            client.command(f"MAIL FROM:<{sender}>")
            client.command("RCPT TO:<anna@shop.test>")
            return client.data(content)


class BehindABackup(house.HouseTest):
    make_house = staticmethod(House)

    def send(self) -> tuple[str, str]:
        """A letter of ours: its mark, and how it arrived abroad."""
        name = notices.mark()
        with self.house.desk() as desk:
            desk.send("anna@shop.test", house.ABROAD, notices.letter("anna@shop.test", house.ABROAD, name))
        return name, self.house.left(name)

    def bounce_without_token(self) -> tuple[str, bytes]:
        """A gateway took the token away; the Message-ID is still ours."""
        original = self.send()[1]
        name = notices.mark()
        return name, notices.whole_bounce(name, original.replace(notices.token_line(original), ""))

    def test_a_genuine_bounce_is_judged_by_the_primary_as_the_strangers(self):
        name = notices.mark()
        code, text = self.house.hand_to_backup(notices.whole_bounce(name, self.send()[1]))
        self.assertEqual(code, 250, text)
        self.assertEqual(self.house.arrived(name).verdict(), "genuine")
        self.assertTrue(self.house.watch.lines("verdict=genuine .*reason=valid-token "))
        self.assertTrue(self.house.guard.lines(rf"verdict=genuine .*client={loopback.STRANGERS[0]}$"))

    def test_what_only_the_primary_knows_is_marked_by_the_backup_and_proved_by_the_primary(self):
        name, content = self.bounce_without_token()
        code, text = self.house.hand_to_backup(content)
        self.assertEqual(code, 250, text)
        self.assertEqual(self.house.arrived(name).verdict(), "genuine")
        self.assertTrue(self.house.watch.lines("verdict=unproven decision=mark .*reason=store-away "))

    def test_a_forged_bounce_is_held_by_the_primary_and_never_refused(self):
        name = notices.mark()
        code, text = self.house.hand_to_backup(notices.bounce(name, notices.returned_block(name)), house.ABROAD)
        self.assertEqual(code, 250, text)
        held = house.eventually(lambda: self.house.postfix.log_lines("milter-hold: END-OF-MESSAGE"))
        self.assertEqual(len(held), 1)
        self.assertTrue(self.house.guard.lines("verdict=forged decision=quarantine .*reason=.*behind-relay"))
        self.assertFalse(self.house.backup.log_lines("status=bounced"))

    def test_spam_in_our_name_that_comes_by_the_backup_is_not_signed(self):
        name = notices.mark()
        letter = notices.letter("anna@shop.test", "anna@shop.test", name)
        code, text = self.house.hand_to_backup(letter, "anna@shop.test")
        self.assertEqual(code, 250, text)
        self.assertNotIn("backstop-token", self.house.arrived(name).header_names())


class ANewKey(house.HouseTest):
    make_house = staticmethod(House)
    send = BehindABackup.send

    def letter(self) -> str:
        return self.send()[1]

    def token_of(self, letter: str) -> tuple[str, int]:
        """What the backup's keys say of its token, and the number of its key."""
        said = json.loads(self.house.operate("backup", [
            "backstop", "verify", "--json", "--token", notices.token_line(letter).split()[1], "--rcpt", "anna@shop.test"]))
        return said["token"], said["key"]

    def assert_arrives_as_genuine(self, letter: str) -> None:
        name = notices.mark()
        code, text = self.house.hand_to_backup(notices.whole_bounce(name, letter))
        self.assertEqual(code, 250, text)
        self.assertEqual(self.house.arrived(name).verdict(), "genuine")

    def test_it_signs_on_both_and_the_retired_one_still_proves_what_it_signed(self):
        first, renew, switch = self.house.steps
        old = self.letter()
        self.assertEqual(self.token_of(old), ("valid", 1))
        for server, command in renew + switch:
            self.house.operate(server, command)
        for guard in (self.house.guard, self.house.watch):
            self.assertTrue(house.eventually(lambda: guard.lines("key 2 signs")))
        new = self.letter()
        self.assertEqual((self.token_of(old), self.token_of(new)), (("valid", 1), ("valid", 2)))
        for letter in (old, new):
            self.assert_arrives_as_genuine(letter)
        for guard in (self.house.watch, self.house.guard):
            self.assertEqual(len(guard.lines("verdict=genuine .*reason=valid-token[ ,]")), 2)
        # The next one is brought to the backup in the same way.
        for server, command in renew:
            self.house.operate(server, command)


class WithoutRotateOnTheBackup(house.HouseTest):
    make_house = staticmethod(House)

    def test_the_next_key_cannot_be_brought_there(self):
        first, renew, switch = self.house.steps
        for server, command in renew + [step for step in switch if step[0] == "primary"]:
            self.house.operate(server, command)
        with self.assertRaisesRegex(AssertionError, "Nothing was imported"):
            for server, command in renew:
                self.house.operate(server, command)


class WithoutInbound(house.HouseTest):
    make_house = staticmethod(lambda: House(without="inbound"))

    def test_our_own_backup_sends_backscatter(self):
        name = notices.mark()
        self.house.hand_to_backup(notices.bounce(name, notices.returned_block(name)), house.ABROAD)
        bounced = self.house.left(name)
        self.assertTrue(bounced.startswith("Received: by mx2.shop.test (Postfix)"), bounced)
        self.assertIn("X-Postfix-Sender: rfc822; lena@else.test", bounced)


class WithoutPartial(house.HouseTest):
    make_house = staticmethod(lambda: House(without="partial"))
    send = BehindABackup.send

    def test_the_backup_refuses_a_genuine_bounce(self):
        code, text = self.house.hand_to_backup(BehindABackup.bounce_without_token(self)[1])
        self.assertEqual(code, 550, text)


class Checking(unittest.TestCase):
    def advice(self, own: str, partial: str) -> set[str]:
        folder = house.room()
        self.addCleanup(shutil.rmtree, folder)
        configuration = folder / "backstop.toml"
        configuration.write_text(f'relays.inbound = ["192.0.2.2"]\nnetworks.own = ["{own}"]\nstore.partial = {partial}\n'
                                 f'domains."{DOMAIN}".mode = "enforce"\n')
        done = subprocess.run([house.backstopd().with_name("backstop"), "check", "--offline", "--json", "--root", folder,
                               "--config", configuration], capture_output=True, text=True, timeout=60)
        return {finding["what"] for finding in json.loads(done.stdout)["findings"] if finding["severity"] == "advice"}

    def test_check_says_what_a_relay_among_our_own_networks_and_a_part_of_a_store_mean(self):
        self.assertLessEqual({"relays.inbound", "store.partial"}, self.advice("192.0.2.0/24", "true"))
        self.assertFalse({"relays.inbound", "store.partial"} & self.advice("192.0.2.128/25", "false"))


class AmongOurOwnNetworks(house.HouseTest):
    @staticmethod
    def make_house() -> House:
        made = House()
        made.guard.own.append(loopback.BACKUP)
        return made

    def test_spam_in_our_name_that_comes_by_the_backup_is_signed(self):
        name = notices.mark()
        self.house.hand_to_backup(notices.letter("anna@shop.test", "anna@shop.test", name), "anna@shop.test")
        self.assertIn("backstop-token", self.house.arrived(name).header_names())


if __name__ == "__main__":
    house.main()
