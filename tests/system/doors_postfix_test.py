"""A real Postfix that asks backstopd by socketmap and policy delegation: tags come off, forged ones are refused."""

import asking
import house
import notices

_MORE = """\
recipient_canonical_classes = envelope_recipient
recipient_canonical_maps = pipemap:{regexp:/etc/postfix/backstop_is_tagged, socketmap:unix:backstop/map.sock:unsign}
smtpd_recipient_restrictions = check_policy_service { unix:backstop/policy.sock, timeout=5s, default_action=DUNNO }
"""
_IS_TAGGED = r"/^(prvs=[0-9]{4}[0-9a-f]{6}=.+@shop\.test)$/ ${1}" + "\n"


class Asking(house.HouseTest):
    @classmethod
    def make_house(cls) -> house.House:
        made = house.House(cls.MODE, _MORE)
        made.postfix.enclosure.write("etc/postfix/backstop_is_tagged", _IS_TAGGED)
        made.guard.doors = {"socketmap": "map.sock", "policy": "policy.sock"}
        made.guard.more['domains."shop.test".tag'] = '"prvs"'
        return made

    def tagged(self, sender: str = "anna@shop.test") -> str:
        answer = asking.ask_map(self.house.guard.door("socketmap"), f"sign {sender}")
        self.assertTrue(answer.startswith("OK prvs="), answer)
        return answer.removeprefix("OK ")

    def send(self, address: str) -> str:
        """Hands in a letter to this address and returns its mark."""
        name = notices.mark()
        with self.house.stranger() as client:
            client.send("eve@else.test", address, notices.letter("eve@else.test", address, name))
        return name

    def test_mail_for_a_tagged_address_lies_in_the_mailbox_of_the_plain_one(self):
        self.house.arrived(self.send(self.tagged()), "anna")

    def test_the_case_of_a_tagged_address_does_not_matter(self):
        self.house.arrived(self.send(self.tagged().upper()), "anna")

    def test_a_forged_tag_is_refused_at_rcpt_whoever_sends(self):
        for sender in ("", "eve@else.test"):
            code, text = self.recipient(asking.forged(self.tagged()), sender)
            self.assertEqual(code, 550, text)
            self.assertIn("The tag of this address is not ours", text)

    def test_addresses_without_a_tag_are_taken_or_refused_as_ever(self):
        self.assertEqual(self.recipient("anna@shop.test")[0], 250)
        code, text = self.recipient("nobody@shop.test")
        self.assertEqual(code, 550, text)
        self.assertIn("User unknown", text)

    def test_postfix_own_bounce_to_a_tagged_sender_reaches_its_mailbox(self):
        name = notices.mark()
        with self.house.desk() as desk:
            desk.send(self.tagged(), "gone@else.test", notices.letter("anna@shop.test", "gone@else.test", name))
        came = self.house.arrived(name, "anna")
        self.assertIn("MAILER-DAEMON", came.parsed["From"])

    def test_while_the_daemon_is_down_only_tagged_recipients_wait(self):
        tagged = self.tagged()
        self.house.guard.stop()
        code, text = self.recipient(tagged)
        self.assertEqual(code, 451, text)
        self.assertEqual(self.recipient("anna@shop.test")[0], 250)
        self.house.arrived(self.send("anna@shop.test"), "anna")
        self.house.guard.start()
        self.assertTrue(house.eventually(lambda: self.recipient(tagged)[0] == 250))


if __name__ == "__main__":
    house.main()
