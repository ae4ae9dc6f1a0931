"""The manual that was made: that it names all there is, that man has no complaint, and that the completion completes."""
import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
import scdoc_text

MADE = pathlib.Path(os.environ["BACKSTOP_MANUAL"])
PAGES = ["backstop.1", "backstopd.8", "backstop.toml.5", "backstop-token.7"]
FACTS = json.loads((MADE / "facts.json").read_text())
COMPLETE = """\
. "$1/$2"; shift; command=$1; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
"_$command"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def shown(page: str) -> subprocess.CompletedProcess:
    return subprocess.run(["man", "--warnings", "-l", str(MADE / page)], capture_output=True, text=True,
                          env={**os.environ, "MANWIDTH": "1000", "LC_ALL": "C.UTF-8", "MAN_KEEP_FORMATTING": ""})


def commands(command: dict, path: str = ""):
    name = f"{path} {command['name']}".strip()
    yield name, command
    for below in command["commands"]:
        yield from commands(below, name)


def complete(*words: str) -> list[str]:
    done = subprocess.run(["bash", "-c", COMPLETE, "bash", str(MADE / "completions"), words[0], *words],
                          capture_output=True, text=True, check=True)
    return done.stdout.split()


class Pages(unittest.TestCase):
    def test_man_has_no_complaint(self):
        for page in PAGES:
            with self.subTest(page=page):
                done = shown(page)
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_every_option_of_the_configuration_is_there_with_its_text_and_default(self):
        text = " ".join(shown("backstop.toml.5").stdout.split())
        for option in FACTS["options"]:
            self.assertIn(f" {option['key']} ({option['form']}) {' '.join(option['text'].split())}", text)
            self.assertIn("It has no default" if option["default"] == "none" else f"Default: {option['default']}.", text)

    def test_every_metric_is_there_with_its_type_and_help(self):
        text = " ".join(shown("backstopd.8").stdout.split())
        self.assertGreater(len(FACTS["metrics"]), 20)
        for metric in FACTS["metrics"]:
            self.assertIn(f" {metric['name']} ({metric['type']}", text)
            self.assertIn(metric["text"], text)

    def test_every_alarm_is_there_with_what_to_do(self):
        text = " ".join(shown("backstopd.8").stdout.split())
        self.assertGreater(len(FACTS["alarms"]), 10)
        for alarm in FACTS["alarms"]:
            self.assertIn(f" {alarm['name']} {alarm['text']} {alarm['advice']}".replace("`", ""), text.replace("`", ""))

    def test_every_command_and_option_of_the_programs_is_there(self):
        for page, program in (("backstop.1", "backstop"), ("backstopd.8", "backstopd")):
            text = " ".join(shown(page).stdout.split())
            for name, command in commands(FACTS["programs"][program]):
                if not command["commands"]:
                    self.assertIn(name, text)
                    self.assertIn(command["text"].rstrip(".").lower(), text.lower())
                    for option in command["options"]:
                        if "--help" not in option["names"]:
                            self.assertIn(option["text"], text)

    def test_the_page_of_the_token_has_every_part_of_its_description(self):
        text = shown("backstop-token.7").stdout
        source = (pathlib.Path(__file__).resolve().parents[2] / "docs/formats/token.md").read_text()
        for heading in re.findall(r"^## (.*)$", source, re.MULTILINE):
            self.assertIn(heading.upper(), text)
        self.assertIn(r'"backstop token ring\0"', text)
        self.assertIn("24 bits; ring check; whether this ring made the token at all", text)


class Markup(unittest.TestCase):
    def test_what_looks_like_markup_means_itself(self):
        self.assertEqual(scdoc_text.plain("a_b *c* \\"), r"a\_b \*c\* \\")
        self.assertEqual(scdoc_text.plain("- no list"), r"\- no list")

    def test_markdown_keeps_its_meaning(self):
        self.assertEqual(scdoc_text.from_markdown("See `x_y`, **so**, *thus*, [there](a.md).\n"), "See *x\\_y*, *so*, _thus_, there.\n")
        self.assertEqual(scdoc_text.from_markdown("1. a\n2. b\n"), ". a\n. b\n")


class Completion(unittest.TestCase):
    def test_commands_options_and_reasons_are_completed(self):
        self.assertEqual(complete("backstop", "ke"), ["keys"])
        self.assertEqual(sorted(complete("backstop", "keys", "r")), ["retire", "rotate"])
        self.assertIn("--html", complete("backstop", "scan", "--h"))
        self.assertIn("no-proof-of-origin", complete("backstop", "explain", "no-"))
        self.assertEqual(complete("backstopd", "--t"), ["--test-config"])

    def test_files_are_completed_where_files_are_meant(self):
        self.assertEqual(complete("backstop", "read", "/etc/nsswitch"), ["/etc/nsswitch.conf"])
        self.assertEqual(complete("backstop", "read", "--keys", "/etc/nsswitch"), ["/etc/nsswitch.conf"])
        self.assertEqual(complete("backstop", "status", "/etc/nsswitch"), [])


if __name__ == "__main__":
    unittest.main()
