"""Forwards by a real postsrsd: the bounce of what we passed on comes back, and postsrsd's own hash guards the way."""

import house
import neighbours
import notices


# What `backstop setup --tag prvs` writes.
_TAGS = "pipemap:{regexp:/etc/postfix/backstop_tagged, socketmap:unix:backstop/map.sock:unsign}"
_TAGGED = r"/^(prvs=[0-9]{4}[0-9a-f]{6}=.+@shop\.test)$/ ${1}" + "\n"


def make_house(without: str = "", tags: bool = False) -> neighbours.House:
    forward, back = neighbours.free_ports(2)
    page = neighbours.Page("postsrsd", {"10001": forward, "10002": back, "example.org": "depot.test"}, without)
    away = f"virtual_alias_maps = inline:{{{{away@shop.test = {house.ABROAD}}}}}\n"
    main = page.lines("/etc/postfix/main.cf")
    if tags:
        main = main.replace("recipient_canonical_maps = ", f"recipient_canonical_maps = {_TAGS}, ")
    made = neighbours.House(main + away, beside=[["/etc/init.d/postsrsd", "start"]])
    ports = f"SRS_FORWARD_PORT={forward}\nSRS_REVERSE_PORT={back}\n"
    made.postfix.enclosure.write("etc/default/postsrsd", page.lines("/etc/default/postsrsd") + ports)
    if tags:
        made.postfix.enclosure.write("etc/postfix/backstop_tagged", _TAGGED)
        made.guard.more = {'domains."shop.test".tag': '"prvs"'}
    return made


class Forwarding(house.HouseTest):
    make_house = staticmethod(make_house)

    def forward(self) -> tuple[str, str]:
        """Mail from abroad that we pass on; returns its mark and the sender under which it left."""
        name = notices.mark()
        letter = notices.letter(house.ABROAD, "away@shop.test", name)
        code, text = self.house.hand_in(letter, "away@shop.test", house.ABROAD)
        self.assertEqual(code, 250, text)
        self.assertNotIn("Backstop-", self.house.left(name))
        return name, self.house.sender_of(name)

    def bounce(self, forwarded: str) -> tuple[str, bytes]:
        """What a server writes that took the forward and found nobody."""
        name = notices.mark()
        return name, notices.whole_bounce(name, self.house.left(forwarded))

    def test_the_bounce_of_a_forward_goes_on_to_who_wrote_the_mail(self):
        forwarded, sender = self.forward()
        self.assertRegex(sender, r"^SRS0=.*=else\.test=lena@shop\.test$")
        for written in (sender, sender.lower()):
            name, content = self.bounce(forwarded)
            code, text = self.house.hand_in(content, written)
            self.assertEqual(code, 250, text)
            self.assertIn("reason=rewritten-address", self.house.left(name))

    def test_at_an_address_that_signs_the_same_bounce_is_forged(self):
        forwarded, _ = self.forward()
        code, text = self.house.hand_in(self.bounce(forwarded)[1], "anna@shop.test")
        self.assertEqual(code, 550, text)
        self.assertIn("5.7.1", text)

    def test_a_rewritten_address_that_postsrsd_did_not_make_is_refused_by_postfix(self):
        forwarded, sender = self.forward()
        digest = sender.split("=")[1]
        changed = sender.replace(digest, digest[::-1] if digest != digest[::-1] else "AAAA", 1)
        code, text = self.house.hand_in(self.bounce(forwarded)[1], changed)
        self.assertEqual(code, 550, text)
        self.assertIn("User unknown", text)

    def test_our_own_mail_leaves_under_its_own_sender_and_takes_its_bounce(self):
        name = notices.mark()
        with self.house.desk() as desk:
            desk.send("anna@shop.test", house.ABROAD, notices.letter("anna@shop.test", house.ABROAD, name))
        self.assertEqual(self.house.sender_of(name), "anna@shop.test")
        came, content = self.bounce(name)
        code, text = self.house.hand_in(content, "anna@shop.test")
        self.assertEqual(code, 250, text)
        self.assertEqual(self.house.arrived(came).verdict(), "genuine")

    def test_mail_of_an_excluded_domain_keeps_its_sender(self):
        name = notices.mark()
        with self.house.desk() as desk:
            desk.send("olga@depot.test", house.ABROAD, notices.letter("olga@depot.test", house.ABROAD, name))
        self.assertEqual(self.house.sender_of(name), "olga@depot.test")


class ForwardingBesideTags(house.HouseTest):
    make_house = staticmethod(lambda: make_house(tags=True))

    def test_a_forward_gets_no_tag_and_its_bounce_goes_on(self):
        forwarded, sender = Forwarding.forward(self)
        self.assertRegex(sender, r"^SRS0=.*=else\.test=lena@shop\.test$")
        name, content = Forwarding.bounce(self, forwarded)
        code, text = self.house.hand_in(content, sender)
        self.assertEqual(code, 250, text)
        self.house.left(name)

    def test_our_own_mail_gets_one_and_a_bounce_that_returns_nothing_is_genuine(self):
        name, bounced = notices.mark(), notices.mark()
        with self.house.desk() as desk:
            desk.send("anna@shop.test", house.ABROAD, notices.letter("anna@shop.test", house.ABROAD, name))
        sender = self.house.sender_of(name)
        self.assertRegex(sender, r"^prvs=\d{4}[0-9a-f]{6}=anna@shop\.test$")
        code, text = self.house.hand_in(notices.bounce(bounced, None), sender)
        self.assertEqual(code, 250, text)
        self.assertEqual(self.house.arrived(bounced).verdict(), "genuine")


class WithoutTheWayBack(house.HouseTest):
    make_house = staticmethod(lambda: make_house(without="recipient_canonical_maps"))

    def test_the_genuine_bounce_of_a_forward_is_lost(self):
        forwarded, sender = Forwarding.forward(self)
        code, text = self.house.hand_in(Forwarding.bounce(self, forwarded)[1], sender)
        self.assertEqual(code, 550, text)
        self.assertIn("User unknown", text)


class WithoutClassesOfSenders(house.HouseTest):
    make_house = staticmethod(lambda: make_house(without="sender_canonical_classes"))

    def test_from_is_rewritten_as_well_in_what_this_host_hands_in(self):
        name = notices.mark()
        letter = notices.letter("eve@far.test", house.ABROAD, name).decode()
        done = self.house.postfix.enclosure.run(["sendmail", "-f", "anna@shop.test", house.ABROAD], letter)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(self.house.left(name), r"From: .*SRS0=.*=far\.test=eve@shop\.test")


class WithoutTheExcludedDomains(house.HouseTest):
    make_house = staticmethod(lambda: make_house(without="SRS_EXCLUDE_DOMAINS"))

    def test_mail_of_our_other_domain_leaves_under_an_address_that_is_never_judged(self):
        name = notices.mark()
        with self.house.desk() as desk:
            desk.send("olga@depot.test", house.ABROAD, notices.letter("olga@depot.test", house.ABROAD, name))
        self.assertRegex(self.house.sender_of(name), r"^SRS0=.*=depot\.test=olga@shop\.test$")


if __name__ == "__main__":
    house.main()
