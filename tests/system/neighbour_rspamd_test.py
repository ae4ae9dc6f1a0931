"""A real rspamd beside our milter, before it and behind it: what it makes of our verdict, and of a stranger's."""

import house
import neighbours
import notices

_SPAM = "A very cheap watch, only today."
_VIRUS = "Open the enclosed invoice at once."
_OWN_VERDICT = "Backstop-Verdict: genuine; score=0\n"
# Refuses, from 15 on, what speaks of watches, by a little, and of invoices; asks nobody outside, since nobody is there.
_RULES = """\
WATCHES {
  re = "/very cheap watch/P";
  score = 15.5;
}
INVOICES {
  re = "/enclosed invoice/P";
  score = 30.0;
}
"""
# The world's list of domains takes it twenty seconds to read.
_DOMAINS = "com\nnet\ntest\n"
_OPTIONS = """\
disable_hyperscan = true;
url_tld = "/etc/rspamd/local.d/domains";
dns {
  nameserver = ["127.0.1.253"];
  timeout = 0.05s;
  retransmits = 1;
}
"""
_PROXY = 'bind_socket = "127.0.0.1:{port}";\nupstream "local" {{\n  default = yes;\n  self_scan = yes;\n}}\n'
_ABSENT = ("antivirus", "arc", "asn", "dkim", "dkim_signing", "dmarc", "emails", "fuzzy_check", "greylist", "hfilter",
           "mid", "mime_types", "multimap", "mx_check", "neural", "once_received", "phishing", "ratelimit", "rbl",
           "replies", "rspamd_update", "spf", "surbl", "url_redirector", "whitelist")
_ORDER = "unix:backstop/milter.sock, inet:127.0.0.1:{port}"


def make_house(without: str = "", first: bool = False) -> neighbours.House:
    """`first`: rspamd stands before Backstop."""
    port, *others = neighbours.free_ports(3)
    page = neighbours.Page("rspamd", {"11332": port}, without)
    main = page.lines("/etc/postfix/main.cf")
    if first:
        order = _ORDER.format(port=port)
        assert order in main
        main = main.replace(order, ", ".join(reversed(order.split(", "))))
    made = neighbours.House(main, beside=[["install", "-d", "-o", "_rspamd", "/run/rspamd"],
                                          ["rspamd", "-u", "_rspamd", "-g", "_rspamd"]])
    room = made.postfix.enclosure
    room.write("etc/postfix/backstop_header_checks", page.lines("/etc/postfix/backstop_header_checks"))
    room.own("etc/rspamd/local.d")
    room.own("var/lib/rspamd")
    room.write("etc/rspamd/local.d/regexp.conf", page.lines("/etc/rspamd/local.d/regexp.conf") + _RULES)
    room.write("etc/rspamd/local.d/options.inc", _OPTIONS)
    room.write("etc/rspamd/local.d/domains", _DOMAINS)
    room.write("etc/rspamd/local.d/worker-proxy.inc", _PROXY.format(port=port))
    for worker, other in zip(("normal", "controller"), others):
        room.write(f"etc/rspamd/local.d/worker-{worker}.inc", f'bind_socket = "127.0.0.1:{other}";\n')
    for module in _ABSENT:
        room.write(f"etc/rspamd/local.d/{module}.conf", "enabled = false;\n")
    return made


class BackstopFirst(house.HouseTest):
    make_house = staticmethod(make_house)

    def setUp(self) -> None:
        house.HouseTest.setUp(self)
        # The milter accepts everything until it listens.
        self.assertTrue(house.eventually(lambda: self.house.hand_in(*self.spam("eve@else.test"))[0] == 554))

    @staticmethod
    def spam(sender: str, extra: str = "") -> tuple[bytes, str, str]:
        content = notices.letter(sender, "anna@shop.test", notices.mark()).replace(b"Good morning.", _SPAM.encode())
        return extra.encode() + content, "anna@shop.test", sender

    def bounce_of(self, text: str) -> tuple[str, bytes]:
        """The genuine bounce of a letter of anna's in which that stands."""
        sent, name = notices.mark(), notices.mark()
        letter = notices.letter("anna@shop.test", house.ABROAD, sent)
        with self.house.desk() as desk:
            desk.send("anna@shop.test", house.ABROAD, letter)
        original = self.house.left(sent)
        return name, notices.whole_bounce(name, original.replace("Good morning.", text))

    def take_ordinary_mail_both_ways(self) -> None:
        name, content = self.bounce_of("Good morning.")
        code, text = self.house.hand_in(content, "anna@shop.test")
        self.assertEqual(code, 250, text)
        self.assertEqual(self.house.arrived(name).verdict(), "genuine")
        forged = notices.mark()
        code, text = self.house.hand_in(notices.bounce(forged, notices.returned_block(forged)), "anna@shop.test")
        self.assertEqual(code, 550, text)
        self.assertIn("This answers a message we did not send", text)

    def test_genuine_bounces_come_in_and_forged_ones_do_not(self):
        self.take_ordinary_mail_both_ways()

    def test_a_genuine_bounce_is_not_refused_for_what_it_returns(self):
        name, content = self.bounce_of(_SPAM)
        code, text = self.house.hand_in(content, "anna@shop.test")
        self.assertEqual(code, 250, text)
        self.assertEqual(self.house.arrived(name).verdict(), "genuine")

    def test_a_genuine_bounce_is_refused_for_what_is_worse_than_its_proof_is_good(self):
        code, text = self.house.hand_in(self.bounce_of(_VIRUS)[1], "anna@shop.test")
        self.assertEqual(code, 554, text)
        self.assertIn("Spam message rejected", text)
        self.assertTrue(self.house.guard.lines("verdict=genuine .*reason=valid-token"))

    def refuse_spam_with_a_verdict_of_its_own(self) -> None:
        code, text = self.house.hand_in(*self.spam("eve@else.test", _OWN_VERDICT))
        self.assertEqual(code, 554, text)
        self.assertIn("Spam message rejected", text)

    def test_spam_with_a_verdict_of_its_own_is_refused_like_any(self):
        self.refuse_spam_with_a_verdict_of_its_own()

    def test_spam_with_a_verdict_of_its_own_is_refused_while_backstop_is_down(self):
        self.house.guard.stop()
        self.refuse_spam_with_a_verdict_of_its_own()


class RspamdFirst(house.HouseTest):
    make_house = staticmethod(lambda: make_house(first=True))
    spam = staticmethod(BackstopFirst.spam)
    setUp, bounce_of = BackstopFirst.setUp, BackstopFirst.bounce_of

    def test_genuine_bounces_come_in_and_forged_ones_do_not(self):
        BackstopFirst.take_ordinary_mail_both_ways(self)

    def test_spam_with_a_verdict_of_its_own_is_refused_and_so_is_a_genuine_bounce(self):
        BackstopFirst.refuse_spam_with_a_verdict_of_its_own(self)
        self.assertEqual(self.house.hand_in(self.bounce_of(_SPAM)[1], "anna@shop.test")[0], 554)


class WithoutHeaderChecks(house.HouseTest):
    make_house = staticmethod(lambda: make_house(without="header_checks"))
    spam = staticmethod(BackstopFirst.spam)
    setUp = BackstopFirst.setUp

    def test_spam_with_a_verdict_of_its_own_gets_in_while_backstop_is_down_and_only_then(self):
        BackstopFirst.refuse_spam_with_a_verdict_of_its_own(self)
        self.house.guard.stop()
        code, text = self.house.hand_in(*self.spam("eve@else.test", _OWN_VERDICT))
        self.assertEqual(code, 250, text)


class WithoutTheRule(house.HouseTest):
    make_house = staticmethod(lambda: make_house(without="score = -2.0"))
    spam = staticmethod(BackstopFirst.spam)
    setUp, bounce_of = BackstopFirst.setUp, BackstopFirst.bounce_of

    def test_a_genuine_bounce_is_refused_for_what_it_returns(self):
        code, text = self.house.hand_in(self.bounce_of(_SPAM)[1], "anna@shop.test")
        self.assertEqual(code, 554, text)
        self.assertIn("Spam message rejected", text)


if __name__ == "__main__":
    house.main()
