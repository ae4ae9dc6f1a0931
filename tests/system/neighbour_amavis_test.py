"""A real amavis as content filter: what it hands back has passed once, and is left as it is."""

import house
import neighbours
import notices

_COPIES = "always_bcc = ben@shop.test\n"
_AWAY = f"virtual_alias_maps = inline:{{{{away@shop.test = {house.ABROAD}}}}}\n"
_CHECKS = "header_checks = pcre:{ {/^Backstop-Verdict:/ IGNORE} }\nnested_header_checks =\n"
# No scanners are here, and this Postfix calls from an address of its own.
_HERE = """\
$myhostname = 'mx.shop.test';
@inet_acl = ('127.0.1.1');
@bypass_virus_checks_maps = (1);
@bypass_spam_checks_maps = (1);
$DO_SYSLOG = 0;
$LOGFILE = '/var/lib/amavis/amavis.log';
$max_servers = 1;
"""


def make_house(without: str = "", milters: bool = True) -> neighbours.House:
    """`milters`: whether they see what comes back."""
    scanner, again = neighbours.free_ports(2)
    page = neighbours.Page("amavis", {"10024": scanner, "10025": again}, without)
    services = page.lines("/etc/postfix/master.cf")
    if not milters:
        services = services.replace("no_address_mappings", "no_address_mappings,no_milters")
    made = neighbours.House(page.lines("/etc/postfix/main.cf") + _CHECKS + _AWAY + _COPIES, services,
                            beside=[["install", "-d", "-o", "amavis", "/run/amavis"], ["amavisd"]])
    made.postfix.enclosure.own("var/lib/amavis")
    made.postfix.enclosure.write("etc/amavis/conf.d/50-user",
                                 f"use strict;\n{page.lines('/etc/amavis/conf.d/50-user')}{_HERE}1;\n")
    made.guard.more = page.settings()
    return made


class Filtering(house.HouseTest):
    make_house = staticmethod(make_house)

    def send(self, recipient: str = house.ABROAD) -> str:
        name = notices.mark()
        with self.house.desk() as desk:
            desk.send("anna@shop.test", recipient, notices.letter("anna@shop.test", recipient, name))
        return name

    def entries(self, direction: str) -> int:
        return len(self.house.guard.lines(f"direction={direction} "))

    def test_our_mail_gets_one_token_and_one_entry(self):
        before = self.entries("outgoing")
        left = self.house.left(self.send())
        self.assertIn("amavis", left, "it came through the filter")
        self.assertEqual(left.count("Backstop-Token:"), 1)
        self.assertEqual(house.eventually(lambda: self.entries("outgoing") - before), 1)

    def test_mail_of_the_sendmail_command_is_signed_once(self):
        name = notices.mark()
        letter = notices.letter("anna@shop.test", house.ABROAD, name).decode()
        done = self.house.postfix.enclosure.run(["sendmail", "-t", "-f", "anna@shop.test"], letter)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.house.left(name).count("Backstop-Token:"), 1)

    def test_a_genuine_bounce_keeps_the_verdict_of_its_first_pass(self):
        original = self.house.left(self.send())
        name = notices.mark()
        before = self.entries("inbound")
        code, text = self.house.hand_in(notices.whole_bounce(name, original), "anna@shop.test")
        self.assertEqual(code, 250, text)
        came = self.house.arrived(name)
        self.assertEqual(came.verdict(), "genuine")
        self.assertEqual(house.eventually(lambda: self.entries("inbound") - before), 1)

    def test_its_forged_twin_is_refused_before_the_filter_sees_it(self):
        name = notices.mark()
        code, text = self.house.hand_in(notices.bounce(name, notices.returned_block(name)), "anna@shop.test")
        self.assertEqual(code, 550, text)
        self.assertIn("5.7.1", text)

    def test_the_copy_for_the_archive_comes_once(self):
        name = self.send()
        self.house.left(name)
        self.house.arrived(name, "ben")
        self.assertEqual(self.copies(name), 1)

    def copies(self, name: str) -> int:
        return len([message for message in self.house.postfix.delivered("ben") if message.holds(name)])

    def test_spam_in_our_name_is_not_signed_on_its_way_back(self):
        name = notices.mark()
        letter = notices.letter("anna@shop.test", "ben@shop.test", name)
        code, text = self.house.hand_in(letter, "ben@shop.test", sender="anna@shop.test")
        self.assertEqual(code, 250, text)
        self.assertNotIn("backstop-token", self.house.arrived(name, "ben").header_names())


class WithoutMiltersOnTheWayBack(house.HouseTest):
    make_house = staticmethod(lambda: make_house(milters=False))

    def test_our_own_mail_has_one_token_and_its_bounce_one_verdict(self):
        original = self.house.left(Filtering.send(self))
        self.assertEqual(original.count("Backstop-Token:"), 1)
        name = notices.mark()
        code, text = self.house.hand_in(notices.whole_bounce(name, original), "anna@shop.test")
        self.assertEqual(code, 250, text)
        self.assertEqual(self.house.arrived(name).verdict(), "genuine")

    def test_spam_in_our_name_is_not_signed_even_where_an_alias_forwards_it(self):
        name = notices.mark()
        letter = notices.letter("anna@shop.test", "away@shop.test", name)
        code, text = self.house.hand_in(letter, "away@shop.test", sender="anna@shop.test")
        self.assertEqual(code, 250, text)
        self.assertNotIn("Backstop-Token", self.house.left(name))


class WithoutReinject(house.HouseTest):
    make_house = staticmethod(lambda: make_house(without="reinject"))

    def test_spam_in_our_name_is_signed_and_our_own_mail_twice(self):
        name = notices.mark()
        letter = notices.letter("anna@shop.test", "ben@shop.test", name)
        self.house.hand_in(letter, "ben@shop.test", sender="anna@shop.test")
        self.assertIn("backstop-token", self.house.arrived(name, "ben").header_names())
        self.assertEqual(self.house.left(Filtering.send(self)).count("Backstop-Token:"), 2)


class WithoutOverrideOptions(house.HouseTest):
    make_house = staticmethod(lambda: make_house(without="-o receive_override_options"))

    def test_the_copy_for_the_archive_comes_twice(self):
        name = Filtering.send(self)
        self.assertTrue(house.eventually(lambda: Filtering.copies(self, name) == 2))

    def test_the_verdict_of_the_first_pass_is_lost(self):
        original = self.house.left(Filtering.send(self))
        name = notices.mark()
        code, text = self.house.hand_in(notices.whole_bounce(name, original), "anna@shop.test")
        self.assertEqual(code, 250, text)
        self.assertEqual(self.house.arrived(name).verdict(), "")


if __name__ == "__main__":
    house.main()
