"""The world at its worst: no room, a disk that takes no writes, a database of garbage, a clock gone wrong.

Whatever it is: mail flows both ways, no genuine bounce is refused, nothing is called forged that could not be
looked up, and the log says what to do.
"""

import ctypes
import datetime
import os
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

import house
import notices

OWN_HOST = "mx.shop.test"
_CLONE_NEWNS = 0x00020000
FAKETIME = next(iter(pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)
DAY_21000 = datetime.datetime(2027, 7, 1, tzinfo=datetime.timezone.utc)


def take_mounts_with_us() -> None:
    """From here on what this program mounts is seen by it and its children alone, and goes with it."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


class Faults(house.HouseTest):
    def setUp(self) -> None:
        self.guard = self.house.guard
        self.guard.stop()
        self.store = pathlib.Path(self.house.folder, "store")
        self.clear()
        self.store.mkdir()
        self.guard.more = {"relays.names": f'["{OWN_HOST}"]', "store.directory": f'"{self.store}"'}
        self.guard.environment = {}
        self.guard.log.unlink(missing_ok=True)
        self.addCleanup(self.clear)
        self.addCleanup(self.guard.stop)

    def clear(self) -> None:
        while os.path.ismount(self.store):
            subprocess.run(["umount", "-l", str(self.store)], check=True)
        shutil.rmtree(self.store, ignore_errors=True)

    def mount(self, size: str) -> None:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(self.store)], check=True)

    def send(self) -> str:
        """Sends a letter abroad and returns it as it arrived there."""
        name = notices.mark()
        with self.house.desk() as desk:
            desk.send("anna@shop.test", house.ABROAD, notices.letter("anna@shop.test", house.ABROAD, name))
        return self.house.left(name)

    def signed(self) -> str:
        letter = self.send()
        self.assertIn("Backstop-Token:", letter)
        return letter

    def judge(self, content: bytes, name: str) -> str:
        """Hands in a bounce; the verdict it came in with, or "refused"."""
        with self.house.stranger() as client:
            client.command("EHLO mx.else.test")
            client.command("MAIL FROM:<>")
            client.command("RCPT TO:<anna@shop.test>")
            code, text = client.data(content)
        if code == 550:
            return "refused"
        self.assertEqual(code, 250, text)
        return self.house.arrived(name).verdict()

    def verdict_of_bounce(self, letter: str) -> str:
        name = notices.mark()
        return self.judge(notices.whole_bounce(name, letter), name)

    def verdict_of_forged(self) -> str:
        name = notices.mark()
        return self.judge(notices.bounce(name, notices.returned_block(name)), name)

    def assert_mail_flows(self) -> str:
        """A letter out, which is returned; one in; and a bounce that returns nothing."""
        name = notices.mark()
        with self.house.stranger() as client:
            client.send("eve@else.test", "ben@shop.test", notices.letter("eve@else.test", "ben@shop.test", name))
        self.house.arrived(name, "ben")
        name = notices.mark()
        self.assertEqual(self.judge(notices.bounce(name, None), name), "unproven")
        return self.send()

    def await_line(self, pattern: str) -> str:
        found = house.eventually(lambda: self.guard.lines(pattern), 20)
        self.assertTrue(found, f"no line with {pattern!r}:\n" + "\n".join(self.guard.lines(".")))
        return found[0]


class Disk(Faults):
    def fill(self) -> pathlib.Path:
        path = self.store / "filler"
        with open(path, "wb", buffering=0) as file:
            try:
                while file.write(b"x" * 512):
                    pass
            except OSError:
                pass
        return path

    def test_a_full_disk_stops_no_mail_and_is_over_when_there_is_room(self):
        self.mount("1m")
        self.guard.start()
        before = self.signed()
        self.assertTrue(house.eventually((self.store / "heartbeat").exists))
        filler = self.fill()
        letters = [self.assert_mail_flows() for _ in range(30)]
        self.assertEqual(self.verdict_of_bounce(before), "genuine")
        self.assertEqual(self.verdict_of_bounce(letters[-1]), "genuine")
        self.assertIn("No space left", self.await_line("alarm:.*(written|write|store)") + "".join(self.guard.lines("No space")))
        self.assertTrue(self.guard.alive())
        filler.unlink()
        time.sleep(3)
        self.assertEqual(self.verdict_of_bounce(self.signed()), "genuine")

    def test_a_full_disk_at_the_start_stops_no_mail(self):
        self.mount("64k")
        self.fill()
        self.guard.start()
        letter = self.assert_mail_flows()
        self.assertEqual(self.verdict_of_bounce(letter), "genuine")
        self.await_line("alarm:.*No space left")
        self.assertEqual(self.verdict_of_forged(), "unproven", "what was sent cannot be asked")

    def test_a_file_system_that_takes_no_writes_stops_no_mail(self):
        self.mount("4m")
        self.guard.start()
        before = self.signed()
        self.assertTrue(house.eventually((self.store / "heartbeat").exists))
        self.guard.stop()
        subprocess.run(["mount", "-o", "remount,ro", str(self.store)], check=True)
        self.guard.start()
        self.await_line("alarm:.*Read-only file system")
        letter = self.assert_mail_flows()
        self.assertEqual(self.verdict_of_bounce(before), "genuine")
        self.assertEqual(self.verdict_of_bounce(letter), "genuine")

    def test_one_that_becomes_so_while_it_runs_stops_no_mail(self):
        self.mount("4m")
        self.guard.start()
        before = self.signed()
        self.assertTrue(house.eventually((self.store / "heartbeat").exists))
        done = subprocess.run(["mount", "-o", "remount,ro", str(self.store)], capture_output=True, text=True, check=False)
        if done.returncode != 0:  # files are open for writing: as a failing disk, it becomes so by force
            subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(self.store)], check=True)
        letters = [self.assert_mail_flows() for _ in range(5)]
        self.assertEqual(self.verdict_of_bounce(before), "genuine")
        self.assertEqual(self.verdict_of_bounce(letters[-1]), "genuine")
        self.assertTrue(self.guard.alive())

    def test_a_store_directory_that_is_not_there_stops_no_mail(self):
        self.guard.more["store.directory"] = f'"{self.store / "no/such/place"}"'
        (self.store / "no").write_text("in the way")
        self.guard.start()
        letter = self.assert_mail_flows()
        self.assertEqual(self.verdict_of_bounce(letter), "genuine")
        self.await_line("alarm:.*no/such/place")
        self.assertEqual(self.verdict_of_forged(), "unproven", "what was sent cannot be asked")


class Database(Faults):
    def spoil(self, name: str, offset: int = 0) -> None:
        for path in [self.store / name, *self.store.glob(f"{name}-*")]:
            if not path.exists():
                continue
            size = path.stat().st_size
            with open(path, "r+b") as file:
                file.seek(min(offset, size))
                file.write(os.urandom(max(0, size - offset)))

    def start_and_stop(self) -> str:
        self.guard.start()
        letter = self.signed()
        self.assertEqual(self.verdict_of_forged(), "refused", "all is well before")
        self.assertTrue(house.eventually((self.store / "heartbeat").exists))
        self.guard.stop()
        return letter

    def test_a_ledger_of_garbage_is_put_aside_and_nothing_is_forged_without_it(self):
        letter = self.start_and_stop()
        self.spoil("ledger.db")
        self.guard.start()
        self.assertRegex(self.await_line("alarm:.*ledger"), r"ledger")
        self.assertEqual(self.verdict_of_bounce(letter), "genuine", "its token needs no ledger")
        self.assertEqual(self.verdict_of_forged(), "unproven", "what was sent is not known any more")
        self.assertEqual(self.verdict_of_bounce(self.assert_mail_flows()), "genuine")

    def test_a_ledger_with_a_good_head_and_a_spoilt_body_is_never_believed(self):
        letter = self.start_and_stop()
        self.spoil("ledger.db", 4096)
        self.guard.start()
        self.assertEqual(self.verdict_of_bounce(letter), "genuine", "its token needs no ledger")
        self.assertEqual(self.verdict_of_forged(), "unproven")
        self.assertEqual(self.verdict_of_bounce(self.assert_mail_flows()), "genuine")
        self.await_line("alarm:.*ledger")

    def test_a_ledger_spoilt_while_it_runs_stops_no_mail(self):
        self.guard.start()
        letter = self.signed()
        self.spoil("ledger.db", 100)
        self.assert_mail_flows()
        self.assertEqual(self.verdict_of_bounce(letter), "genuine")
        self.assertTrue(self.guard.alive())
        self.guard.kill()
        self.guard.start()
        self.assertEqual(self.verdict_of_bounce(letter), "genuine")
        self.assertEqual(self.verdict_of_bounce(self.assert_mail_flows()), "genuine")

    def test_a_history_of_garbage_costs_no_verdict(self):
        letter = self.start_and_stop()
        self.spoil("history.db")
        self.guard.start()
        self.await_line("alarm:.*history")
        self.assertEqual(self.verdict_of_bounce(letter), "genuine")
        self.assertEqual(self.verdict_of_forged(), "refused", "the history judges nothing")

    def test_gaps_that_cannot_be_read_count_as_one_of_a_lifetime(self):
        self.start_and_stop()
        (self.store / "gaps").write_bytes(os.urandom(2000))
        self.guard.start()
        self.await_line("alarm:.*signing gap")
        self.assertEqual(self.verdict_of_bounce(self.assert_mail_flows()), "genuine")


@unittest.skipUnless(FAKETIME, "libfaketime is not installed: ./do setup")
class Clock(Faults):
    """The daemon's clock alone goes wrong; Postfix keeps the real time."""

    def setUp(self) -> None:
        super().setUp()
        self.clock = self.house.folder / "clock"
        self.set_clock("+0")
        self.guard.environment = {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(self.clock),
                                  "FAKETIME_CACHE_DURATION": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                                  "FAKETIME_DONT_RESET": "1"}

    def set_clock(self, offset: str) -> None:
        self.clock.write_text(offset + "\n")
        time.sleep(1.5)  # until the daemon has read it

    def jump(self, offset: str) -> None:
        self.guard.start()
        before = self.signed()
        self.assertTrue(house.eventually((self.store / "heartbeat").exists))
        self.set_clock(offset)
        self.await_line("alarm: the clock was set .*NTP")
        during = self.assert_mail_flows()
        self.assertIn("Backstop-Token:", during)
        for letter in (before, during):
            self.assertNotEqual(self.verdict_of_bounce(letter), "refused")
        self.set_clock("+0")
        for letter in (before, during):
            self.assertNotEqual(self.verdict_of_bounce(letter), "refused")
        self.assertIn(self.verdict_of_bounce(before), ("genuine",))

    def test_a_clock_two_days_ahead_and_back(self):
        self.jump("+2d")

    def test_a_clock_two_days_behind_and_back(self):
        self.jump("-2d")

    def restart_under(self, offset: str) -> None:
        self.guard.start()
        before = self.signed()
        self.assertTrue(house.eventually((self.store / "heartbeat").exists))
        self.guard.kill()
        while_down = self.send()
        self.assertNotIn("Backstop-", while_down)
        self.set_clock(offset)
        self.guard.start()
        during = self.assert_mail_flows()
        for letter in (before, while_down, during):
            self.assertNotEqual(self.verdict_of_bounce(letter), "refused")
        self.guard.kill()
        self.set_clock("+0")
        self.guard.start()
        for letter in (before, while_down, during):
            self.assertNotEqual(self.verdict_of_bounce(letter), "refused")

    def test_a_restart_two_days_ahead_and_back(self):
        self.restart_under("+2d")

    def test_a_restart_two_days_behind_and_back(self):
        self.restart_under("-2d")

    def test_day_21000_and_both_sides_of_it_are_days_like_others(self):
        """Day 21000 of Unix time, where tags that hold the day in three digits begin again."""
        now = datetime.datetime.now(datetime.timezone.utc)
        letters = []
        for day in (DAY_21000 - datetime.timedelta(days=1), DAY_21000, DAY_21000 + datetime.timedelta(days=1)):
            noon = day + datetime.timedelta(hours=12)
            self.set_clock(f"+{int((noon - now).total_seconds())}")
            self.guard.start()
            letters.append(self.assert_mail_flows())
            self.assertEqual([self.verdict_of_bounce(letter) for letter in letters], ["genuine"] * len(letters), day)
            self.assertEqual(self.verdict_of_forged(), "refused", day)
            self.assertTrue((self.store / "heartbeat").read_text().startswith(f"{day:%Y-%m-%d}T12:"), "its clock stands there")
            self.guard.stop()


if __name__ == "__main__":
    if os.geteuid() != 0:
        print("skipped: mail servers in trees need root")
        sys.exit(house.SKIPPED)
    take_mounts_with_us()
    house.main()
