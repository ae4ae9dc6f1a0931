"""Mailboxes as the servers leave them: what was delivered, byte for byte."""

import email
import email.message
import email.policy
import pathlib


class Delivered:
    """One delivered message: `raw` as it lies in the mailbox (LF line ends), `parsed` for a look inside."""

    def __init__(self, path: pathlib.Path):
        self.path = path
        self.raw = path.read_bytes()
        self.parsed: email.message.Message = email.message_from_bytes(self.raw, policy=email.policy.compat32)

    def header_names(self) -> list[str]:
        return [name.lower() for name in self.parsed.keys()]

    def verdict(self) -> str:
        """The first word of Backstop-Verdict, or "" when there is none (or more than one)."""
        found = self.parsed.get_all("Backstop-Verdict", [])
        return found[0].split(";")[0].strip() if len(found) == 1 else ""

    def holds(self, text: str) -> bool:
        return text.encode() in self.raw


class Maildir:
    """A Maildir read while a server delivers into it; each message is read once and kept."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self._read: dict[str, Delivered] = {}

    def messages(self) -> list[Delivered]:
        new = self.folder / "new"
        for path in sorted(new.iterdir()) if new.is_dir() else []:
            if path.name not in self._read:
                self._read[path.name] = Delivered(path)
        return list(self._read.values())


def mail_folders(folder: pathlib.Path, cache: dict[str, Maildir]) -> list[Delivered]:
    """Every message in the Maildirs that lie directly below `folder`. `cache` carries what was read before."""
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        found += cache.setdefault(path.name, Maildir(path)).messages()
    return found
