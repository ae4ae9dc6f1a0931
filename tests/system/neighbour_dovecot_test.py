"""Delivery to a real Dovecot by LMTP: verdicts arrive, and bounces to tagged senders find their mailbox."""

import base64

import house
import neighbours
import notices

# Only Dovecot knows the mailboxes; its answers are asked for at once.
_MAIN = """\
virtual_mailbox_maps =
address_verify_poll_delay = 1s
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
"""
# Postfix does not greet while there is nobody to ask for passwords.
_LOG_IN = [["postconf", "-e", "smtpd_sasl_auth_enable = yes"], ["postfix", "reload"]]
_TAGGED = r"/^(prvs=[0-9]{4}[0-9a-f]{6}=.+@shop\.test)$/ ${1}" + "\n"
_HERE = """\
protocols = lmtp
listen = 127.0.0.1
log_path = /var/log/dovecot.log
base_dir = /run/dovecot
state_dir = /run/dovecot
ssl = no
postmaster_address = postmaster@shop.test
hostname = mx.shop.test
mail_location = maildir:/var/mail/shop/%Ln
lda_mailbox_autocreate = yes
first_valid_uid = 5000
passdb {
  driver = passwd-file
  args = /etc/dovecot/mailboxes
}
userdb {
  driver = passwd-file
  args = /etc/dovecot/mailboxes
}
disable_plaintext_auth = no
auth_mechanisms = plain
service auth {
  unix_listener /var/spool/postfix/private/auth {
    mode = 0666
  }
}
service lmtp {
  unix_listener /var/spool/postfix/private/dovecot-lmtp {
    mode = 0666
  }
}
"""


def make_house(tag: str, without: str = "", detail: str = "no") -> neighbours.House:
    page = neighbours.Page("dovecot", {}, without)
    made = neighbours.House(page.lines("/etc/postfix/main.cf") + _MAIN, "lmtp unix - - n - - lmtp\n",
                            beside=[["dovecot"], *_LOG_IN])
    room = made.postfix.enclosure
    room.write("etc/postfix/backstop_tagged", _TAGGED)
    room.own("etc/dovecot")
    said = page.lines("/etc/dovecot/dovecot.conf")
    assert "lmtp_save_to_detail_mailbox = no" in said
    room.write("etc/dovecot/dovecot.conf", _HERE + said.replace("mailbox = no", f"mailbox = {detail}"))
    room.write("etc/dovecot/mailboxes", "".join(f"{who}@shop.test:{{PLAIN}}open:5000:5000::/var/mail/shop/{who}::\n"
                                                for who in ("anna", "ben")))
    made.guard.more = {'domains."shop.test".tag': f'"{tag}"'}
    return made


class Prvs(house.HouseTest):
    make_house = staticmethod(lambda: make_house("prvs"))

    def tagged(self) -> str:
        """The sender under which a letter of anna's leaves."""
        name = notices.mark()
        with self.house.desk() as desk:
            desk.send("anna@shop.test", house.ABROAD, notices.letter("anna@shop.test", house.ABROAD, name))
        return self.house.sender_of(name)

    def bounce(self, recipient: str, block: str | None = None) -> tuple[str, int, str]:
        name = notices.mark()
        return name, *self.house.hand_in(notices.bounce(name, block, recipient), recipient)

    def test_a_bounce_that_returns_nothing_is_proved_by_its_tag_and_lies_in_the_mailbox(self):
        recipient = self.tagged()
        self.assertRegex(recipient, r"^prvs=\d{4}[0-9a-f]{6}=anna@shop\.test$")
        name, code, text = self.bounce(recipient)
        self.assertEqual(code, 250, text)
        came = self.house.arrived(name)
        self.assertRegex(came.parsed["Backstop-Verdict"], "^genuine;.*valid-tag")
        self.assertEqual(came.parsed["Delivered-To"], "anna@shop.test")
        names = came.header_names()
        self.assertLess(names.index("backstop-verdict"), names.index("auto-submitted"))

    def test_a_sub_address_of_a_person_stays_hers(self):
        name = notices.mark()
        code, text = self.house.hand_in(notices.letter("eve@else.test", "anna+shopping@shop.test", name),
                                        "anna+shopping@shop.test", "eve@else.test")
        self.assertEqual(code, 250, text)
        self.assertNotIn("backstop-verdict", self.house.arrived(name).header_names())

    def test_forged_twins_and_people_nobody_knows_are_refused(self):
        _, code, text = self.bounce("anna@shop.test", notices.returned_block(notices.mark()))
        self.assertEqual(code, 550, text)
        self.assertIn("This answers a message we did not send", text)
        _, code, text = self.bounce("nobody@shop.test")
        self.assertEqual(code, 550, text)
        self.assertIn("User doesn't exist", text)


    def test_a_user_who_logs_in_from_elsewhere_can_send(self):
        code, text = self.send_from_elsewhere()
        self.assertEqual(code, 250, text)

    def send_from_elsewhere(self) -> tuple[int, str]:
        """The answer to RCPT of a recipient abroad, asked for by anna with her password."""
        with self.house.stranger() as client:
            client.command("EHLO laptop.test")
            code, text = client.command("AUTH PLAIN " + base64.b64encode(b"\0anna@shop.test\0open").decode())
            self.assertEqual(code, 235, text)
            client.command("MAIL FROM:<anna@shop.test>")
            return client.command(f"RCPT TO:<{house.ABROAD}>")


class WithoutThoseWhoLogIn(house.HouseTest):
    make_house = staticmethod(lambda: make_house("prvs", without="permit_sasl_authenticated"))

    def test_a_user_who_logs_in_from_elsewhere_cannot_send(self):
        code, text = Prvs.send_from_elsewhere(self)
        self.assertEqual(code, 554, text)
        self.assertIn("Relay access denied", text)


class SubAddress(house.HouseTest):
    make_house = staticmethod(lambda: make_house("subaddress", without="recipient_canonical_maps"))
    tagged, bounce = Prvs.tagged, Prvs.bounce

    def test_a_bounce_that_returns_nothing_is_proved_by_its_tag_and_lies_in_the_mailbox(self):
        recipient = self.tagged()
        self.assertRegex(recipient, r"^anna\+prvs=\d{4}[0-9a-f]{6}@shop\.test$")
        name, code, text = self.bounce(recipient)
        self.assertEqual(code, 250, text)
        came = self.house.arrived(name)
        self.assertRegex(came.parsed["Backstop-Verdict"], "^genuine;.*valid-tag")
        self.assertEqual(came.parsed["Delivered-To"], recipient)


class PrvsWithoutTheMap(house.HouseTest):
    make_house = staticmethod(lambda: make_house("prvs", without="recipient_canonical_maps"))
    tagged, bounce = Prvs.tagged, Prvs.bounce

    def test_the_genuine_bounce_is_refused(self):
        _, code, text = self.bounce(self.tagged())
        self.assertEqual(code, 550, text)
        self.assertIn("User doesn't exist", text)


class SubAddressWithFoldersOfDetails(house.HouseTest):
    make_house = staticmethod(lambda: make_house("subaddress", detail="yes"))
    tagged, bounce = Prvs.tagged, Prvs.bounce

    def test_the_genuine_bounce_lies_in_a_folder_that_nobody_reads(self):
        name, code, text = self.bounce(self.tagged())
        self.assertEqual(code, 250, text)
        folders = self.house.postfix.mail_folder / "anna"
        found = house.eventually(lambda: [path for path in folders.glob(".prvs=*/new/*") if name in path.read_text()])
        self.assertEqual(len(found), 1)


if __name__ == "__main__":
    house.main()
