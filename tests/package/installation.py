"""A Debian below ./var in which the package is installed, and its daemon run as the unit says."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from trees.cache import IN_TREE, PRIVATE, Cache  # noqa: E402

# Packages a server has anyway, and what we run beside.
BESIDE = ["systemd", "postfix"]
# Where no package of ours writes, or where dpkg, apt and systemd keep their own books.
NOT_OURS = ("proc", "sys", "dev", "tmp", "root", "var/lib/dpkg", "var/lib/apt", "var/cache", "var/log", "var/lib/systemd")
_SCRIPT = 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'


def the_package() -> pathlib.Path:
    found = sorted(pathlib.Path(os.environ["BACKSTOP_PACKAGE"]).glob("backstop_*.deb"))
    if len(found) != 1:
        raise AssertionError(f"want one package in {os.environ['BACKSTOP_PACKAGE']}, found {found}: run ./do deb")
    return found[0]


def field(package: pathlib.Path, name: str) -> str:
    return subprocess.run(["dpkg-deb", "-f", str(package), name], capture_output=True, text=True, check=True).stdout.strip()


def older_package(package: pathlib.Path, version: str, folder: pathlib.Path) -> pathlib.Path:
    """The same with an older version, and with another line in its configuration."""
    inside = folder / "older"
    subprocess.run(["dpkg-deb", "-R", str(package), str(inside)], check=True)
    control = inside / "DEBIAN/control"
    control.write_text(control.read_text().replace(f"Version: {field(package, 'Version')}\n", f"Version: {version}\n"))
    configuration = inside / "etc/backstop/backstop.toml"
    configuration.write_text(configuration.read_text() + "# of an older version\n")
    out = folder / f"backstop_{version}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "-b", str(inside), str(out)], check=True, capture_output=True)
    shutil.rmtree(inside)
    return out


def tree_for(package: pathlib.Path) -> pathlib.Path:
    """The cached tree with everything the package depends on."""
    needs = [need.split("|")[0].split("(")[0].strip() for need in field(package, "Depends").split(",")]
    return Cache(ROOT / "var/trees").tree("package", sorted({*BESIDE, *needs}))


class Installation:
    """A copy of the tree. What is run in it is over, with all its processes, when `run` returns."""

    def __init__(self, tree: pathlib.Path):
        (ROOT / "var/tests").mkdir(parents=True, exist_ok=True)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="package-", dir=ROOT / "var/tests"))
        self.tree = self.folder / "tree"
        subprocess.run(["cp", "-a", "--reflink=auto", str(tree), str(self.tree)], check=True)

    def remove(self) -> None:
        subprocess.run(["rm", "-rf", "--one-file-system", str(self.folder)], check=True)

    def run(self, *command: str, text: str = "") -> subprocess.CompletedProcess:
        return subprocess.run([*PRIVATE, "sh", "-ec", _SCRIPT, str(self.tree), *command], input=text, capture_output=True,
                              text=True, env=IN_TREE, cwd="/", timeout=300)

    def done(self, *command: str) -> str:
        """What a command said that has to succeed."""
        ran = self.run(*command)
        if ran.returncode != 0:
            raise AssertionError(f"{command} ended with {ran.returncode}: {ran.stdout}{ran.stderr}")
        return ran.stdout

    def install(self, package: pathlib.Path, *options: str) -> str:
        shutil.copy(package, self.tree / "root/backstop.deb")
        return self.done("apt-get", "-q", "-y", "--no-install-recommends", "--allow-downgrades", *options, "install", "/root/backstop.deb")

    def facts(self, path: str) -> tuple[str, str, str]:
        """Mode, owner and group of a path, as the tree names them."""
        mode, owner, group = self.done("stat", "-c", "%a %U %G", path).split()
        return mode, owner, group

    def paths(self) -> set[str]:
        """Every path of the tree but those of others."""
        out = set()
        for folder, folders, files in os.walk(self.tree):
            here = pathlib.Path(folder).relative_to(self.tree).as_posix()
            folders[:] = [name for name in folders if f"{here}/{name}".removeprefix("./") not in NOT_OURS]
            out |= {f"{here}/{name}".removeprefix("./") for name in folders + files}
        return out

    def unit(self) -> dict[str, list[str]]:
        """The settings of the installed unit; a setting may be given more than once."""
        out: dict[str, list[str]] = {}
        for line in (self.tree / "lib/systemd/system/backstopd.service").read_text().splitlines():
            name, equals, value = line.partition("=")
            if equals and not line.startswith("#"):
                out.setdefault(name, []).append(value)
        return out
