"""`backstop quarantine` on what a real Sendmail has quarantined."""

import pathlib

import doors_sendmail_test
import house
import notices
import quarantine_contract


class SendmailHeld(quarantine_contract.Contract, house.HouseTest):
    @classmethod
    def make_house(cls) -> doors_sendmail_test.SendmailHouse:
        made = doors_sendmail_test.SendmailHouse("none")
        # The tree's Sendmail gives up after seconds, so that its bounces are seen; here as everywhere else.
        macros = made.folder / "sendmail/etc/mail/gateway.mc"
        text = macros.read_text()
        assert "`confTO_QUEUERETURN', `3s'" in text
        macros.write_text(text.replace("`confTO_QUEUERETURN', `3s'", "`confTO_QUEUERETURN', `5d'"))
        return made

    def done(self, *command: str) -> str:
        ran = self.enclosure().run([*command])
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return ran.stdout

    def queue(self) -> pathlib.Path:
        return self.house.folder / "sendmail/var/spool/mqueue"

    def held_ids(self) -> set[str]:
        return {path.name[2:] for path in self.queue().glob("hf*")}

    def queued_ids(self) -> set[str]:
        return {path.name[2:] for path in self.queue().glob("[qh]f*")}

    def hold_by_hand(self) -> str:
        """An unproven bounce, which is only marked, that waits and is quarantined by the administrator."""
        self.hinder()
        code, text = self.deliver(notices.bounce(notices.mark(), None))
        self.assertEqual(code, 250, text)
        queue_id = text.split()[1]
        self.assertTrue(house.eventually(lambda: self.house.sendmail.log_lines(f"{queue_id}: .*stat=Deferred")))
        self.done("sendmail", "-Qbyhand", f"-qI{queue_id}")
        self.unhinder()
        self.assertTrue(house.eventually(lambda: queue_id in self.held_ids()))
        return queue_id

    def age(self, queue_id: str, days: int) -> None:
        self.age_in_file(queue_id, self.queue() / f"hf{queue_id}", rb"(?m)^T(\d{10})$", days)

    def _deliver(self) -> pathlib.Path:
        return self.house.folder / "sendmail/etc/mail/deliver"

    def hinder(self) -> None:
        text = self._deliver().read_text()
        self._deliver().write_text(text.replace("umask 077\n", "exit 75\numask 077\n"))

    def unhinder(self) -> None:
        self._deliver().write_text(self._deliver().read_text().replace("exit 75\n", ""))

    def await_deferral(self, name: str) -> None:
        lines = r"to=<anna@shop\.test>.*(stat=Deferred|stat=Service unavailable|Message could not be)"
        logged = house.eventually(lambda: self.house.sendmail.log_lines(lines))
        self.assertIn("stat=Deferred", logged[-1])

    def run_queue(self) -> None:
        # However busy the host is. The second: what programs on the host handed in.
        self.done("sendmail", "-q", "-OQueueLA=1000", "-ORefuseLA=1000")
        self.done("sendmail", "-Ac", "-q", "-OQueueLA=1000", "-ORefuseLA=1000")


if __name__ == "__main__":
    house.main()
