"""Neighbours of a guarded Postfix, set up by the very lines that docs/neighbours tells an operator to write."""

import json
import re
import tomllib

import house
from trees import loopback
from trees.client import Client

_STEPS = re.compile(r"^```\n((?:\w+: .+\n)+)```", re.MULTILINE)
_FENCE = re.compile(r"^(?:On the (\w+) server, )?`(/[^`]+)`[^\n]*:\n\n```\n(.*?)```", re.DOTALL | re.MULTILINE)


class Page:
    """One page of docs/neighbours: what it says for each file, with the names of this house for those in the text.

    `without` leaves out the one line that begins so, to show what it is there for.
    """

    def __init__(self, name: str, names: dict[str, str], without: str = ""):
        text = (house.ROOT / "docs/neighbours" / f"{name}.md").read_text()
        self._files: dict[str, str] = {}
        self._steps: list[str] = _STEPS.findall(text)
        left_out = 0
        for server, file, said in _FENCE.findall(text):
            path = f"{server} {file}".strip()
            kept = [line for line in said.splitlines(True) if not without or not line.strip().startswith(without)]
            left_out += len(said.splitlines()) - len(kept)
            self._files[path] = self._files.get(path, "") + "".join(kept)
        assert left_out == (1 if without else 0), f"{without} stands {left_out} times in {name}.md"
        for theirs, ours in names.items():
            assert theirs in text, f"{theirs} is not in {name}.md"
        for theirs, ours in {"example.com": "shop.test", **names}.items():
            self._files = {path: said.replace(theirs, ours) for path, said in self._files.items()}

    def lines(self, path: str) -> str:
        """What the page has an operator write into this file, after the name of its server where there are several."""
        return self._files[path]

    def steps(self) -> list[list[tuple[str, list[str]]]]:
        """Block by block the commands that an operator gives: each with the name of its server."""
        return [[(server, command.split()) for server, command in (line.split(": ", 1) for line in block.splitlines())]
                for block in self._steps]

    def settings(self, path: str = "/etc/backstop/backstop.toml") -> dict[str, str]:
        """What it has an operator write into Backstop's configuration, as Guard takes it."""
        tables = tomllib.loads(self._files[path])
        return _options(tables)


class House(house.House):
    """A house whose Postfix runs in a tree with its neighbours; `beside` are commands that start them there."""

    def __init__(self, more: str = "", services: str = "", beside: list[list[str]] | None = None):
        super().__init__("enforce", more, services, "neighbours")
        self.beside = beside or []

    def start(self) -> None:
        super().start()
        for command in self.beside:
            # A daemon that keeps its parent's output open would be waited for.
            done = self.run("sh", "-c", '"$@" >/tmp/said 2>&1 </dev/null', "sh", *command)
            said = self.run("cat", "/tmp/said").stdout
            assert done.returncode == 0, f"{' '.join(command)}: {said}"

    def run(self, *command: str):
        return self.postfix.enclosure.run([*command])

    def sender_of(self, mark: str) -> str:
        """The envelope sender under which the message with that mark left, by Postfix's log."""
        queue_id = re.search(r"\(Postfix\) with \w+ id (\w+)", self.left(mark)).group(1)
        line = house.eventually(lambda: self.postfix.log_lines(rf"qmgr\[\d+\]: {queue_id}: from="))
        return re.search(r"from=<([^>]*)>", line[0]).group(1)

    def hand_in(self, content: bytes, recipient: str, sender: str = "",
                client: str = loopback.STRANGERS[0]) -> tuple[int, str]:
        """A stranger's message, and the last answer to it: to RCPT when that refuses, else to its end."""
        with Client(client, (loopback.GUARDED, self.postfix.port)) as smtp:
            smtp.command("EHLO mx.else.test")
            smtp.command(f"MAIL FROM:<{sender}>")
            code, text = smtp.command(f"RCPT TO:<{recipient}>")
            return smtp.data(content) if code == 250 else (code, text)


def _options(table: dict, above: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        path = above + (key if key.replace("_", "").isalnum() else f'"{key}"')
        found |= _options(value, path + ".") if isinstance(value, dict) else {path: json.dumps(value)}
    return found


def free_ports(number: int, address: str = "127.0.0.1") -> list[str]:
    return [str(loopback.free_port(address)) for _ in range(number)]
