"""The canary on a real Postfix: it passes when all is well, nobody gets it, and each way to break the path is found."""

import json
import pathlib
import re
import shutil
import subprocess

import house
from postfix_setup_test import Unguarded
from trees import loopback
from trees.postfix import DOMAIN

RECIPIENT = f"anna@{DOMAIN}"
STRANGER = "192.0.2.77"


class CanaryHouse(Unguarded):
    """Set up by `backstop setup`, with one configuration for daemon and command."""

    def __init__(self):
        super().__init__()
        self.listener = loopback.free_port("127.0.0.1")
        self.configuration = self.folder / "backstop.toml"
        self.etc = self.postfix.enclosure.room / "etc/postfix"

    def configure(self, more: str = "", domain: str = "", keys: pathlib.Path | None = None) -> pathlib.Path:
        since = self.guard.settings()[f'domains."{DOMAIN}".signing_since']
        self.configuration.write_text(
            f'keys.directory = "{keys or self.folder / "state/keys"}"\nstore.directory = "{self.folder}/store"\n'
            f'milter.listen = ["unix:/var/spool/postfix/backstop/milter.sock"]\n'
            f'networks.own = ["127.0.0.1", "{loopback.OWN_CLIENT}"]\n'
            f'canary.listener = "inet:127.0.0.1:{self.listener}"\ncanary.recipient = "{RECIPIENT}"\n'
            f'canary.interval = "1m"\n{more}\n'
            f'domains."{DOMAIN}" = {{ mode = "enforce", coverage = "covered", signing_since = {since}{domain} }}\n')
        return self.configuration

    def start(self) -> None:
        super().start()  # makes the keys
        self.guard.stop()
        self.configure()
        self.guard.configuration = self.configuration
        self.guard.start()
        self.set_up()
        self.originals = {name: (self.etc / name).read_bytes() for name in ("main.cf", "master.cf")}

    def set_up(self, *words: str) -> None:
        done = self.backstop("setup", "--config", str(self.configuration), "--apply", "--reload", *words)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)

    def canary(self) -> dict:
        done = subprocess.run([house.backstop(), "canary", "--json", "--config", self.configuration],
                              capture_output=True, text=True, timeout=120)
        found = json.loads(done.stdout or done.stderr)
        found["exit"] = done.returncode
        return found


class Canary(house.HouseTest):
    house: CanaryHouse

    @classmethod
    def make_house(cls) -> CanaryHouse:
        return CanaryHouse()

    def setUp(self) -> None:
        super().setUp()
        self.assertTrue(house.eventually(self.passes), self.house.canary())

    def tearDown(self) -> None:
        super().tearDown()
        for name, content in self.house.originals.items():
            (self.house.etc / name).write_bytes(content)
        self.house.postfix.enclosure.run(["postfix", "reload"])
        self.house.configure()
        if self.house.guard.alive():
            self.house.guard.reload()
        else:
            self.house.guard.start()

    def passes(self) -> bool:
        return self.house.canary()["exit"] == 0

    def write(self, name: str, change) -> None:
        """Another main.cf or master.cf, in force."""
        path = self.house.etc / name
        path.write_text(change(path.read_text()))
        done = self.house.postfix.enclosure.run(["postfix", "reload"])
        self.assertEqual(done.returncode, 0, done.stderr)

    def set(self, **parameters: str) -> None:
        def change(text: str) -> str:
            for name, value in parameters.items():
                text = re.sub(rf"(?m)^{name} *=.*\n([ \t#].*\n)*", "", text) + f"{name} = {value}\n"
            return text
        self.write("main.cf", change)

    def reload_daemon(self, **what) -> None:
        self.house.configure(**what)
        before = len(self.house.guard.lines("the new configuration is in force"))
        self.house.guard.reload()
        self.assertTrue(house.eventually(
            lambda: len(self.house.guard.lines("the new configuration is in force")) > before))

    def finds(self, twin: str | None, outcome: str, cause: str) -> None:
        """The canary names this step as the first that fails, and why."""
        found = {}

        def told() -> bool:
            found.update(self.house.canary())
            wrong = [step for step in found["steps"] if step["outcome"] != "passed"]
            return (found["exit"] == 1 and found["outcome"] == outcome and bool(wrong) and wrong[0]["twin"] == twin
                    and re.search(cause, wrong[0]["cause"]) is not None and bool(wrong[0]["todo"]))
        self.assertTrue(house.eventually(told, 15), json.dumps(found, indent=1))

    def test_both_get_the_right_answer_and_nobody_gets_them(self):
        mailed = len(self.house.postfix.delivered())
        for _ in range(4):
            lines = len(self.house.guard.judged())
            found = self.house.canary()
            judged = self.house.guard.judged()[lines:]
            if len(judged) == 2:
                break  # Else the daemon's own, which comes each minute here, came between.
        self.assertEqual([(step["twin"], step["outcome"]) for step in found["steps"]],
                         [(None, "passed"), ("genuine", "passed"), ("forged", "passed")])
        self.assertRegex(found["steps"][1]["answered"], "^250 .*genuine")
        self.assertRegex(found["steps"][2]["answered"], "^550 5.7.1 .*forged")
        self.assertEqual(len(self.house.postfix.delivered()), mailed)
        self.assertEqual(len(judged), 2)
        self.assertEqual({line["direction"] for line in judged}, {"canary"})
        self.assertEqual({line["client"] for line in judged}, {STRANGER})
        told = subprocess.run([house.backstop(), "why", "--to", RECIPIENT, "--json", "--config",
                                  self.house.configuration], capture_output=True, text=True, timeout=60).stdout
        self.assertIn('"direction":"canary"', told)

    def test_in_observe_forged_is_told_and_nothing_refused(self):
        self.house.configure()
        text = self.house.configuration.read_text().replace('"enforce"', '"observe"')
        self.house.configuration.write_text(text)
        self.house.guard.reload()
        self.assertTrue(house.eventually(
            lambda: re.search("^250 .*forged", self.house.canary()["steps"][-1]["answered"])))
        mailed = len(self.house.postfix.delivered())
        self.assertTrue(self.passes())
        self.assertEqual(len(self.house.postfix.delivered()), mailed)

    def test_setup_a_second_time_does_nothing_and_removal_takes_the_listener_out(self):
        done = self.house.backstop("setup", "--config", str(self.house.configuration))
        self.assertIn("Nothing to do", done.stdout)
        master = (self.house.etc / "master.cf").read_text()
        self.assertIn(f"127.0.0.1:{self.house.listener} inet n - n - - smtpd\n", master)
        self.write("master.cf", lambda text: text + "# somebody was here\n")
        done = self.house.backstop("setup", "--config", str(self.house.configuration), "--remove", "--dry-run")
        self.assertIn(f"-127.0.0.1:{self.house.listener} inet", done.stdout)
        self.assertIn("-# Backstop's canary enters here", done.stdout)

    # --- ways to break it ---

    def test_a_milter_taken_out_of_main_cf_is_found(self):
        self.set(smtpd_milters="")
        self.finds("genuine", "wrong", "was not asked")

    def test_a_daemon_that_is_down_is_found(self):
        self.house.guard.stop()
        self.finds("genuine", "wrong", "nobody answers at its socket")

    def test_a_daemon_that_is_down_where_mail_then_waits_is_found(self):
        self.set(milter_default_action="tempfail", smtpd_milters="unix:backstop/milter.sock")
        self.house.guard.stop()
        self.finds("genuine", "unreached", "")

    def test_milters_switched_off_for_smtp_are_found(self):
        self.set(receive_override_options="no_milters")
        self.finds("genuine", "wrong", "was not asked")

    def test_a_token_taken_out_of_what_is_returned_is_found(self):
        (self.house.etc / "strip").write_text("/^Backstop-Token:/ IGNORE\n")
        self.set(nested_header_checks="regexp:/etc/postfix/strip")
        self.finds("genuine", "wrong", "nested_header_checks")

    def test_a_key_that_the_daemon_does_not_know_is_found(self):
        other = self.house.folder / "other-keys"
        shutil.rmtree(other, ignore_errors=True)
        shutil.copytree(self.house.folder / "state/keys", other)
        done = subprocess.run([house.backstop(), "keys", "rotate", "--keys", other], capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.house.configure(keys=other)
        self.finds("genuine", "wrong", "other keys")

    def test_a_listener_that_is_gone_is_found(self):
        self.write("master.cf", lambda text: re.sub(
            rf"(?m)^127.0.0.1:{self.house.listener} .*\n( .*\n)*", "", text))
        self.finds(None, "unreached", "nobody listens")

    def test_a_peer_that_covers_strangers_is_found(self):
        self.reload_daemon(more='peers."192.0.2.0/24".treat = "never_judge"')
        self.finds("forged", "wrong", "peers, allow")

    def test_an_address_that_nobody_judges_is_found(self):
        self.reload_daemon(more=f'addresses."{RECIPIENT}".mode = "off"')
        self.finds("genuine", "wrong", "mode off")

    def test_a_rule_against_the_null_sender_is_found(self):
        self.set(smtpd_sender_restrictions="check_sender_access static:reject")
        self.finds("genuine", "wrong", "before Backstop is asked")

    def test_refusals_that_are_softened_are_found(self):
        self.set(soft_bounce="yes")
        self.finds("forged", "unreached", "puts mail off")

    def test_a_map_of_tags_that_is_gone_is_found(self):
        self.house.configure(domain=', tag = "prvs"')
        self.house.guard.stop()
        self.house.guard.start()
        self.house.set_up("--tag", "prvs")
        self.assertTrue(house.eventually(self.passes), self.house.canary())
        self.assertEqual([step["twin"] for step in self.house.canary()["steps"]],
                         [None, "genuine", "tag", "tag", "forged"])
        self.set(recipient_canonical_maps="")
        self.finds("tag", "wrong", "map that takes tags off")


    # --- what the daemon does by itself ---

    def test_it_passes_by_itself_and_alarms_within_its_interval(self):
        state = self.house.folder / "store/canary"
        self.assertTrue(house.eventually(lambda: "outcome passed" in state.read_text(), 90), state.read_text())
        before = len(self.house.guard.lines("alarm: the canary fails"))
        self.set(smtpd_milters="")
        self.assertTrue(house.eventually(
            lambda: len(self.house.guard.lines("alarm: the canary fails: genuine bounce")) > before, 180))
        done = subprocess.run([house.backstop(), "status", "--config", self.house.configuration], capture_output=True,
                              text=True, timeout=60)
        self.assertIn("The canary fails since", done.stdout)


if __name__ == "__main__":
    house.main()
