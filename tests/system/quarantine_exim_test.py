"""`backstop quarantine` on what a real Exim has frozen."""

import pathlib
import re

import doors_exim_test
import house
import notices
import quarantine_contract


class EximHeld(quarantine_contract.Contract, house.HouseTest):
    @classmethod
    def make_house(cls) -> doors_exim_test.EximHouse:
        return doors_exim_test.EximHouse("none")

    def done(self, *command: str) -> str:
        ran = self.enclosure().run([*command])
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return ran.stdout

    def entries(self) -> list[str]:
        return [line for line in self.done("exim4", "-bpr").splitlines() if re.match(r" *\d+[a-z] ", line)]

    def held_ids(self) -> set[str]:
        return {line.split()[2] for line in self.entries() if line.endswith("*** frozen ***")}

    def queued_ids(self) -> set[str]:
        return {line.split()[2] for line in self.entries()}

    def hold_by_hand(self) -> str:
        """An unproven bounce, which is only marked, that waits and is frozen by the administrator."""
        self.hinder()
        code, text = self.deliver(notices.bounce(notices.mark(), None))
        self.assertEqual(code, 250, text)
        queue_id = re.search(r"id=(\S+)", text)[1]
        self.assertTrue(house.eventually(lambda: self.house.exim.log_lines(f"{queue_id} == ")))
        self.done("exim4", "-Mf", queue_id)
        self.unhinder()
        self.assertIn(queue_id, self.held_ids())
        return queue_id

    def age(self, queue_id: str, days: int) -> None:
        path = next((self.house.folder / "exim/var/spool/exim4/input").rglob(f"{queue_id}-H"))
        self.age_in_file(queue_id, path, rb"\n<[^\n]*>\n(\d{10}) \d", days)

    def _mail(self) -> pathlib.Path:
        return self.house.folder / "exim/var/mail/shop"

    def hinder(self) -> None:
        self._mail().chmod(0)

    def unhinder(self) -> None:
        self._mail().chmod(0o777)

    def await_deferral(self, name: str) -> None:
        logged = house.eventually(lambda: self.house.exim.log_lines(r"(==|\*\*) anna@shop\.test .*T=maildir"))
        self.assertIn(" == ", logged[-1])

    def run_queue(self) -> None:
        self.done("exim4", "-qff")  # Deliveries that were put off too, and what is frozen if it could be.


if __name__ == "__main__":
    house.main()
