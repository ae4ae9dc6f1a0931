"""`backstop scan` where its output or its table is not what it should be."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

BACKSTOP = os.environ["BACKSTOP"]
MESSAGE = "From: Anna <anna@example.net>\nSubject: Hello\n\nHow are you?\n"


class ScanOutput(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="backstop-scan-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "a.eml").write_text(MESSAGE)

    def scan(self, *words, **more):
        return subprocess.run([BACKSTOP, "scan", *map(str, words)], text=True, timeout=60,
                              **{"capture_output": True, **more})

    def test_a_full_standard_output_is_told_and_no_success(self):
        with open("/dev/full", "w") as full:
            for option in ([], ["--json"], ["--csv", "-"]):
                done = self.scan(self.folder, *option, capture_output=False, stdout=full, stderr=subprocess.PIPE)
                self.assertEqual(done.returncode, 75, (option, done.stderr))
                self.assertIn("No space left on device", done.stderr)

    def test_what_the_table_names_and_is_not_there_is_told(self):
        (self.folder / "truth.tsv").write_text("path\tkind\na.eml\tordinary\nlost.eml\tbounce\n")
        page = self.scan("--truth", self.folder / "truth.tsv", self.folder / "a.eml")
        self.assertIn(f"1 path of the table was not met, the first is {self.folder}/lost.eml", page.stdout)
        told = json.loads(self.scan("--truth", self.folder / "truth.tsv", self.folder / "a.eml", "--json").stdout)
        self.assertEqual(told["truth"]["missing_list"], [f"{self.folder}/lost.eml"])


if __name__ == "__main__":
    unittest.main()
