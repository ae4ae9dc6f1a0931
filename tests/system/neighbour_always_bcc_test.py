"""always_bcc beside the milter: the copy has the message's one token, and its keeper is nobody we wrote to."""

import house
import neighbours
import notices
from trees import loopback

_KEEPER = "lena@archive.test"


def make_house(without: str = "") -> neighbours.House:
    names = {"192.0.2.9": loopback.STRANGERS[1], "keeper@archive.example": _KEEPER}
    page = neighbours.Page("always-bcc", names, without)
    # Both copies go to the same server, which shall get each by itself.
    made = neighbours.House(page.lines("/etc/postfix/main.cf") + "smtp_destination_recipient_limit = 1\n")
    away = f"smtp:[{made.sink.address}]:{made.sink.port}\n"
    made.postfix.enclosure.write("etc/postfix/transport", f"else.test {away}archive.test {away}")
    made.guard.more = page.settings()
    return made


def journal(name: str) -> bytes:
    """What an archive says that keeps no header of ours, nor our Message-ID."""
    block = notices.returned_block(f"journal.{name}").replace("@shop.test>\n", "@archive.test>\n")
    return notices.bounce(name, block)


class Copied(house.HouseTest):
    make_house = staticmethod(make_house)

    def send(self) -> tuple[str, list[str]]:
        """A letter of ours: its mark, and both copies as they arrived."""
        name = notices.mark()
        with self.house.desk() as desk:
            desk.send("anna@shop.test", house.ABROAD, notices.letter("anna@shop.test", house.ABROAD, name))
        return name, self.copies(name, 2)

    def copies(self, name: str, number: int) -> list[str]:
        def kept() -> list[bytes]:
            return [raw for raw in self.house.sink.kept if name.encode() in raw]
        house.eventually(lambda: len(kept()) == number)
        self.assertEqual(len(kept()), number)
        return [raw.decode() for raw in kept()]

    def verdict_of(self, content: bytes, name: str) -> str:
        code, text = self.house.hand_in(content, "anna@shop.test")
        self.assertEqual(code, 250, text)
        return self.house.arrived(name).parsed["Backstop-Verdict"]

    def test_the_copy_has_the_same_single_token_and_there_is_one_entry(self):
        before = len(self.house.guard.lines("direction=outgoing"))
        _, copies = self.send()
        tokens = [line for copy in copies for line in copy.splitlines() if line.startswith("Backstop-Token:")]
        self.assertEqual(len(tokens), 2)
        self.assertEqual(tokens[0], tokens[1])
        entries = house.eventually(lambda: self.house.guard.lines("direction=outgoing")[before:])
        self.assertEqual(len(entries), 1)
        self.assertNotIn(_KEEPER, entries[0])

    def test_a_bounce_of_the_copy_is_genuine_and_its_forged_twin_refused(self):
        _, copies = self.send()
        name = notices.mark()
        self.assertRegex(self.verdict_of(notices.whole_bounce(name, copies[1]), name), "^genuine;.*valid-token")
        name = notices.mark()
        code, text = self.house.hand_in(notices.bounce(name, notices.returned_block(name)), "anna@shop.test")
        self.assertEqual(code, 550, text)

    def test_the_keeper_is_no_correspondent(self):
        self.send()
        for party, verdict in ((house.ABROAD, "genuine"), (_KEEPER, "unproven")):
            name = notices.mark()
            content = notices.bounce(name, None).replace(b"nobody@else.test", party.encode())
            self.assertRegex(self.verdict_of(content, name), f"^{verdict};")

    def test_the_copy_of_a_bounce_bears_its_verdict(self):
        _, copies = self.send()
        name = notices.mark()
        self.verdict_of(notices.whole_bounce(name, copies[0]), name)
        self.assertRegex(self.copies(name, 1)[0], "^Backstop-Verdict: genuine;")

    def test_the_archive_itself_is_let_alone(self):
        name = notices.mark()
        code, text = self.house.hand_in(journal(name), "anna@shop.test", client=loopback.STRANGERS[1])
        self.assertEqual(code, 250, text)
        self.assertIn("reason=never-judged", self.house.arrived(name).parsed["Backstop-Verdict"])
        code, text = self.house.hand_in(journal(notices.mark()), "anna@shop.test")
        self.assertEqual(code, 550, text)


class WithoutThePeer(house.HouseTest):
    make_house = staticmethod(lambda: make_house(without="treat"))

    def test_what_the_archive_says_of_its_journal_is_refused(self):
        code, text = self.house.hand_in(journal(notices.mark()), "anna@shop.test", client=loopback.STRANGERS[1])
        self.assertEqual(code, 550, text)


if __name__ == "__main__":
    house.main()
