"""`backstop setup` and `check` where envelope senders get tags, on a real Postfix."""

import json
import os
import re
import subprocess

import asking
import house
import notices
from postfix_setup_test import SetupTest, Unguarded
from trees import loopback
from trees.postfix import DOMAIN


class TagSetup(SetupTest):
    @classmethod
    def make_house(cls) -> Unguarded:
        made = Unguarded()
        made.guard.more[f'domains."{DOMAIN}".tag'] = '"prvs"'
        main_cf = made.postfix.enclosure.room / "etc/postfix/main.cf"
        main_cf.write_text(main_cf.read_text() + f"mynetworks = {loopback.OWN_CLIENT}/32, 127.0.0.1/32\n")
        made.configuration = made.folder / "backstop.toml"

        def seen(path) -> str:
            """As the configuration names it: below the root."""
            return "/" + os.path.relpath(path, made.postfix.enclosure.tree)

        made.configuration.write_text(
            f'keys.directory = "{seen(made.folder / "state/keys")}"\nstore.directory = ""\n'
            f'milter.listen = ["unix:/var/spool/postfix/backstop/milter.sock"]\ncanary.listener = "none"\n'
            f'networks.own = ["127.0.0.1", "{loopback.OWN_CLIENT}"]\nlogs.mail = ["{seen(made.postfix.log)}"]\n'
            f'domains."{DOMAIN}" = {{ mode = "observe", tag = "prvs" }}\n')
        return made

    def backstop(self, verb: str, *words: str) -> subprocess.CompletedProcess:
        return self.house.backstop(verb, "--config", str(self.house.configuration), *words)

    def apply(self, *words: str) -> str:
        done = self.backstop("setup", "--apply", "--reload", *words)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        # The services of before serve what is connected to them to its end.
        self.assertTrue(house.eventually(lambda: self.recipient(self.tagged())[0] == 250), done.stdout)
        return done.stdout

    def tagged(self, sender: str = f"anna@{DOMAIN}") -> str:
        answer = asking.ask_map(str(self.house.postfix.milter_socket.parent / "map.sock"), f"sign {sender}")
        self.assertTrue(answer.startswith("OK prvs="), answer)
        return answer.removeprefix("OK ")

    def bounce_here(self) -> None:
        """Postfix cannot deliver what a tagged sender sends, and says so to that sender."""
        name = notices.mark()
        with self.house.desk() as desk:
            desk.send(self.tagged(), "gone@else.test", notices.letter(f"anna@{DOMAIN}", "gone@else.test", name))
        self.assertIn("MAILER-DAEMON", self.house.arrived(name, "anna").parsed["From"])

    def forged_are_refused(self) -> None:
        for sender in ("", "eve@else.test"):
            code, text = self.recipient(asking.forged(self.tagged()), sender)
            self.assertEqual(code, 550, text)

    def probed(self, *words: str) -> list[tuple[str, str]]:
        """What the probe found, in order: severity and text."""
        done = self.backstop("check", "--offline", "--json", "--probe", "--server",
                             f"{loopback.GUARDED}:{self.house.postfix.port}", "--from", loopback.STRANGERS[1],
                             "--address", f"anna@{DOMAIN}", *words)
        return [(f["severity"], f["text"]) for f in json.loads(done.stdout)["findings"] if f["what"] == "probe"]

    def findings(self) -> dict[str, tuple[str, str]]:
        done = self.backstop("check", "--offline", "--json")
        return {f["what"]: (f["severity"], f["text"]) for f in json.loads(done.stdout)["findings"]}

    def test_without_tags_nothing_is_said_of_them(self):
        done = self.house.backstop("setup")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("recipient_canonical", done.stdout)

    def test_the_map_lets_mail_for_tagged_senders_in(self):
        said = self.apply()
        self.assertIn("recipient_canonical_classes", said)
        self.forged_are_refused()
        self.assertEqual(self.recipient(f"anna@{DOMAIN}")[0], 250)
        code, text = self.recipient(f"nobody@{DOMAIN}")
        self.assertEqual((code, "User unknown" in text), (550, True), text)
        # A tag that may be another site's: not for us to know.
        self.assertEqual(self.recipient("btv1==068a4973b3a==anna@" + DOMAIN)[0], 550)
        self.bounce_here()
        self.assertIn("Nothing to do", self.backstop("setup", "--apply").stdout)

    def test_while_the_daemon_is_down_only_tagged_recipients_wait(self):
        self.apply()
        tagged = self.tagged()
        self.house.guard.stop()
        self.assertEqual(self.recipient(tagged)[0], 451)
        self.assertEqual(self.recipient(f"anna@{DOMAIN}")[0], 250)
        self.assertEqual(self.recipient(f"nobody@{DOMAIN}")[0], 550)

    def test_strictly_one_who_is_gone_is_refused_though_the_tag_is_right(self):
        self.apply()
        self.assertEqual(self.recipient(self.tagged(f"removed@{DOMAIN}"))[0], 250, "the map alone lets it in")
        self.apply("--strict")
        self.assertTrue(house.eventually(lambda: self.recipient(self.tagged(f"removed@{DOMAIN}"))[0] == 550))
        self.forged_are_refused()
        code, text = self.recipient(asking.forged(self.tagged()))
        self.assertIn("The tag of this address is not ours", text)
        for options in (" NOTIFY=FAILURE", " ORCPT=rfc822;anna@else.test", " ORCPT=rfc822;a@b NOTIFY=DELAY"):
            self.assertEqual(self.recipient(self.tagged().upper(), options=options)[0], 250)
        self.assertEqual(self.recipient(f"anna@{DOMAIN}", options=" ORCPT=rfc822;x@y")[0], 250)
        self.bounce_here()

    def test_strictly_a_bounce_that_returns_nothing_is_genuine_by_its_tag(self):
        self.apply("--strict")
        name = notices.mark()
        with self.house.stranger() as client:
            client.send("", self.tagged(), notices.bounce(name, b""))
        self.assertIn("genuine", self.house.arrived(name).parsed["Backstop-Verdict"])

    def test_strictly_nobody_waits_while_the_daemon_is_down(self):
        self.apply("--strict")
        tagged = self.tagged()
        self.house.guard.stop()
        self.assertEqual(self.recipient(tagged)[0], 250)
        self.assertEqual(self.recipient(f"nobody@{DOMAIN}")[0], 550)

    def test_remove_leaves_the_map_until_it_is_told_that_no_tag_is_awaited(self):
        self.apply("--strict")
        done = self.backstop("setup", "--remove", "--reload")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("setup --remove --tag none", done.stdout)
        self.assertNotIn("milter.sock", self.value("smtpd_milters"))
        self.assertEqual(self.recipient(self.tagged())[0], 250)
        self.bounce_here()
        before = self.files()
        refused = self.backstop("setup", "--remove", "--tag", "none")
        self.assertEqual(refused.returncode, 1, refused.stdout + refused.stderr)
        self.assertIn("still gives tags to its senders", refused.stderr)
        self.assertEqual(self.files(), before)
        done = self.backstop("setup", "--remove", "--tag", "none", "--force")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.files(), self.original)

    def test_sub_addresses_need_the_delimiter_only(self):
        (self.folder / "main.cf").write_bytes(re.sub(rb"(?m)^recipient_delimiter.*\n", b"", self.original["main.cf"]))
        done = self.backstop("setup", "--apply", "--tag", "subaddress")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(self.value("recipient_delimiter"), "+")
        self.assertNotIn("backstop", self.value("recipient_canonical_maps"))

    def test_maps_of_others_stay(self):
        (self.folder / "main.cf").write_bytes(self.original["main.cf"] + b"recipient_canonical_maps = inline:{a@b.test=c@b.test}\n")
        self.apply()
        self.assertRegex(self.value("recipient_canonical_maps"), r"^pipemap:\{.*\}, inline:\{a@b.test=c@b.test\}$")
        self.assertEqual(self.value("recipient_canonical_classes"), "envelope_recipient, header_recipient")
        self.assertEqual(self.backstop("setup", "--remove", "--tag", "none", "--force").returncode, 0)
        self.assertEqual(self.value("recipient_canonical_maps"), "inline:{a@b.test=c@b.test}")

    def test_a_command_filter_of_another_is_not_replaced(self):
        (self.folder / "main.cf").write_bytes(self.original["main.cf"] + b"smtpd_command_filter = regexp:/etc/postfix/checks\n")
        done = self.backstop("setup", "--apply", "--strict")
        self.assertEqual(done.returncode, 1)
        self.assertIn("takes only one", done.stderr)
        self.assertEqual(self.value("smtpd_command_filter"), "regexp:/etc/postfix/checks")

    def test_strictly_is_refused_where_postfix_takes_no_original_recipient(self):
        for lines in (b"smtpd_discard_ehlo_keyword_address_maps = cidr:{{0.0.0.0/0 silent-discard, dsn}}\n",
                      b"smtpd_discard_ehlo_keywords = etrn, DSN\n"):
            (self.folder / "main.cf").write_bytes(self.original["main.cf"] + lines)
            done = self.backstop("setup", "--apply", "--strict")
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn("would refuse every tagged one", done.stderr)
            self.assertEqual(self.value("smtpd_command_filter"), "")

    def test_setup_says_what_changes_senders_behind_their_tags(self):
        (self.folder / "main.cf").write_bytes(self.original["main.cf"] + b"masquerade_domains = shop.test\n")
        self.assertIn("masquerade_domains may change senders", self.backstop("setup").stdout)

    def test_check_says_that_bounces_are_lost_without_the_map(self):
        self.assertEqual(self.findings()["recipient_canonical_maps"][0], "wrong")
        self.apply()
        after = self.findings()
        self.assertNotIn("recipient_canonical_maps", after)
        self.assertEqual(after["unix:backstop/map.sock"][0], "good")
        self.assertEqual(after["tags"][0], "advice")
        self.house.configuration.write_text(self.house.configuration.read_text() + 'domains."other.test".tag = "prvs"\n')
        try:
            table = [(what, said) for what, said in self.findings().items() if what.endswith("backstop_tagged")]
            self.assertEqual(table[0][1], ("wrong", "is of another configuration"))
        finally:
            text = self.house.configuration.read_text()
            self.house.configuration.write_text(text[:text.index('domains."other.test"')])


    def test_a_probe_sees_what_a_stranger_would(self):
        common = [("good", f"anna@{DOMAIN} is taken"), ("good", "a user who is not there is refused at RCPT")]
        before = self.probed()
        self.assertEqual(before[:2], common)
        self.assertEqual(before[2][0], "wrong")
        self.assertIn("a right tag is refused: 550", before[2][1])
        self.apply()
        self.assertEqual(self.probed(), [*common, ("good", "a right tag is taken"), ("good", "a forged tag is refused"),
                                         ("advice", "a right tag of a user who is gone is taken")])
        self.apply("--strict")
        self.assertTrue(house.eventually(lambda: self.recipient(self.tagged(f"removed@{DOMAIN}"))[0] == 550))
        self.assertEqual(self.probed("--bounce", "gone@else.test"), [
            *common, ("good", "a right tag is taken"), ("good", "a forged tag is refused"),
            ("good", "a right tag of a user who is gone is refused"),
            ("good", "the server's own bounce to a tagged sender is delivered")])

    def test_a_probe_of_no_mail_server_says_so(self):
        done = self.backstop("check", "--offline", "--probe", "--server", f"{loopback.GUARDED}:1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("Connection refused", done.stdout)
        done = self.backstop("check", "--probe", "--server", "here")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--server: wants an IP address and a port", done.stderr)


if __name__ == "__main__":
    house.main()
