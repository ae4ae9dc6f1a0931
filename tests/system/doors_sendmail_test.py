"""A real Sendmail guarded by the file of `backstop setup --mta sendmail`: tags, tokens and judgement."""

import re

import asking
import house
import notices
from trees import loopback
from trees.guard import Guard
from trees.guarded_sendmail import GuardedSendmail
from trees.postfix import DOMAIN

_BEHIND = "depot.test"  # a domain of ours whose mail Sendmail hands on to a server behind it


class SendmailHouse(house.ServerHouse):
    def __init__(self, style: str, delimiter: str = "+"):
        super().__init__()
        self.sendmail = GuardedSendmail(house.trees().tree("sendmail"), self.folder / "sendmail", ["anna", "ben"],
                                        {domain: (self.sink.address, self.sink.port) for domain in ("else.test", _BEHIND)},
                                        "team: anna\n")
        self.guard = Guard(house.backstopd(), self.folder / "state", self.sendmail.sockets / "milter.sock", DOMAIN,
                           "enforce", self.folder / "backstopd.log")
        self.guard.own.append("127.0.0.1")  # programs on the host
        self.guard.more = {"tags.delimiter": f'"{delimiter}"', "actions.delay.unproven": '"quarantine"',
                           f'domains."{_BEHIND}".mode': '"enforce"',
                           f'domains."{_BEHIND}".coverage': '"covered"',
                           f'domains."{_BEHIND}".signing_since': "2026-01-01T00:00:00Z"}
        if style != "none":
            self.guard.more |= {f'domains."{domain}".tag': f'"{style}"' for domain in (DOMAIN, _BEHIND)}
        # The daemon opens map.sock beside the milter's socket by itself, and setup knows.
        self.sendmail.configure(house.backstop(), {}, style, [_BEHIND])

    @property
    def server(self) -> GuardedSendmail:
        return self.sendmail

    def left(self, mark: str) -> tuple[str, str]:
        """The envelope sender and the text of what went out."""
        found = house.eventually(lambda: [one for one in zip(self.sink.senders, self.sink.kept) if mark.encode() in one[1]])
        if not found:
            raise AssertionError(f"nothing with {mark} went out; logs: {self.folder}")
        return found[0][0], found[0][1].decode()


class Guarded(house.HouseTest):
    STYLE = "none"
    DELIMITER = "+"
    house: SendmailHouse

    @classmethod
    def make_house(cls) -> SendmailHouse:
        return SendmailHouse(cls.STYLE, cls.DELIMITER)

    def send(self, recipient: str = house.ABROAD, sender: str = "anna@shop.test") -> str:
        name = notices.mark()
        with self.house.desk() as desk:
            desk.send(sender, recipient, notices.letter(sender, recipient, name))
        return name


class Messages(Guarded):
    def test_what_leaves_has_one_token_and_its_own_sender(self):
        sender, text = self.house.left(self.send())
        lines = text.splitlines()
        self.assertRegex(lines[0], r"^Backstop-Token: \S")
        self.assertEqual(sum(line.startswith("Backstop-") for line in lines), 1)
        self.assertEqual(sender, "anna@shop.test")

    def test_a_genuine_bounce_comes_in_and_its_forged_twin_is_refused_at_the_end(self):
        token = notices.token_line(self.house.left(self.send())[1])
        name = notices.mark()
        code, text = self.deliver(notices.bounce(name, notices.returned_block(name, token)))
        self.assertEqual(code, 250, text)
        came = self.house.arrived(name)
        self.assertEqual(came.verdict(), "genuine")
        name = notices.mark()
        code, text = self.deliver(notices.bounce(name, notices.returned_block(name)))
        self.assertEqual(code, 550, text)
        self.assertIn("This answers a message we did not send", text)

    def test_mail_of_a_program_on_the_host_is_signed(self):
        name = notices.mark()
        done = self.house.sendmail.enclosure.run(["sendmail", "-i", "-f", "anna@shop.test", house.ABROAD],
                                                 notices.letter("anna@shop.test", house.ABROAD, name).decode())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(self.house.left(name)[1].splitlines()[0], r"^Backstop-Token: ")

    def test_what_is_to_be_held_is_quarantined_in_the_queue(self):
        name = notices.mark()
        content = notices.bounce(name, None).replace(b"Action: failed", b"Action: delayed")
        code, text = self.deliver(content.replace(b"Status: 5.1.1", b"Status: 4.4.1"))
        self.assertEqual(code, 250, text)
        queue_id = text.split()[1]
        self.assertTrue(house.eventually(lambda: self.house.sendmail.log_lines(f"{queue_id}: .*quarantine=")), text)
        listed = self.house.sendmail.enclosure.run(["sendmail", "-bp", "-qQ"]).stdout
        self.assertIn(queue_id, listed)

    def test_a_verdict_from_outside_is_removed(self):
        name = notices.mark()
        letter = notices.letter("eve@else.test", "anna@shop.test", name)
        self.deliver(b"Backstop-Verdict: genuine; kind=bounce\n" + letter, sender="eve@else.test")
        self.assertNotIn("backstop-verdict", self.house.arrived(name).header_names())

    def test_mail_flows_while_the_daemon_is_down(self):
        self.house.guard.stop()
        name = notices.mark()
        code, text = self.deliver(notices.bounce(name, notices.returned_block(name)))
        self.assertEqual(code, 250, text)
        self.assertEqual(self.house.arrived(name).verdict(), "")
        self.assertNotIn("Backstop-", self.house.left(self.send())[1])


class EnvelopeIds(Guarded):
    """The token as ENVID: Sendmail forgets what the client asked for, unless it is told that again."""

    @classmethod
    def make_house(cls) -> SendmailHouse:
        made = SendmailHouse("none")
        made.guard.more[f'domains."{DOMAIN}".envid'] = "true"
        return made

    def bounce_of(self, parameters: str = "") -> str:
        """What Sendmail reports to anna of a letter of hers that nobody takes."""
        name = notices.mark()
        with self.house.desk() as desk:
            desk.command("EHLO desk.shop.test")
            self.assertEqual(desk.command(f"MAIL FROM:<anna@shop.test>{parameters}")[0], 250)
            self.assertEqual(desk.command("RCPT TO:<gone@else.test>")[0], 250)
            self.assertEqual(desk.data(notices.letter("anna@shop.test", "gone@else.test", name))[0], 250)
        return self.house.arrived(name).raw.decode()

    def envelope_id(self, came: str) -> str:
        return re.findall(r"^Original-Envelope-Id: *(.*)$", came, re.MULTILINE)[0]

    def test_a_report_names_the_token_that_went_out(self):
        came = self.bounce_of()
        self.assertEqual(self.envelope_id(came), notices.token_line(came).split()[1])
        self.assertIn("Content-Type: message/rfc822", came)

    def test_what_the_client_asks_for_stays(self):
        came = self.bounce_of(" RET=HDRS BODY=8BITMIME SIZE=5000 AUTH=<>")
        self.assertEqual(len(self.envelope_id(came)), 56)
        self.assertIn("text/rfc822-headers", came)

    def test_an_envid_of_the_client_stays(self):
        self.assertEqual(self.envelope_id(self.bounce_of(" RET=HDRS ENVID=QQ314159")), "QQ314159")


class Tagged(Guarded):
    STYLE = "prvs"

    def tagged(self, sender: str = "anna@shop.test") -> str:
        answer = asking.ask_map(str(self.house.sendmail.sockets / "map.sock"), f"sign {sender}")
        self.assertTrue(answer.startswith("OK "), answer)
        return answer.removeprefix("OK ")

    def forged(self, sender: str = "anna@shop.test") -> str:
        """The tag of another sender at this one's address."""
        tag = self.tagged("ben@shop.test")
        return tag.replace("ben", sender.partition("@")[0])


class Tags(Tagged):
    FORM = r"^prvs=1\d{3}[0-9a-f]{6}=anna@shop\.test$"

    def test_what_leaves_has_the_tag_of_its_sender_and_day(self):
        sender, text = self.house.left(self.send())
        self.assertRegex(sender, self.FORM)
        self.assertEqual(sender, self.tagged())
        self.assertEqual(sum(line.startswith("Backstop-") for line in text.splitlines()), 1)

    def test_mail_for_a_tagged_address_lies_in_the_mailbox_of_the_plain_one(self):
        for spelt in (self.tagged(), self.tagged().upper(), self.tagged("team@shop.test")):
            name = notices.mark()
            code, text = self.deliver(notices.letter("eve@else.test", spelt, name), spelt, "eve@else.test")
            self.assertEqual(code, 250, text)
            self.house.arrived(name)

    def test_a_tag_comes_off_before_mail_is_handed_on_to_a_server_behind(self):
        tagged = self.tagged(f"lena@{_BEHIND}")
        name = notices.mark()
        code, text = self.deliver(notices.letter("eve@else.test", tagged, name), tagged, "eve@else.test")
        self.assertEqual(code, 250, text)
        self.house.left(name)

    def test_a_bounce_that_returns_nothing_is_proved_by_its_tag(self):
        name = notices.mark()
        self.deliver(notices.bounce(name, None), self.tagged())
        self.assertEqual(self.house.arrived(name).verdict(), "genuine")

    def test_a_forged_tag_is_refused_at_rcpt_whoever_sends(self):
        for sender in ("", "eve@else.test"):
            code, text = self.recipient(self.forged(), sender)
            self.assertEqual(code, 550, text)
            self.assertIn("The tag of this address is not ours", text)

    def test_a_tag_of_a_user_who_is_gone_is_refused_at_rcpt(self):
        code, text = self.recipient(self.tagged("gone@shop.test"))
        self.assertEqual(code, 550, text)
        self.assertIn("User unknown", text)

    def test_addresses_without_a_tag_are_taken_or_refused_as_ever(self):
        for address in ("anna@shop.test", "anna+shoes@shop.test", "team@shop.test"):
            self.assertEqual(self.recipient(address)[0], 250, address)
        code, text = self.recipient("nosuch@shop.test")
        self.assertEqual(code, 550, text)
        self.assertIn("User unknown", text)

    def test_a_probe_finds_every_answer_right(self):
        self.assertEqual(house.probe(self.house.folder, self.house.sendmail.port, self.STYLE, self.DELIMITER),
                         house.PROBED_RIGHT)

    def test_sendmails_own_bounce_to_a_tagged_sender_reaches_its_mailbox(self):
        name = self.send("gone@else.test")
        came = self.house.arrived(name)
        self.assertIn("MAILER-DAEMON", came.parsed["From"])

    def test_while_the_daemon_is_down_only_tagged_recipients_wait(self):
        tagged = self.tagged()
        with self.house.desk() as desk:
            queued = notices.mark()
            desk.command("EHLO desk.shop.test")
            desk.command(f"MAIL FROM:<{tagged}>")
            self.assertEqual(desk.command("RCPT TO:<gone@else.test>")[0], 250)
            self.house.guard.stop()
            code, text = desk.data(notices.letter("anna@shop.test", "gone@else.test", queued))
            self.assertEqual(code, 250, text)
        for sender in ("", "eve@else.test"):
            code, text = self.recipient(tagged, sender)
            self.assertEqual(code, 451, text)
        self.assertEqual(self.recipient("nosuch@shop.test")[0], 550)
        name = notices.mark()
        code, text = self.deliver(notices.bounce(name, notices.returned_block(name)))
        self.assertEqual(code, 250, text)
        self.house.arrived(name)
        self.house.left(self.send())
        self.assertFalse([m for m in self.house.sendmail.delivered("anna") if m.holds(queued)])
        self.house.guard.start()
        self.assertTrue(house.eventually(lambda: self.recipient(tagged)[0] == 250))
        self.assertIn("MAILER-DAEMON", self.house.arrived(queued).parsed["From"])

    def test_a_message_that_waits_keeps_its_tag_while_the_daemon_is_down(self):
        self.house.sink.busy = True
        name, tagged = self.send(), self.tagged()
        self.assertTrue(house.eventually(lambda: self.house.sendmail.log_lines(r"to=<lena@else\.test>.*stat=Deferred")))
        self.house.guard.stop()
        self.house.sink.busy = False
        self.assertEqual(self.house.left(name)[0], tagged)


class SubAddresses(Tags):
    STYLE = "subaddress"
    FORM = r"^anna\+prvs=1\d{3}[0-9a-f]{6}@shop\.test$"


class OtherDelimiter(Tags):
    """Sendmail knows no other delimiter than +: the tag comes off before it looks."""

    STYLE = "subaddress"
    DELIMITER = "-"
    FORM = r"^anna-prvs=1\d{3}[0-9a-f]{6}@shop\.test$"


class Search(Tagged):
    """Only this: afterwards the client's network is told nothing for an hour."""

    def test_who_tries_many_tags_is_told_nothing(self):
        tagged, forged = self.tagged(), self.forged()
        with self.house.stranger() as client:
            client.command("EHLO mx.else.test")
            client.command("MAIL FROM:<eve@else.test>")
            answers = [client.command(f"RCPT TO:<{forged}>")[0] for _ in range(30)]
            self.assertEqual(answers, sorted(answers, reverse=True))
            self.assertEqual((answers[0], answers[-1]), (550, 451))
            self.assertEqual(client.command(f"RCPT TO:<{tagged}>")[0], 451)
            self.assertEqual(client.command("RCPT TO:<anna@shop.test>")[0], 250)


del Guarded, Tagged

if __name__ == "__main__":
    house.main()
