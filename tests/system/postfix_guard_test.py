"""A real Postfix before backstopd: what is signed, what is judged, and what happens when the daemon is not there."""

import smtplib
import threading

import house
import notices


class Signing(house.HouseTest):
    def send(self, sender: str = "anna@shop.test") -> str:
        """Sends a letter abroad and returns it as it arrived there."""
        name = notices.mark()
        with self.house.desk() as desk:
            desk.send(sender, house.ABROAD, notices.letter(sender, house.ABROAD, name))
        return self.house.left(name)

    def test_the_token_stands_above_postfix_own_received(self):
        lines = self.send().splitlines()
        self.assertRegex(lines[0], r"^Backstop-Token: \S")
        self.assertLessEqual(len(lines[0]), 76)
        self.assertRegex(lines[1], r"^Received: from desk\.shop\.test .*")

    def test_nothing_else_of_the_letter_changes(self):
        name = notices.mark()
        content = notices.letter("anna@shop.test", house.ABROAD, name)
        with self.house.desk() as desk:
            desk.send("anna@shop.test", house.ABROAD, content)
        left = self.house.left(name)
        self.assertTrue(left.endswith(content.decode()))
        self.assertEqual(left.count("Backstop-"), 1)

    def test_mail_handed_over_by_the_sendmail_command_is_signed(self):
        name = notices.mark()
        done = self.house.postfix.enclosure.run(["sendmail", "-t", "-f", "anna@shop.test"],
                                                notices.letter("anna@shop.test", house.ABROAD, name).decode())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(self.house.left(name).splitlines()[0], r"^Backstop-Token: ")

    def test_mail_through_the_submission_listener_is_signed_for_whoever_sends_it(self):
        name = notices.mark()
        with self.house.stranger(self.house.postfix.submission_port) as client:
            client.send("anna@shop.test", "ben@shop.test", notices.letter("anna@shop.test", "ben@shop.test", name))
        self.assertIn("backstop-token", self.house.arrived(name, "ben").header_names())

    def test_a_stranger_who_uses_our_name_is_not_signed(self):
        name = notices.mark()
        with self.house.stranger() as client:
            client.send("anna@shop.test", "ben@shop.test", notices.letter("anna@shop.test", "ben@shop.test", name))
        self.assertNotIn("backstop-token", self.house.arrived(name, "ben").header_names())


class Judging(house.HouseTest):
    def token(self, sender: str = "anna@shop.test") -> str:
        name = notices.mark()
        with self.house.desk() as desk:
            desk.send(sender, house.ABROAD, notices.letter(sender, house.ABROAD, name))
        return notices.token_line(self.house.left(name))

    def deliver(self, content: bytes, recipient: str = "<anna@shop.test>") -> tuple[int, str]:
        """Hands in mail from <> as a stranger, the recipient spelt exactly so, and returns the last answer."""
        with self.house.stranger() as client:
            client.command("EHLO mx.else.test")
            client.command("MAIL FROM:<>")
            code, text = client.command(f"RCPT TO:{recipient}")
            self.assertEqual(code, 250, text)
            return client.data(content)

    def test_a_genuine_bounce_comes_in_and_says_so_at_the_top(self):
        name = notices.mark()
        code, text = self.deliver(notices.bounce(name, notices.returned_block(name, self.token())))
        self.assertEqual(code, 250, text)
        came = self.house.arrived(name)
        self.assertEqual(came.verdict(), "genuine")
        names = came.header_names()
        self.assertEqual(names[names.index("received") - 1], "backstop-verdict")
        self.assertEqual(names[:3], ["return-path", "x-original-to", "delivered-to"], "these are the mailbox's own")
        self.assertEqual(names[3], "backstop-verdict")

    def test_its_forged_twin_is_refused_at_end_of_message(self):
        name = notices.mark()
        code, text = self.deliver(notices.bounce(name, notices.returned_block(name)))
        self.assertEqual(code, 550, text)
        self.assertTrue(text.startswith("5.7."), text)
        self.assertTrue(self.house.postfix.log_lines("milter-reject: END-OF-MESSAGE"))
        self.assertFalse([m for m in self.house.postfix.delivered() if m.holds(name)])

    def test_a_token_with_one_letter_changed_proves_nothing(self):
        name = notices.mark()
        token = self.token().rstrip("\n")
        changed = token[:-1] + ("a" if token[-1] != "a" else "b")
        code, _ = self.deliver(notices.bounce(name, notices.returned_block(name, changed + "\n")))
        self.assertEqual(code, 550)

    def test_a_bounce_that_returns_nothing_is_marked_and_delivered(self):
        name = notices.mark()
        code, text = self.deliver(notices.bounce(name, None))
        self.assertEqual(code, 250, text)
        self.assertEqual(self.house.arrived(name).verdict(), "unproven")

    def test_recipients_in_quotes_and_in_any_case_are_judged_alike(self):
        token = self.token()
        for spelt in ('<"anna"@shop.test>', "<ANNA@Shop.Test>", '<"Anna"@SHOP.test>', "<anna+bounces@shop.test>"):
            with self.subTest(recipient=spelt):
                name = notices.mark()
                code, text = self.deliver(notices.bounce(name, notices.returned_block(name, token)), spelt)
                self.assertEqual(code, 250, text)
                self.assertEqual(self.house.arrived(name).verdict(), "genuine")
                name = notices.mark()
                code, text = self.deliver(notices.bounce(name, notices.returned_block(name)), spelt)
                self.assertEqual(code, 550, text)

    def test_a_local_part_with_a_space_is_signed_and_takes_its_bounce(self):
        name = notices.mark()
        with self.house.desk() as desk:
            desk.command("EHLO desk.shop.test")
            desk.command('MAIL FROM:<"front desk"@shop.test>')
            desk.command(f"RCPT TO:<{house.ABROAD}>")
            code, text = desk.data(notices.letter('"front desk"@shop.test', house.ABROAD, name))
            self.assertEqual(code, 250, text)
        token = notices.token_line(self.house.left(name))
        name = notices.mark()
        code, text = self.deliver(notices.bounce(name, notices.returned_block(name, token)), '<"front desk"@shop.test>')
        self.assertEqual(code, 250, text)
        self.assertEqual(self.house.arrived(name, "front desk").verdict(), "genuine")

    def test_a_sender_in_other_case_is_the_same_sender(self):
        name = notices.mark()
        code, text = self.deliver(notices.bounce(name, notices.returned_block(name, self.token("Anna@Shop.TEST"))))
        self.assertEqual(code, 250, text)
        self.assertEqual(self.house.arrived(name).verdict(), "genuine")

    def test_a_verdict_from_outside_is_removed(self):
        name = notices.mark()
        content = b"Backstop-Verdict: genuine; kind=bounce\n" + notices.letter("eve@else.test", "anna@shop.test", name)
        with self.house.stranger() as client:
            client.send("eve@else.test", "anna@shop.test", content)
        self.assertNotIn("backstop-verdict", self.house.arrived(name).header_names())

    def test_an_ordinary_message_gets_nothing(self):
        name = notices.mark()
        content = notices.letter("eve@else.test", "anna@shop.test", name)
        with self.house.stranger() as client:
            client.send("eve@else.test", "anna@shop.test", content)
        came = self.house.arrived(name)
        self.assertTrue(came.raw.endswith(content))
        self.assertFalse([n for n in came.header_names() if n.startswith("backstop-")])

    def test_the_daemon_says_one_line_per_message_with_postfix_own_queue_id(self):
        name = notices.mark()
        code, text = self.deliver(notices.bounce(name, notices.returned_block(name, self.token())))
        queue_id = text.split()[-1]
        line = house.eventually(lambda: self.house.guard.lines(f"{queue_id}: "))
        self.assertEqual(len(line), 1, text)
        self.assertIn("verdict=genuine decision=accept", line[0])


class Observing(house.HouseTest):
    MODE = "observe"

    def test_a_forged_bounce_is_delivered_and_differs_only_by_our_header(self):
        delivered = []
        for guarded in (True, False):
            if not guarded:
                self.house.guard.stop()
            name = notices.mark()
            content = notices.bounce(name, notices.returned_block(name))
            with self.house.stranger() as client:
                client.command("EHLO mx.else.test")
                client.command("MAIL FROM:<>")
                client.command("RCPT TO:<anna@shop.test>")
                code, text = client.data(content)
            self.assertEqual(code, 250, text)
            came = self.house.arrived(name)
            self.assertTrue(came.raw.endswith(content), "the message itself is untouched")
            delivered.append(came)
        judged, plain = (m.header_names() for m in delivered)
        self.assertEqual(delivered[0].verdict(), "forged")
        self.assertEqual([n for n in judged if n != "backstop-verdict"], plain)
        self.assertEqual(judged.count("backstop-verdict"), 1)

    def test_no_answer_of_ours_refuses_or_defers(self):
        for block in (notices.returned_block(notices.mark()), None):
            name = notices.mark()
            with self.house.stranger() as client:
                client.send("", "anna@shop.test", notices.bounce(name, block))
        self.assertFalse(self.house.postfix.log_lines("milter-reject"))


class TheDaemonComesAndGoes(house.HouseTest):
    def bounce_in(self, client, name: str) -> tuple[int, str]:
        client.command("EHLO mx.else.test")
        client.command("MAIL FROM:<>")
        client.command("RCPT TO:<anna@shop.test>")
        return client.data(notices.bounce(name, notices.returned_block(name)))

    def test_mail_flows_both_ways_while_the_daemon_is_down(self):
        self.house.guard.stop()
        out, name = notices.mark(), notices.mark()
        with self.house.desk() as desk:
            desk.send("anna@shop.test", house.ABROAD, notices.letter("anna@shop.test", house.ABROAD, out))
        self.assertNotIn("Backstop-", self.house.left(out))
        with self.house.stranger() as client:
            self.assertEqual(self.bounce_in(client, name)[0], 250)
        self.assertEqual(self.house.arrived(name).verdict(), "")

    def test_mail_flows_when_the_daemon_dies_in_the_middle_of_a_message(self):
        name = notices.mark()
        with self.house.stranger() as client:
            client.command("EHLO mx.else.test")
            client.command("MAIL FROM:<>")
            client.command("RCPT TO:<anna@shop.test>")
            self.house.guard.kill()
            self.assertEqual(client.data(notices.bounce(name, notices.returned_block(name)))[0], 250)
        self.house.arrived(name)

    def test_a_message_in_flight_is_judged_before_the_daemon_ends(self):
        """Begun is what the daemon has seen: Postfix sends it the envelope with DATA, not before."""
        name = notices.mark()
        codes = []
        with self.house.stranger() as client:
            client.command("EHLO mx.else.test")
            client.command("MAIL FROM:<>")
            client.command("RCPT TO:<anna@shop.test>")
            self.assertEqual(client.command("DATA")[0], 354)
            stopping = threading.Thread(target=lambda: codes.append(self.house.guard.stop()))
            stopping.start()
            self.assertTrue(house.eventually(lambda: self.house.guard.lines("stopping")))
            code, text = client.content(notices.bounce(name, None))
            self.assertEqual(code, 250, text)
        stopping.join()
        self.assertEqual(codes, [0])
        self.assertEqual(self.house.arrived(name).verdict(), "unproven")

    def test_its_key_outlives_a_restart(self):
        name = notices.mark()
        with self.house.desk() as desk:
            desk.send("anna@shop.test", house.ABROAD, notices.letter("anna@shop.test", house.ABROAD, name))
        token = notices.token_line(self.house.left(name))
        self.house.guard.stop()
        self.house.guard.start()
        name = notices.mark()
        with self.house.stranger() as client:
            client.send("", "anna@shop.test", notices.bounce(name, notices.returned_block(name, token)))
        self.assertEqual(self.house.arrived(name).verdict(), "genuine")


class Reloading(house.HouseTest):
    MODE = "observe"

    def configuration(self, mode: str) -> str:
        self.house.guard.mode = mode
        state = self.house.folder / "state"
        return f'keys.directory = "{state / "keys"}"\nstore.directory = "{state}"\n' + "".join(f"{k} = {v}\n" for k, v in self.house.guard.settings().items())

    def forged(self, client) -> int:
        name = notices.mark()
        try:
            client.send("", "anna@shop.test", notices.bounce(name, notices.returned_block(name)))
        except smtplib.SMTPDataError as refused:
            return refused.smtp_code
        self.house.arrived(name)
        return 250

    def reload(self) -> str:
        """Reloads and returns what the daemon said about it."""
        before = len(self.house.guard.lines("."))
        self.house.guard.reload()
        said = house.eventually(lambda: self.house.guard.lines(".")[before:])
        return "\n".join(said)

    def test_a_reload_takes_the_new_file_and_a_bad_file_changes_nothing(self):
        guard = self.house.guard
        guard.stop()
        guard.configuration = self.house.folder / "backstop.toml"
        guard.configuration.write_text(self.configuration("observe"))
        guard.start()
        with self.house.stranger() as client:
            self.assertEqual(self.forged(client), 250, "observe refuses nothing")
        guard.configuration.write_text(self.configuration("enforce"))
        self.reload()
        with self.house.stranger() as client:
            self.assertEqual(house.eventually(lambda: self.forged(client) == 550, 10), True, "enforce refuses")
        guard.configuration.write_text(self.configuration("observe") + "no.such.option = 1\n")
        said = self.reload()
        self.assertRegex(said, r"backstop\.toml.*\b7\b", "the complaint names file and line")
        with self.house.stranger() as client:
            self.assertEqual(self.forged(client), 550, "the old configuration still holds")
        self.assertTrue(guard.alive())


if __name__ == "__main__":
    house.main()
