"""Tags of envelope senders: the same as Exim's, bit for bit, and put in by a real Postfix."""

import json
import re
import shutil
import subprocess
import unittest

import house
import notices
from trees import loopback
from trees.enclosure import Enclosure

_ADDRESSES = ["anna@shop.test", "a@b.example", "first.last+detail@mail.shop.test", "o'neil=x@shop.test"]


def backstop(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run([house.backstopd().with_name("backstop"), *words], capture_output=True, text=True, timeout=60)


class Exim(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = house.room()
        cls.config = cls.folder / "backstop.toml"
        # Exim's tags always last for seven days.
        cls.config.write_text(f'[keys]\ndirectory = "{cls.folder}/keys"\n[proofs]\nlifetime = "7d"\n'
                              f'[store]\ndirectory = ""\n[domains."shop.test"]\ntag = "prvs"\n')
        assert backstop("keys", "add", "--new-ring", "--keys", f"{cls.folder}/keys").returncode == 0
        cls.secret = backstop("keys", "tag-secret", "-", "--config", str(cls.config)).stdout.strip()
        cls.room = Enclosure(house.trees().tree("exim"), cls.folder / "exim", loopback.NAMES, "mx.exim.test")
        cls.room.own("etc/exim4")
        cls.room.write("etc/exim4/exim4.conf", "primary_hostname = mx.exim.test\n")
        cls.room.start(["sleep", "600"])
        assert house.eventually(lambda: cls.in_room("test", "-e", "/etc/exim4/exim4.conf").returncode == 0)

    @classmethod
    def tearDownClass(cls) -> None:
        cls.room.stop()
        shutil.rmtree(cls.folder)

    @classmethod
    def in_room(cls, *words: str) -> subprocess.CompletedProcess:
        return cls.room.run([*words])

    def expand(self, text: str) -> str:
        done = self.in_room("exim4", "-be", text)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def sign(self, address: str) -> str:
        done = backstop("sign", "--sender", address, "--tag", "--config", str(self.config))
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def verify(self, address: str) -> dict:
        done = backstop("verify", "--rcpt", address, "--json", "--config", str(self.config))
        return json.loads(done.stdout)["tags"][0]

    def test_makes_the_same_tags(self):
        for address in _ADDRESSES:
            for _ in range(2):  # Midnight may pass between the two.
                theirs = self.expand("${prvs{%s}{%s}{1}}" % (address, self.secret))
                ours = self.sign(address)
                if theirs == ours:
                    break
            self.assertEqual(theirs, ours)

    def test_believes_our_tags(self):
        for address in _ADDRESSES:
            check = "${prvscheck{%s}{%s}{$prvscheck_address $prvscheck_result $prvscheck_keynum}}"
            self.assertEqual(self.expand(check % (self.sign(address), self.secret)), f"{address} 1 1")

    def test_makes_tags_that_we_believe_however_the_address_is_written(self):
        for address in [*_ADDRESSES, "Anna.Smith@Shop.TEST"]:
            tagged = self.expand("${prvs{%s}{%s}{1}}" % (address, self.secret))
            self.assertEqual(self.verify(tagged)["tag"], "valid", tagged)
            self.assertEqual(self.verify(tagged)["plain"], address)
            wrong = re.sub(r"[0-9a-f]{6}=", "abcdef=", tagged, count=1)
            self.assertEqual(self.verify(wrong)["tag"], "invalid", wrong)


class Postfix(house.HouseTest):
    @classmethod
    def setUpClass(cls) -> None:
        cls.house = house.House()
        cls.house.guard.more = {'domains."shop.test".tag': '"prvs"'}
        try:
            cls.house.start()
        except BaseException:
            cls.house.stop(keep=True)
            raise

    def sent_from(self, extra: str = "") -> str:
        """The envelope sender under which a letter of anna's leaves."""
        name = notices.mark()
        letter = notices.letter("anna@shop.test", house.ABROAD, name)
        with self.house.desk() as desk:
            desk.send("anna@shop.test", house.ABROAD, extra.encode() + letter)
        left = self.house.left(name)
        self.assertIn("From: ", left)
        queue_id = re.search(r"\bid (\w+)", left).group(1)
        lines = house.eventually(lambda: self.house.postfix.log_lines(rf"qmgr\[\d+\]: {queue_id}: from="))
        return re.search(r"from=<([^>]*)>", lines[0]).group(1)

    def test_sends_our_mail_under_a_tagged_sender(self):
        self.assertRegex(self.sent_from(), r"^prvs=1\d{3}[0-9a-f]{6}=anna@shop\.test$")
        self.assertEqual(self.sent_from(), self.sent_from(), "one tag for a day")

    def test_sends_a_letter_that_asks_for_a_receipt_as_it_is(self):
        self.assertEqual(self.sent_from("Disposition-Notification-To: anna@shop.test\r\n"), "anna@shop.test")


if __name__ == "__main__":
    house.main()
