"""`backstop quarantine` on the hold queue of a real Postfix."""

import datetime
import json
import re

import house
import notices
import quarantine_contract

_HOLD = "/^X-Hold:/ HOLD by hand\n"


class PostfixHeld(quarantine_contract.Contract, house.HouseTest):
    @classmethod
    def make_house(cls) -> house.House:
        made = house.House(cls.MODE, "header_checks = regexp:/etc/postfix/hold\n")
        made.postfix.enclosure.write("etc/postfix/hold", _HOLD)
        master = made.folder / "postfix/etc/postfix/master.cf"
        text = master.read_text()
        assert " 60 1 pickup" in text
        master.write_text(text.replace(" 60 1 pickup", " 2 1 pickup"))  # What is queued anew is not waited for.
        made.guard.more["actions.delay.unproven"] = '"quarantine"'
        return made

    def done(self, *command: str) -> str:
        ran = self.enclosure().run([*command])
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return ran.stdout

    def spool(self):
        return self.house.folder / "postfix/var/spool/postfix"

    def held_ids(self) -> set[str]:
        return {path.name for path in self.spool().glob("hold/**/*") if path.is_file()}

    def queued_ids(self) -> set[str]:
        return {json.loads(line)["queue_id"] for line in self.done("postqueue", "-j").splitlines()}

    def hold_by_hand(self) -> str:
        """An unproven bounce, which is only marked, that the administrator's own rule holds."""
        name = notices.mark()
        code, text = self.deliver(b"X-Hold: yes\n" + notices.bounce(name, None))
        self.assertEqual(code, 250, text)
        queue_id = re.search(r"queued as (\w+)", text)[1]
        self.assertTrue(house.eventually(lambda: queue_id in self.held_ids()))
        shown = json.loads(self.command("show", "--json", queue_id).stdout)
        self.assertIn("Backstop-Verdict: unproven", shown["header"])
        return queue_id

    def age(self, queue_id: str, days: int) -> None:
        path = next(path for path in self.spool().glob(f"hold/**/{queue_id}"))
        raw = path.read_bytes()
        stamp = re.search(rb"T.(\d{10}) \d+", raw, re.DOTALL)
        arrived = datetime.datetime.fromtimestamp(int(stamp[1]) - days * 86400, datetime.timezone.utc)
        with open(path, "r+b") as file:
            file.seek(stamp.start(1))
            file.write(b"%d" % int(arrived.timestamp()))
        self.age_in_book(queue_id, arrived)

    def hinder(self) -> None:
        self.done("postconf", "-e", "defer_transports=virtual")
        self.done("postfix", "reload")

    def unhinder(self) -> None:
        self.done("postconf", "-e", "defer_transports=")
        self.done("postfix", "reload")

    def await_deferral(self, name: str) -> None:
        logged = house.eventually(lambda: self.house.postfix.log_lines(r"to=<anna@shop\.test>.*status=(deferred|bounced)"))
        self.assertIn("status=deferred", logged[-1])

    def run_queue(self) -> None:
        self.done("postqueue", "-f")


if __name__ == "__main__":
    house.main()
