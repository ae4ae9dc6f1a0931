"""The token as ENVID, on a real Postfix: it is given back in reports, and proves one that returns nothing."""

import house
import notices
from trees.mailbox import Delivered


class Envid(house.HouseTest):
    @classmethod
    def make_house(cls) -> house.House:
        made = house.House()
        made.guard.more['domains."shop.test".envid'] = "true"
        return made

    def bounce_of(self, name: str, parameters: str = "") -> Delivered:
        """What Postfix reports to anna of a letter of hers that nobody takes."""
        with self.house.desk() as desk:
            desk.command("EHLO desk.shop.test")
            self.assertEqual(desk.command(f"MAIL FROM:<anna@shop.test>{parameters}")[0], 250)
            self.assertEqual(desk.command("RCPT TO:<gone@else.test>")[0], 250)
            self.assertEqual(desk.data(notices.letter("anna@shop.test", "gone@else.test", name))[0], 250)
        return self.house.arrived(name)

    def envelope_id(self, came: Delivered) -> str:
        lines = [line for line in came.raw.decode().splitlines() if line.startswith("Original-Envelope-Id:")]
        self.assertEqual(len(lines), 1, came.raw)
        return lines[0].partition(":")[2].strip()

    def deliver(self, content: bytes) -> str:
        with self.house.stranger() as client:
            client.command("EHLO mx.else.test")
            client.command("MAIL FROM:<>")
            client.command("RCPT TO:<anna@shop.test>")
            code, text = client.data(content)
            self.assertEqual(code, 250, text)
        return content.decode()

    def test_a_report_names_the_token_and_returning_nothing_proves_by_it(self):
        came = self.bounce_of(notices.mark())
        token = self.envelope_id(came)
        self.assertEqual(notices.token_line(came.raw.decode()).split()[1], token)
        name = notices.mark()
        plain = notices.bounce(name, None)
        self.deliver(plain.replace(b"Reporting-MTA: dns; mx.else.test\n",
                                   b"Reporting-MTA: dns; mx.else.test\nOriginal-Envelope-Id: " + token.encode() + b"\n"))
        self.assertEqual(self.house.arrived(name).verdict(), "genuine")
        other = notices.mark()
        self.deliver(notices.bounce(other, None))
        self.assertEqual(self.house.arrived(other).verdict(), "unproven")

    def test_an_envid_of_the_client_stays_and_so_does_what_else_it_asked_for(self):
        came = self.bounce_of(notices.mark(), " RET=HDRS ENVID=QQ314159")
        self.assertEqual(self.envelope_id(came), "QQ314159")

    def test_what_the_client_wants_returned_stays(self):
        came = self.bounce_of(notices.mark(), " RET=HDRS")
        self.assertEqual(len(self.envelope_id(came)), 56)
        self.assertIn("text/rfc822-headers", came.raw.decode())


if __name__ == "__main__":
    house.main()
