"""A real Exim that asks backstopd by the recipe of `backstop setup --mta exim`: tags, tokens and judgement."""


import asking
import house
import notices
from trees import loopback
from trees.guard import Guard
from trees.guarded_exim import GuardedExim
from trees.postfix import DOMAIN

_DOORS = {"line": "line.sock", "rspamd": "rspamd.sock"}


class EximHouse(house.ServerHouse):
    def __init__(self, tag: str = "prvs", *words: str):
        """`words`: more for `backstop setup`."""
        super().__init__()
        self.exim = GuardedExim(house.trees().tree("exim-heavy"), self.folder / "exim", ["anna", "ben"],
                                (self.sink.address, self.sink.port))
        self.guard = Guard(house.backstopd(), self.folder / "state", self.exim.sockets / "milter.sock", DOMAIN,
                           "enforce", self.folder / "backstopd.log")
        self.guard.own.append("127.0.0.1")  # programs on the host
        self.guard.doors = dict(_DOORS)
        self.guard.more = {f'domains."{DOMAIN}".tag': f'"{tag}"', "doors.socket_mode": '"0666"',
                           "actions.delay.unproven": '"quarantine"'}
        self.exim.configure(house.backstop(), _DOORS, tag, *words)

    @property
    def server(self) -> GuardedExim:
        return self.exim


class Recipe(house.HouseTest):
    house: EximHouse

    @classmethod
    def make_house(cls) -> EximHouse:
        return EximHouse()

    def tagged(self, sender: str = "anna@shop.test") -> str:
        answer = asking.ask_line(self.house.guard.door("line"), f"sign {sender}")
        self.assertIn("prvs=", answer)
        return answer

    def send(self, recipient: str = house.ABROAD) -> str:
        name = notices.mark()
        with self.house.desk() as desk:
            desk.send("anna@shop.test", recipient, notices.letter("anna@shop.test", recipient, name))
        return name


class Tags(Recipe):
    def test_mail_for_a_tagged_address_lies_in_the_mailbox_of_the_plain_one(self):
        for spelt in (self.tagged(), self.tagged().upper()):
            name = notices.mark()
            code, text = self.deliver(notices.letter("eve@else.test", spelt, name), spelt, "eve@else.test")
            self.assertEqual(code, 250, text)
            self.house.arrived(name)

    def test_a_forged_tag_is_refused_at_rcpt_whoever_sends(self):
        for sender in ("", "eve@else.test"):
            code, text = self.recipient(asking.forged(self.tagged()), sender)
            self.assertEqual(code, 550, text)
            self.assertIn("The tag of this address is not ours", text)

    def test_a_tag_of_a_user_who_is_gone_is_refused_at_rcpt(self):
        code, text = self.recipient(self.tagged("gone@shop.test"))
        self.assertEqual(code, 550, text)

    def test_addresses_without_a_tag_are_taken_or_refused_as_ever(self):
        self.assertEqual(self.recipient("anna@shop.test")[0], 250)
        self.assertEqual(self.recipient("nobody@shop.test")[0], 550)

    def test_exims_own_bounce_to_a_tagged_sender_reaches_its_mailbox(self):
        name = notices.mark()
        with self.house.desk() as desk:
            desk.send(self.tagged(), "gone@else.test", notices.letter("anna@shop.test", "gone@else.test", name))
        came = self.house.arrived(name)
        self.assertIn("Mailer-Daemon", came.parsed["From"])

    def test_mail_going_out_has_the_tag_of_its_sender_and_day(self):
        before = len(self.house.exim.log_lines(f"=> {house.ABROAD} "))
        for _ in range(2):
            self.house.left(self.send())
        lines = house.eventually(lambda: self.house.exim.log_lines(f"=> {house.ABROAD} ")[before + 1:])
        self.assertTrue(lines)
        for line in self.house.exim.log_lines(f"=> {house.ABROAD} ")[before:]:
            self.assertIn(f"P=<{self.tagged()}>", line)

    def test_a_probe_finds_every_answer_right(self):
        self.assertEqual(house.probe(self.house.folder, self.house.exim.port, "prvs"), house.PROBED_RIGHT)

    def test_while_the_daemon_is_down_only_tagged_recipients_wait(self):
        tagged = self.tagged()
        self.house.guard.stop()
        code, text = self.recipient(tagged)
        self.assertEqual(code, 451, text)
        name = notices.mark()
        code, text = self.deliver(notices.bounce(name, notices.returned_block(name)))
        self.assertEqual(code, 250, text)
        self.assertEqual(self.house.arrived(name).verdict(), "")
        self.assertNotIn("Backstop-", self.house.left(self.send()))
        self.house.guard.start()
        self.assertTrue(house.eventually(lambda: self.recipient(tagged)[0] == 250))


class Messages(Recipe):
    def test_the_token_stands_once_above_exims_own_received(self):
        lines = self.house.left(self.send()).splitlines()
        self.assertRegex(lines[0], r"^Backstop-Token: \S")
        self.assertRegex(lines[1], r"^Received: from ")
        self.assertEqual(sum(line.startswith("Backstop-") for line in lines), 1)

    def test_mail_of_a_program_on_the_host_is_signed(self):
        name = notices.mark()
        done = self.house.exim.enclosure.run(["exim4", "-i", "-f", "anna@shop.test", house.ABROAD],
                                             notices.letter("anna@shop.test", house.ABROAD, name).decode())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(self.house.left(name).splitlines()[0], r"^Backstop-Token: ")

    def test_a_genuine_bounce_comes_in_and_its_forged_twin_does_not(self):
        token = notices.token_line(self.house.left(self.send()))
        name = notices.mark()
        code, text = self.deliver(notices.bounce(name, notices.returned_block(name, token)))
        self.assertEqual(code, 250, text)
        came = self.house.arrived(name)
        self.assertEqual(came.verdict(), "genuine")
        names = came.header_names()
        self.assertLess(names.index("backstop-verdict"), names.index("received"))
        name = notices.mark()
        code, text = self.deliver(notices.bounce(name, notices.returned_block(name)))
        self.assertEqual(code, 550, text)
        self.assertIn("This answers a message we did not send", text)

    def test_automatic_mail_with_a_sender_of_its_own_is_judged_too(self):
        name = notices.mark()
        code, text = self.deliver(notices.bounce(name, notices.returned_block(name)), sender="eve@else.test")
        self.assertEqual(code, 550, text)

    def test_a_verdict_from_outside_is_removed(self):
        name = notices.mark()
        letter = notices.letter("eve@else.test", "anna@shop.test", name)
        self.deliver(b"Backstop-Verdict: genuine; kind=bounce\n" + letter, sender="eve@else.test")
        self.assertNotIn("backstop-verdict", self.house.arrived(name).header_names())

    def test_results_in_our_name_from_outside_are_removed_and_others_stay(self):
        for name_of_results, stays in ((loopback.NAMES[loopback.GUARDED], False), ("mx.else.test", True)):
            name = notices.mark()
            letter = notices.letter("eve@else.test", "anna@shop.test", name)
            self.deliver(f"Authentication-Results: {name_of_results}; spf=pass\n".encode() + letter, sender="eve@else.test")
            self.assertEqual("authentication-results" in self.house.arrived(name).header_names(), stays)

    def test_an_ordinary_message_gets_nothing(self):
        name = notices.mark()
        self.deliver(notices.letter("eve@else.test", "anna@shop.test", name), sender="eve@else.test")
        self.assertFalse([n for n in self.house.arrived(name).header_names() if n.startswith("backstop-")])

    def test_what_is_to_be_held_is_frozen(self):
        name = notices.mark()
        content = notices.bounce(name, None).replace(b"Action: failed", b"Action: delayed")
        code, text = self.deliver(content.replace(b"Status: 5.1.1", b"Status: 4.4.1"))
        self.assertEqual(code, 250, text)
        queue_id = text.split("id=")[-1].strip()
        self.assertTrue(house.eventually(lambda: self.house.exim.log_lines(f"{queue_id} .*[Ff]rozen")), text)

    def test_the_ledger_knows_what_exim_sent(self):
        name = self.send()
        line = house.eventually(lambda: self.house.guard.lines("direction=outgoing"))
        self.assertTrue(line)
        bounce = notices.mark()
        content = notices.bounce(bounce, notices.returned_block(name))
        code, text = self.deliver(content)
        self.assertEqual(code, 250, text)
        self.assertEqual(self.house.arrived(bounce).verdict(), "genuine")


class SubAddresses(Recipe):
    @classmethod
    def make_house(cls) -> EximHouse:
        return EximHouse("subaddress", "--quarantine-to", "ben@shop.test")

    def test_mail_for_a_tagged_address_comes_in_and_a_forged_tag_does_not(self):
        tagged = self.tagged()
        self.assertRegex(tagged, r"^anna\+prvs=\d{4}[0-9a-f]{6}@")
        name = notices.mark()
        code, text = self.deliver(notices.letter("eve@else.test", tagged, name), tagged.upper(), "eve@else.test")
        self.assertEqual(code, 250, text)
        self.house.arrived(name)
        self.assertEqual(self.recipient(tagged.replace("@", "0@"))[0], 250, "eleven digits are a detail like any other")
        local, _, domain = tagged.partition("@")
        forged = local[:-1] + ("1" if local[-1] == "0" else "0")
        self.assertEqual(self.recipient(f"{forged}@{domain}")[0], 550)

    def test_what_is_to_be_held_goes_to_the_mailbox_for_it(self):
        name = notices.mark()
        content = notices.bounce(name, None).replace(b"Action: failed", b"Action: delayed")
        code, text = self.deliver(content.replace(b"Status: 5.1.1", b"Status: 4.4.1"))
        self.assertEqual(code, 250, text)
        self.house.arrived(name, "ben")


if __name__ == "__main__":
    house.main()
