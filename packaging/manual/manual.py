#!/usr/bin/env python3
"""Makes the manual pages and the completion of bash from the facts that manual_facts prints.

    manual.py --facts FILE --token docs/formats/token.md --scdoc PROGRAM --out FOLDER

What a table knows comes from the table; NAME.SECTION.scd.in beside this file holds the words around it.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

sys.dont_write_bytecode = True
import completion  # noqa: E402
import scdoc_text as scd  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
# An option that at least so many commands declare alike is described once.
COMMON_FROM = 4
TOKEN_HEAD = """backstop-token(7)

# NAME

backstop-token - the line that proves what was sent

# DESCRIPTION

"""


def leaves(command: dict, path: str = "") -> list[tuple[str, dict]]:
    """Every command that does something, with its whole name."""
    name = f"{path} {command['name']}".strip()
    if not command["commands"]:
        return [(name, command)]
    return [leaf for below in command["commands"] for leaf in leaves(below, name)]


def type_of(option: dict) -> str:
    return option["type"].partition(":")[0]


def is_help(option: dict) -> bool:
    return "--help" in option["names"] or "--version" in option["names"]


def render_option(option: dict) -> str:
    if option["positional"]:
        head = scd.underlined(option["names"] + ("..." if option["many"] else ""))
    else:
        head = ", ".join(scd.bold(name) for name in option["names"].split(","))
        if option["type"]:
            head += " " + scd.underlined(type_of(option))
    text = scd.plain(option["text"])
    if option["default"]:
        text += f" (default: {scd.plain(option['default'])})"
    return scd.item(head, text + ".")


def examples_of(command: dict) -> list[str]:
    return [line.strip() for line in command["footer"].splitlines() if line.startswith("  ")]


def common_options(program: dict) -> list[dict]:
    everywhere = [option for _, command in leaves(program) for option in command["options"] if not is_help(option)]
    return [option for at, option in enumerate(everywhere)
            if everywhere.count(option) >= COMMON_FROM and option not in everywhere[:at]]


def render_commands(program: dict) -> str:
    common = common_options(program)
    out = []
    groups = {f"backstop {command['name']}": command for command in program["commands"] if command["commands"]}
    for name, command in leaves(program):
        own = [option for option in command["options"] if not is_help(option) and option not in common]
        words = [scd.bold(name)]
        if any(not option["positional"] for option in command["options"]):
            words.append(f"[{scd.underlined('OPTIONS')}]")
        for option in own:
            if option["positional"]:
                shown = scd.underlined(option["names"]) + ("..." if option["many"] else "")
                words.append(shown if option["required"] else f"[{shown}]")
        group = groups.get(name.rsplit(" ", 1)[0])
        out.append(f"## {scd.plain(name)}\n\n{' '.join(words)}\n\n{scd.plain(command['text'])}.\n")
        out += [render_option(option) for option in own]
        # A command of a group shows the examples of the group that are its own.
        examples = [line for line in examples_of(command) if group is None or line.startswith(name)]
        if examples:
            out.append(scd.literal(examples))
    return "\n".join(out)


def render_toml(options: list[dict]) -> str:
    out = []
    for option in options:
        text = f"({scd.plain(option['form'])}) {scd.plain(' '.join(option['text'].split()))}"
        text += f" Default: {scd.plain(option['default'])}." if option["default"] != "none" else " It has no default."
        if option["example"]:
            text += f" Example: {scd.plain(option['example'])}"
        out.append(scd.item(scd.bold(option["key"]), text))
    return "\n".join(out)


def render_metrics(metrics: list[dict]) -> str:
    out = []
    for metric in metrics:
        labels = f" by {', '.join(metric['labels'])}" if metric["labels"] else ""
        out.append(scd.item(scd.bold(metric["name"]), scd.plain(f"({metric['type']}{labels}) {metric['text']}")))
    return "\n".join(out)


def render_alarms(alarms: list[dict]) -> str:
    return "\n".join(scd.item(scd.bold(alarm["name"]), scd.plain(f"{alarm['text']} {alarm['advice']}")) for alarm in alarms)


def fill(name: str, values: dict[str, str]) -> str:
    text = (HERE / f"{name}.scd.in").read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value.rstrip("\n"))
    left = re.search(r"@[A-Z_]+@", text)
    if left:
        sys.exit(f"{name}.scd.in: nothing is known of {left[0]}")
    return text


def render_token(markdown: str) -> str:
    body = markdown.partition("\n")[2].lstrip("\n")  # Without its title.
    return TOKEN_HEAD + scd.from_markdown(body) + "\n# SEE ALSO\n\n*backstop*(1), *backstopd*(8), *backstop.toml*(5)\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("facts", "token", "scdoc", "out"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    facts = json.loads(pathlib.Path(arguments.facts).read_text(encoding="utf-8"))
    backstop, backstopd = facts["programs"]["backstop"], facts["programs"]["backstopd"]
    pages = {
        "backstop.1": fill("backstop.1", {
            "COMMANDS": render_commands(backstop),
            "COMMON_OPTIONS": "\n".join(map(render_option, common_options(backstop))),
            "EXAMPLES": "\n".join(examples_of(backstop))}),
        "backstopd.8": fill("backstopd.8", {
            "OPTIONS": "\n".join(map(render_option, backstopd["options"])),
            "METRICS": render_metrics(facts["metrics"]),
            "ALARMS": render_alarms(facts["alarms"]),
            "EXAMPLES": "\n".join(examples_of(backstopd))}),
        "backstop.toml.5": fill("backstop.toml.5", {"OPTIONS": render_toml(facts["options"])}),
        "backstop-token.7": render_token(pathlib.Path(arguments.token).read_text(encoding="utf-8")),
    }
    out = pathlib.Path(arguments.out)
    for name, text in pages.items():
        made = subprocess.run([arguments.scdoc], input=text.encode(), capture_output=True)
        if made.returncode != 0:
            (out / f"{name}.scd").write_text(text, encoding="utf-8")
            sys.exit(f"{name}: {made.stderr.decode().strip()}; its source is {out / name}.scd")
        (out / name).write_bytes(made.stdout)
    for name, program in facts["programs"].items():
        (out / "completions" / name).write_text(completion.render(program, facts["reasons"]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
