"""The house checker against one good tree and one bad one."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECKER = pathlib.Path(__file__).resolve().parent.parent.parent / "tools/check_house.py"

TABLE = """
[arrows]
"core/low" = []
"core/high" = ["core/low"]
"core/proof" = []
"testing" = ["core/low"]
[tests_only]
folders = ["testing"]
[foreign]
"openssl/" = ["core/low"]
[pure]
folders = ["core/low", "core/high"]
headers = ["thread", "sys/"]
words = ["getenv("]
"""

GOOD = {
    "core/low/a.h": "#pragma once\n#include <openssl/evp.h>\n#include <string>\n",
    "core/high/b.h": '#pragma once\n#include "core/low/a.h"\n',
    "core/high/b.cc": '#include "core/high/b.h"\n// getenv( in a comment is no call\n',
    "core/high/b_test.cc": '#include "testing/fake.h"\n#include "core/high/b.h"\n#include <thread>\n',
    "core/proof/c.cc": "bool a = CRYPTO_memcmp(x, y, 3) == 0 && key.mac() != nullptr && key.mac().size() == 3;\n",
    "core/proof/c_test.cc": "bool a = mac == other;\n",
    "core/high/d.cc": "bool a = mac == other;\n",
    "testing/fake.h": '#pragma once\n#include "core/low/a.h"\n',
}


def check(files, table=TABLE):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "tools").mkdir()
        (root / "tools/house.toml").write_text(table)
        for path, text in files.items():
            target = root / "src" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        done = subprocess.run([sys.executable, CHECKER, root], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout


class CheckHouse(unittest.TestCase):
    def test_a_good_tree_is_silent(self):
        self.assertEqual(check(GOOD), (0, ""))

    def test_each_fault_of_a_bad_tree_is_named_with_its_line(self):
        faults = {
            "core/low/up.h": ('#pragma once\n#include "core/high/b.h"\n', "core/low/up.h:2: core/low may not include core/high"),
            "core/high/ssl.cc": ("#include <openssl/evp.h>\n", "core/high/ssl.cc:1: <openssl/evp.h> belongs in core/low only"),
            "core/high/t.cc": ("#include <thread>\n", "core/high/t.cc:1: the core is pure"),
            "core/high/s.cc": ("#include <sys/stat.h>\n", "core/high/s.cc:1: the core is pure"),
            "core/high/e.cc": ('int x = getenv("A");\n', "core/high/e.cc:1: the core is pure"),
            "core/high/f.cc": ('#include "testing/fake.h"\n', "core/high/f.cc:1: testing is for tests only"),
            "core/high/g.h": ("int x;\n", "core/high/g.h:1: a header begins with #pragma once"),
            "core/high/missing.cc": ('#include "low/a.h"\n', "core/high/missing.cc:1: \"low/a.h\" is not below src/"),
            "core/proof/q.cc": ("bool a = mac == b;\n", "core/proof/q.cc:1: what is secret is compared"),
            "core/proof/r.cc": ("bool a = b != key.tag_mac();\n", "core/proof/r.cc:1: what is secret is compared"),
            "core/proof/s.cc": ("bool a = std::memcmp(b, c, 3) == 0;\n", "core/proof/s.cc:1: what is secret is compared"),
            "core/proof/t.cc": ("bool a = std::ranges::equal(b, c);\n", "core/proof/t.cc:1: what is secret is compared"),
            "core/high/long.cc": ("\n" * 501, "core/high/long.cc:500: 501 lines"),
            "attic/x.cc": ("int x;\n", "attic/x.cc:1: this folder has no arrows"),
        }
        code, out = check({**GOOD, **{path: text for path, (text, _) in faults.items()}})
        self.assertEqual(code, 1)
        for _, complaint in faults.values():
            self.assertIn("src/" + complaint, out)
        self.assertEqual(len(out.splitlines()), len(faults), out)

    def test_a_circle_of_arrows_is_found(self):
        code, out = check(GOOD, TABLE.replace('"core/low" = []', '"core/low" = ["core/high"]'))
        self.assertEqual(code, 1)
        self.assertIn("the arrows run in a circle", out)


if __name__ == "__main__":
    unittest.main()
