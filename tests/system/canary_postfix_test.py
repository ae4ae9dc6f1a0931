"""The canary on a real Postfix: it passes when all is well, nobody gets it, and each way to break the path is found."""

import concurrent.futures
import json
import pathlib
import re
import shutil
import subprocess

import house
import notices
from neighbour_milter import NeighbourMilter
from postfix_setup_test import Unguarded
from trees import loopback
from trees.client import Client
from trees.postfix import DOMAIN

RECIPIENT = f"backstop-canary@{DOMAIN}"
STRANGER = "192.0.2.77"
SOCKET = "unix:backstop/milter.sock"
# Breaks that fit into the options of one service: each gets a listener of its own beside setup's, so that all of them
# are tried at the same time.
SERVICES = {
    "no milters": "receive_override_options=no_milters",
    "null sender": "smtpd_sender_restrictions=check_sender_access,static:reject",
    "soft": "soft_bounce=yes",
    "stripped": "cleanup_service_name=stripping",
    "token taken": "smtpd_milters={neighbour},{ours}",
    "token changed": "smtpd_milters={neighbour},{ours}",
    "token folded": "smtpd_milters={neighbour},{ours}",
    "pass taken": "smtpd_milters={neighbour},{ours}",
}
STRIPPING = """\
stripping unix n - n - 0 cleanup
  -o nested_header_checks=regexp:/etc/postfix/strip
"""


class CanaryHouse(Unguarded):
    """Set up by `backstop setup`, with one configuration for daemon and command."""

    def __init__(self):
        super().__init__()
        self.listener = loopback.free_port("127.0.0.1")
        self.configuration = self.folder / "backstop.toml"
        self.etc = self.postfix.enclosure.room / "etc/postfix"
        self.neighbours = {name: NeighbourMilter() for name, option in SERVICES.items() if "{neighbour}" in option}
        self.ports = {name: loopback.free_port("127.0.0.1") for name in SERVICES}

    def configure(self, more: str = "", keys: pathlib.Path | None = None) -> None:
        self.configuration.write_text(self.content(more, keys))

    def content(self, more: str = "", keys: pathlib.Path | None = None, listener: int = 0, tag: str = ', tag = "prvs"') -> str:
        since = self.guard.settings()[f'domains."{DOMAIN}".signing_since']
        return (
            f'keys.directory = "{keys or self.folder / "state/keys"}"\nstore.directory = "{self.folder}/store"\n'
            f'milter.listen = ["unix:/var/spool/postfix/backstop/milter.sock"]\n'
            f'networks.own = ["127.0.0.1", "{loopback.OWN_CLIENT}"]\n'
            f'canary.listener = "inet:127.0.0.1:{listener or self.listener}"\n'
            f'canary.interval = "1m"\n{more}\n'
            f'domains."{DOMAIN}" = {{ mode = "enforce", coverage = "covered", signing_since = {since}{tag} }}\n')

    def start(self) -> None:
        for neighbour in self.neighbours.values():
            neighbour.start()
        super().start()  # makes the keys
        self.guard.stop()
        self.configure()
        self.guard.configuration = self.configuration
        self.guard.start()
        self.set_up("--tag", "prvs")
        self.add_services()
        self.originals = {name: (self.etc / name).read_bytes() for name in ("main.cf", "master.cf")}

    def stop(self, keep: bool) -> None:
        super().stop(keep)
        for neighbour in self.neighbours.values():
            neighbour.stop()

    def add_services(self) -> None:
        """The listeners of SERVICES, each like the one that setup made."""
        (self.etc / "strip").write_text("/^Backstop-Token:/ IGNORE\n")
        self.neighbours["token taken"].change = lambda body: re.sub(rb"(?m)^Backstop-Token:.*\r?\n", b"", body)
        self.neighbours["token changed"].change = lambda body: re.sub(
            rb"(?m)^(Backstop-Token: .{40})(.)", lambda m: m[1] + (b"a" if m[2] == b"b" else b"b"), body)
        self.neighbours["token folded"].change = lambda body: body.replace(b"Backstop-Token: ", b"BACKSTOP-TOKEN:\t")
        self.neighbours["pass taken"].removed = ["Backstop-Canary"]
        master = (self.etc / "master.cf").read_text()
        like = re.search(rf"(?m)^127.0.0.1:{self.listener} .*\n(  .*\n)*", master)[0]
        for name, option in SERVICES.items():
            neighbour = self.neighbours[name].endpoint if name in self.neighbours else ""
            master += (like.replace(f":{self.listener} ", f":{self.ports[name]} ", 1)
                       + f"  -o {option.format(neighbour=neighbour, ours=SOCKET)}\n")
            self.own_configuration(name).write_text(self.content(listener=self.ports[name], tag=""))
        (self.etc / "master.cf").write_text(master + STRIPPING)
        self.postfix.enclosure.run(["postfix", "reload"])

    def own_configuration(self, name: str) -> pathlib.Path:
        return self.folder / f"{name}.toml"

    def set_up(self, *words: str) -> None:
        done = self.backstop("setup", "--config", str(self.configuration), "--apply", "--reload", *words)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)

    def canary(self, configuration: pathlib.Path | None = None) -> dict:
        root = [] if configuration else ["--root", str(self.postfix.enclosure.tree)]
        done = self.inside(str(house.backstop()), "canary", "--json", "--config",
                           str(configuration or self.configuration), *root)
        found = json.loads(done.stdout or done.stderr)
        found["exit"] = done.returncode
        return found


class Canary(house.HouseTest):
    house: CanaryHouse

    @classmethod
    def make_house(cls) -> CanaryHouse:
        return CanaryHouse()

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        house.eventually(lambda: cls.house.canary()["exit"] == 0)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            cls.found = dict(zip(SERVICES, pool.map(
                lambda name: cls.house.canary(cls.house.own_configuration(name)), SERVICES)))

    def tearDown(self) -> None:
        """Mends what the test broke; that it passes again each next test finds, since it sees its own break alone."""
        super().tearDown()
        changed = [name for name, content in self.house.originals.items()
                   if (self.house.etc / name).read_bytes() != content]
        for name in changed:
            (self.house.etc / name).write_bytes(self.house.originals[name])
        if changed:
            self.house.postfix.enclosure.run(["postfix", "reload"])
        written = self.house.configuration.read_text()
        self.house.configure()
        if not self.house.guard.alive():
            self.house.guard.start()
        elif written != self.house.configuration.read_text():
            self.reload_daemon()

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

    @staticmethod
    def blames(found: dict, twin: str | None, outcome: str, cause: str) -> bool:
        wrong = [step for step in found["steps"] if step["outcome"] != "passed"]
        return (found["exit"] == 1 and found["outcome"] == outcome and bool(wrong) and wrong[0]["twin"] == twin
                and re.search(cause, wrong[0]["cause"]) is not None and bool(wrong[0]["todo"]))

    def finds(self, twin: str | None, outcome: str, cause: str) -> None:
        """The canary names this step as the first that fails, and why."""
        found = {}

        def told() -> bool:
            found.update(self.house.canary())
            return self.blames(found, twin, outcome, cause)
        self.assertTrue(house.eventually(told, 15), json.dumps(found, indent=1))

    def found_by_service(self, name: str, twin: str | None, outcome: str, cause: str) -> None:
        """The same of the listener with this break."""
        self.assertTrue(self.blames(self.found[name], twin, outcome, cause), json.dumps(self.found[name], indent=1))

    def test_both_get_the_right_answer_and_nobody_gets_them(self):
        mailed = len(self.house.postfix.delivered())
        for _ in range(4):
            lines = len(self.house.guard.judged())
            found = self.house.canary()
            judged = self.house.guard.judged()[lines:]
            if len(judged) == 2:
                break  # Else the daemon's own, which comes each minute here, came between.
        self.assertEqual([(step["twin"], step["outcome"]) for step in found["steps"]],
                         [(None, "passed"), ("genuine", "passed"), ("tag", "passed"), ("tag", "passed"), ("forged", "passed")])
        self.assertRegex(found["steps"][1]["answered"], "^250 .*genuine")
        self.assertRegex(found["steps"][-1]["answered"], "^550 5.7.1 .*forged")
        self.assertEqual(len(self.house.postfix.delivered()), mailed)
        self.assertEqual(len(judged), 2)
        self.assertEqual({line["direction"] for line in judged}, {"canary"})
        self.assertEqual({line["client"] for line in judged}, {STRANGER})
        told = subprocess.run([house.backstop(), "why", "--to", RECIPIENT, "--json", "--config",
                                  self.house.configuration], capture_output=True, text=True, timeout=60).stdout
        self.assertIn('"direction":"canary"', told)

    def test_in_observe_forged_is_told_and_nothing_refused(self):
        text = self.house.configuration.read_text().replace('"enforce"', '"observe"')
        self.house.configuration.write_text(text)
        self.house.guard.reload()
        self.assertTrue(house.eventually(
            lambda: re.search("^250 .*forged", self.house.canary()["steps"][-1]["answered"])))
        mailed = len(self.house.postfix.delivered())
        found = self.house.canary()
        self.assertEqual(found["exit"], 0, json.dumps(found, indent=1))
        self.assertEqual([step["twin"] for step in found["steps"]], [None, "genuine", "tag", "forged"])
        self.assertEqual(len(self.house.postfix.delivered()), mailed)

    def test_a_login_claimed_at_the_listener_makes_nobody_one_of_ours(self):
        name = notices.mark()
        with Client("127.0.0.1", ("127.0.0.1", self.house.listener), helo="mx.else.test") as client:
            client.command("EHLO mx.else.test")
            self.assertEqual(client.command(f"XCLIENT ADDR={STRANGER} LOGIN=anna@{DOMAIN}")[0], 220)
            client.command("EHLO mx.else.test")
            self.assertEqual(client.command(f"MAIL FROM:<anna@{DOMAIN}>")[0], 250)
            self.assertEqual(client.command(f"RCPT TO:<{house.ABROAD}>")[0], 554, "a way out for strangers")
            self.assertEqual(client.command(f"RCPT TO:<ben@{DOMAIN}>")[0], 250)
            code, text = client.data(notices.letter(f"anna@{DOMAIN}", f"ben@{DOMAIN}", name))
            self.assertEqual(code, 250, text)
        self.assertNotIn("backstop-token", self.house.arrived(name, "ben").header_names())
        self.assertFalse([line for line in self.house.guard.judged() if name in json.dumps(line)
                          and line["direction"] == "outgoing"])

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

    def test_a_daemon_that_is_down_is_found(self):
        self.house.guard.stop()
        self.finds("genuine", "wrong", "nobody answers at its socket")

    def test_a_daemon_that_is_down_where_mail_then_waits_is_found(self):
        self.set(milter_default_action="tempfail", smtpd_milters=SOCKET)
        self.house.guard.stop()
        self.finds("genuine", "unreached", "")

    def test_a_public_service_that_was_changed_after_setup_is_found_and_setup_has_the_listener_follow(self):
        self.write("master.cf", lambda text: re.sub(
            rf"(?m)^({re.escape(loopback.GUARDED)}:{self.house.postfix.port} .*\n)", r"\1  -o smtpd_milters=\n", text))
        self.finds(None, "wrong", "strangers meet other rules")
        self.house.set_up()
        self.finds("genuine", "wrong", "was not asked")

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

    def test_a_map_of_tags_that_is_gone_is_found(self):
        self.set(recipient_canonical_maps="")
        self.finds("tag", "wrong", "map that takes tags off")

    def test_milters_switched_off_for_smtp_are_found(self):
        self.found_by_service("no milters", "genuine", "wrong", "was not asked")

    def test_a_rule_against_the_null_sender_is_found(self):
        self.found_by_service("null sender", "genuine", "wrong", "before Backstop is asked")

    def test_refusals_that_are_softened_are_found(self):
        self.found_by_service("soft", "forged", "unreached", "puts mail off")

    def test_a_token_taken_out_of_what_is_returned_is_found(self):
        self.found_by_service("stripped", "genuine", "wrong", "nested_header_checks")

    def test_a_neighbour_that_takes_the_token_out_of_what_is_returned_is_found(self):
        self.found_by_service("token taken", "genuine", "wrong", "a milter before Backstop")

    def test_a_neighbour_that_changes_the_token_is_found(self):
        self.found_by_service("token changed", "genuine", "wrong", "changes returned headers")

    def test_a_neighbour_that_spells_the_field_otherwise_does_no_harm(self):
        self.assertEqual(self.found["token folded"]["exit"], 0, self.found["token folded"])

    def test_a_neighbour_that_takes_the_pass_off_is_found(self):
        self.found_by_service("pass taken", "genuine", "wrong", "its pass was not taken")

    # --- what the daemon does by itself ---

    def test_a_milter_taken_out_of_main_cf_is_found_and_the_daemon_alarms_by_itself(self):
        state = self.house.folder / "store/canary"
        self.assertTrue(house.eventually(lambda: state.exists() and "outcome passed" in state.read_text(), 90))
        before = len(self.house.guard.lines("alarm: the canary fails"))
        self.set(smtpd_milters="")
        self.reload_daemon()  # Else it comes within the interval, which is longer than a test should last.
        self.finds("genuine", "wrong", "was not asked")
        self.assertTrue(house.eventually(
            lambda: len(self.house.guard.lines("alarm: the canary fails: genuine bounce")) > before, 180))
        done = subprocess.run([house.backstop(), "status", "--config", self.house.configuration], capture_output=True,
                              text=True, timeout=60)
        self.assertIn("The canary fails since", done.stdout)


if __name__ == "__main__":
    house.main()
