"""The daemon down while mail flows: what went out unsigned loses nothing, and what never was ours gains nothing."""

import datetime
import email.utils
import threading
import time

import house
import notices

OWN_HOST = "mx.shop.test"


class Gap(house.HouseTest):
    """A guard that enforces, with weeks of signing behind it."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        # Its own name as Postfix writes it into Received; the host of this test has another.
        cls.house.guard.stop()
        cls.house.guard.more["relays.names"] = f'["{OWN_HOST}"]'
        cls.house.guard.start()

    def setUp(self) -> None:
        super().setUp()
        beat = self.house.folder / "state/heartbeat"
        self.assertTrue(house.eventually(beat.exists), "there is no gap without a heartbeat before it")

    def send(self) -> str:
        """Sends a letter abroad and returns it as it arrived there."""
        name = notices.mark()
        with self.house.desk() as desk:
            desk.send("anna@shop.test", house.ABROAD, notices.letter("anna@shop.test", house.ABROAD, name))
        return self.house.left(name)

    def deliver(self, content: bytes) -> tuple[int, str]:
        with self.house.stranger() as client:
            client.command("EHLO mx.else.test")
            client.command("MAIL FROM:<>")
            client.command("RCPT TO:<anna@shop.test>")
            return client.data(content)

    def crash(self) -> None:
        self.house.guard.kill()

    def send_while_down(self, end) -> str:
        end()
        letter = self.send()
        self.assertNotIn("Backstop-", letter, "the daemon was down")
        time.sleep(1.1)  # a beat older than the letter
        self.house.guard.start()
        return letter

    def assert_marked(self, content: bytes, name: str) -> None:
        code, text = self.deliver(content)
        self.assertEqual(code, 250, text)
        verdict = self.house.arrived(name).parsed["Backstop-Verdict"]
        self.assertRegex(verdict, r"^unproven;.*\breason=\S*in-signing-gap", verdict)

    def assert_refused(self, content: bytes) -> None:
        code, text = self.deliver(content)
        self.assertEqual(code, 550, text)

    def test_the_genuine_bounce_of_what_left_while_it_was_killed_is_delivered(self):
        letter = self.send_while_down(self.crash)
        name = notices.mark()
        self.assert_marked(notices.whole_bounce(name, letter), name)

    def test_the_genuine_bounce_of_what_left_while_it_was_stopped_is_delivered(self):
        letter = self.send_while_down(self.house.guard.stop)
        name = notices.mark()
        self.assert_marked(notices.whole_bounce(name, letter), name)

    def test_it_is_delivered_after_many_restarts_as_well(self):
        letter = self.send_while_down(self.crash)
        for end in (self.crash, self.house.guard.stop, self.crash):
            end()
            self.house.guard.start()
        name = notices.mark()
        self.assert_marked(notices.whole_bounce(name, letter), name)

    def test_what_was_signed_before_stays_genuine(self):
        letter = self.send()
        self.assertIn("Backstop-Token:", letter)
        self.send_while_down(self.crash)
        name = notices.mark()
        code, text = self.deliver(notices.whole_bounce(name, letter))
        self.assertEqual(code, 250, text)
        self.assertEqual(self.house.arrived(name).verdict(), "genuine")

    def forged(self, name: str, received: str) -> bytes:
        """A bounce of a letter that was never sent; its Date falls in the gap."""
        block = (f"Return-Path: <anna@shop.test>\n{received}"
                 "From: anna@shop.test\nTo: nobody@else.test\nSubject: a letter\n"
                 f"Date: {email.utils.formatdate()}\nMessage-ID: <{name}@shop.test>\n")
        return notices.bounce(name, block)

    def test_a_forged_bounce_whose_received_is_a_foreign_hosts_is_refused(self):
        self.send_while_down(self.crash)
        name = notices.mark()
        self.assert_refused(self.forged(
            name, f"Received: from {OWN_HOST} ([127.0.1.1]) by mx.else.test with ESMTP id 1;\n\t{email.utils.formatdate()}\n"))

    def test_a_forged_bounce_with_only_its_date_in_the_gap_is_refused(self):
        self.send_while_down(self.crash)
        name = notices.mark()
        long_ago = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=4)
        self.assert_refused(self.forged(
            name, f"Received: from desk.shop.test by {OWN_HOST} with ESMTP id 1;\n\t{email.utils.format_datetime(long_ago)}\n"))


class Stopping(house.HouseTest):
    def test_a_session_that_began_before_the_stop_is_signed_to_its_end(self):
        """Postfix holds MAIL and RCPT back until DATA: such a session looks idle to the daemon."""
        name = notices.mark()
        codes = []
        with self.house.desk() as desk:
            desk.command("EHLO desk.shop.test")
            desk.command("MAIL FROM:<anna@shop.test>")
            desk.command(f"RCPT TO:<{house.ABROAD}>")
            stopping = threading.Thread(target=lambda: codes.append(self.house.guard.stop()))
            stopping.start()
            self.assertTrue(house.eventually(lambda: self.house.guard.lines("stopping")))
            code, text = desk.data(notices.letter("anna@shop.test", house.ABROAD, name))
            self.assertEqual(code, 250, text)
        stopping.join()
        self.assertEqual(codes, [0])
        self.assertIn("Backstop-Token:", self.house.left(name))


if __name__ == "__main__":
    house.main()
