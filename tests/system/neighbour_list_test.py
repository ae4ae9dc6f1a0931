"""A real mlmmj beside a guarded Postfix: posts are signed as the list's, and their bounces reach the list alone."""

import json
import re

import house
import neighbours
import notices
from trees import loopback

_HOME = "var/spool/mlmmj"


class House(neighbours.House):
    MAILBOXES = ["anna", "ben", "news-bounces"]  # the last as a Mailman has one for each list


def make_house(without: str = "") -> House:
    page = neighbours.Page("list", {}, without)
    # mlmmj calls from 127.0.0.1; what goes abroad still has to find its way there.
    main = page.lines("/etc/postfix/main.cf").replace("transport_maps = ",
                                                      "transport_maps = texthash:/etc/postfix/transport, ")
    made = House(main + f"mynetworks = {loopback.OWN_CLIENT}/32, 127.0.0.1/32\n",
                 page.lines("/etc/postfix/master.cf"))
    spool = made.postfix.enclosure.own(_HOME, 0o755)
    made.list = spool / "list"
    for folder in ("incoming", "queue", "queue/discarded", "archive", "text", "subconf", "unsubconf", "bounce", "control",
                   "moderation", "subscribers.d", "digesters.d", "requeue", "nomailsubs.d"):
        (made.list / folder).mkdir(parents=True)
    for path, text in {"control/listaddress": "list@shop.test\n", "control/owner": "ben@shop.test\n",
                       "control/relayhost": loopback.GUARDED + "\n",
                       "control/smtpport": f"{made.postfix.port}\n", "control/smtphelo": "mx.shop.test\n",
                       **{f"control/{name}": page.lines(f"/{_HOME}/list/control/{name}")
                          for name in ("delheaders", "customheaders")},
                       "subscribers.d/l": house.ABROAD + "\n", "index": ""}.items():
        (made.list / path).write_text(text)
    made.guard.own.remove("127.0.0.1")
    made.guard.own += json.loads(page.settings().get("networks.own", "[]"))
    made.beside = [["chown", "-R", "nobody", f"/{_HOME}"]]
    return made


class Posting(house.HouseTest):
    make_house = staticmethod(make_house)

    def post(self, sender: str) -> tuple[str, str]:
        """A post by this writer: its mark, and how a subscriber got it."""
        name = notices.mark()
        with self.house.desk() as desk:
            desk.send(sender, "list@shop.test", notices.letter(sender, "list@shop.test", name))
        return name, self.house.left(name)

    def bounces(self) -> list[str]:
        return sorted(path.name for path in (self.house.list / "bounce").iterdir())

    def test_a_post_by_anybody_is_signed_as_the_lists_and_keeps_its_message_id(self):
        for writer in ("eve@far.test", "anna@shop.test"):
            name, came = self.post(writer)
            self.assertRegex(came.splitlines()[0], "^Backstop-Token: ")
            self.assertEqual(came.count("Backstop-Token:"), 2 if writer == "anna@shop.test" else 1)
            self.assertIn(f"Message-ID: <{name}@shop.test>", came)
            self.assertIn("From: The list <list@shop.test>", came)
            self.assertRegex(self.house.sender_of(name), r"^list\+bounces-\d+-lena=else\.test@shop\.test$")

    def test_the_bounce_of_a_post_is_genuine_and_the_list_takes_note_of_it(self):
        for writer in ("eve@far.test", "anna@shop.test"):
            name, came = self.post(writer)
            before = len(self.house.guard.lines("verdict=genuine .*reason=valid-token"))
            verp = self.house.sender_of(name)
            code, text = self.house.hand_in(notices.whole_bounce(notices.mark(), came, verp), verp)
            self.assertEqual(code, 250, text)
            self.assertEqual(house.eventually(
                lambda: len(self.house.guard.lines("verdict=genuine .*reason=valid-token")) - before), 1)
            self.assertTrue(house.eventually(lambda: "lena=else.test" in self.bounces()), self.bounces())

    def test_its_forged_twin_is_refused(self):
        verp = self.house.sender_of(self.post("eve@far.test")[0])
        forged = notices.mark()
        code, text = self.house.hand_in(notices.bounce(forged, notices.returned_block(forged), verp), verp)
        self.assertEqual(code, 550, text)

    def test_what_comes_to_a_bounce_address_of_mailman_is_left_to_mailman(self):
        verp = "news-bounces+lena=else.test@shop.test"
        sent, genuine, forged = notices.mark(), notices.mark(), notices.mark()
        with self.house.desk() as desk:
            desk.send(verp, house.ABROAD, notices.letter("eve@far.test", "news@shop.test", sent))
        for name, content, verdict in (
                (genuine, notices.whole_bounce(genuine, self.house.left(sent)), "genuine"),
                (forged, notices.bounce(forged, notices.returned_block(forged)), "unproven")):
            code, text = self.house.hand_in(content, verp)
            self.assertEqual(code, 250, text)
            self.assertEqual(self.house.arrived(name, "news-bounces").verdict(), verdict)

    def test_out_of_office_answers_of_many_subscribers_to_a_writer_are_all_genuine(self):
        name, _ = self.post("anna@shop.test")
        for number in range(20):
            answer = notices.mark()
            content = re.sub(rb"Subject: .*", f"Subject: Out of office\nAuto-Submitted: auto-replied\n"
                             f"In-Reply-To: <{name}@shop.test>".encode(),
                             notices.letter(f"reader{number}@far.test", "anna@shop.test", answer))
            code, text = self.house.hand_in(content, "anna@shop.test")
            self.assertEqual(code, 250, text)
            self.assertEqual(self.house.arrived(answer).verdict(), "genuine", f"answer {number}")


class WithoutItsAddress(house.HouseTest):
    make_house = staticmethod(lambda: make_house(without="own"))
    post = Posting.post

    def test_the_genuine_bounce_of_a_post_is_refused(self):
        name, came = self.post("eve@far.test")
        self.assertNotIn("Backstop-Token", came)
        code, text = self.house.hand_in(notices.whole_bounce(notices.mark(), came), self.house.sender_of(name))
        self.assertEqual(code, 550, text)


if __name__ == "__main__":
    house.main()
