"""The cached trees: one per mail server, keyed by suite, package list and package versions.

A tree is built in a folder of its own and renamed when it is whole, so an interrupted or failed build
leaves nothing that could be taken for a tree. Cached trees are only ever used read-only (enclosure.py).
"""

import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from . import mirror
from .kin import die_with_parent
from .trouble import MISSING, Trouble

BASE_PACKAGES: list[str] = ["ca-certificates"]
PACKAGES = {
    "postfix": ["postfix", "postfix-pcre"],
    "exim": ["exim4-daemon-light"],
    "exim-heavy": ["exim4-daemon-heavy"],  # reads whole messages in its ACLs
    "opensmtpd": ["opensmtpd"],
    "sendmail": ["sendmail-bin", "sendmail-cf"],
    "courier": ["courier-mta"],
    "dovecot": ["dovecot-lmtpd", "dovecot-sieve", "libfaketime"],
    "spamassassin": ["spamassassin"],
    # A Postfix with those that stand beside it: one tree for all of them.
    "neighbours": ["postfix", "postfix-pcre", "postsrsd", "amavisd-new", "mlmmj", "rspamd", "dovecot-lmtpd"],
}
PRESEED = """\
postfix postfix/main_mailer_type select No configuration
exim4-config exim4/dc_eximconfig_configtype select no configuration at this time
"""
IN_TREE = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C", "HOME": "/root",
           "DEBIAN_FRONTEND": "noninteractive", "DEBCONF_NOWARNINGS": "yes"}
PRIVATE = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--"]


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class Cache:
    """The trees below one folder. Needs root. Several programs may use the same folder at once."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self._shelf = folder / "cache"

    def tree(self, name: str, packages: list[str] | None = None) -> pathlib.Path:
        """The tree of one mail server, or of other packages, built first if it is not there. Raises Trouble."""
        require_tools()
        packages = packages or PACKAGES[name]
        self._shelf.mkdir(parents=True, exist_ok=True)
        found = self._find(name, packages)
        if found:
            return found
        with self._locked():
            self._sweep()
            found = self._find(name, packages)  # another program may have built it while we waited
            return found or self._build_or_older(name, packages)

    def _build_or_older(self, name: str, packages: list[str]) -> pathlib.Path:
        """An older tree of the same packages serves when a newer one cannot be had now."""
        try:
            return self._build(name, packages)
        except Trouble as trouble:
            older = self._newest(name, packages)
            if not older:
                raise
            say(f"{trouble} Using the older {name} tree meanwhile.")
            return older

    def _find(self, name: str, packages: list[str]) -> pathlib.Path | None:
        versions = mirror.candidate_versions(packages)
        if len(versions) == len(packages):
            path = self._shelf / _key(name, packages, versions)
            return path if path.is_dir() else None
        # apt's lists are empty: any whole tree of these packages is as good as we can know.
        return self._newest(name, packages)

    def _newest(self, name: str, packages: list[str]) -> pathlib.Path | None:
        trees = sorted(self._shelf.glob(_any_version(name, packages)), key=lambda p: p.stat().st_mtime)
        return trees[-1] if trees else None

    def _build(self, name: str, packages: list[str]) -> pathlib.Path:
        base = self._find("base", BASE_PACKAGES) or self._build_base()
        began = time.monotonic()
        say(f"Building the {name} tree ({', '.join(packages)})…")
        with self._half_built(name) as half:
            _run(["cp", "-a", "--reflink=auto", f"{base}/.", str(half.tree)], half.log, "copy the base tree")
            _borrow_apt_settings(half.tree)
            (half.tree / "tmp/preseed").write_text(PRESEED)
            install = ("debconf-set-selections < /tmp/preseed && rm /tmp/preseed && apt-get -q update && "
                       "apt-get -q -y --no-install-recommends install \"$@\" && apt-get clean && "
                       "rm -rf /var/lib/apt/lists/* /etc/apt/apt.conf.d/99host")
            _in_tree(half.tree, ["sh", "-ec", install, "sh", *packages], half.log, f"install {packages[0]}")
            path = self._finish(half.tree, name, packages)
        say(f"The {name} tree is ready ({time.monotonic() - began:.0f} s).")
        return path

    def _build_base(self) -> pathlib.Path:
        sources = mirror.host_sources()
        began = time.monotonic()
        say(f"Building the base tree (Debian {mirror.SUITE}, from {sources[0].uri}; about half a minute)…")
        with self._half_built("base") as half:
            command = ["debootstrap", "--variant=minbase", f"--include={','.join(BASE_PACKAGES)}",
                       f"--keyring={sources[0].keyring}", mirror.SUITE, str(half.tree), sources[0].uri]
            _run([*PRIVATE, *command], half.log, f"fetch Debian {mirror.SUITE} from {sources[0].uri}",
                 {**os.environ, **mirror.proxy_environment()})
            policy = half.tree / "usr/sbin/policy-rc.d"  # nothing may start while packages are installed
            policy.write_text("#!/bin/sh\nexit 101\n")
            policy.chmod(0o755)
            path = self._finish(half.tree, "base", BASE_PACKAGES)
        say(f"The base tree is ready ({time.monotonic() - began:.0f} s).")
        return path

    def _finish(self, tree: pathlib.Path, name: str, packages: list[str]) -> pathlib.Path:
        installed = subprocess.run(["dpkg-query", f"--admindir={tree}/var/lib/dpkg", "-W", "-f",
                                    "${Package}=${Version}\\n"], capture_output=True, text=True).stdout.split()
        versions = mirror.candidate_versions(packages)
        if len(versions) != len(packages):
            versions = [line for line in installed if line.split("=")[0] in packages]
        (tree / "tree.json").write_text(json.dumps({"suite": mirror.SUITE, "packages": packages,
                                                    "installed": installed}, indent=1))
        path = self._shelf / _key(name, packages, versions)
        for old in self._shelf.glob(_any_version(name, packages)):
            _remove(old)
        os.rename(tree, path)
        return path

    @contextlib.contextmanager
    def _half_built(self, name: str):
        room = pathlib.Path(tempfile.mkdtemp(prefix=f"building-{name}-", dir=self.folder))
        half = _HalfBuilt(room)
        try:
            yield half
        finally:
            _remove(room)

    def _sweep(self) -> None:
        """Removes what a killed build left; its mounts and processes went with its namespaces."""
        for room in self.folder.glob("building-*"):
            _remove(room)

    @contextlib.contextmanager
    def _locked(self):
        with open(self.folder / "lock", "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another run is building the trees; waiting for it…")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class _HalfBuilt:
    def __init__(self, room: pathlib.Path):
        self.tree = room / "tree"
        self.log = room / "log"
        self.tree.mkdir()
        self.tree.chmod(0o755)


def require_tools() -> None:
    if os.geteuid() != 0:
        raise Trouble("Mail servers in trees need root: run this through ./do, which asks sudo.", MISSING)
    for tool, package in (("debootstrap", "debootstrap"), ("unshare", "util-linux"), ("nsenter", "util-linux")):
        if not shutil.which(tool):
            raise Trouble(f"{tool} is missing: ./do setup installs it (Debian package {package}).", MISSING)
    probe = subprocess.run([*PRIVATE, "true"], capture_output=True, text=True)
    if probe.returncode != 0:
        raise Trouble("This machine lets even root make no private mount and process namespaces "
                      f"(unshare says: {probe.stderr.strip()}); a plain container often forbids it.", MISSING)


def _key(name: str, packages: list[str], versions: list[str]) -> str:
    listed = hashlib.sha256(" ".join([mirror.SUITE, *BASE_PACKAGES, *packages, PRESEED]).encode()).hexdigest()[:8]
    exact = hashlib.sha256(" ".join(sorted(versions)).encode()).hexdigest()[:8]
    return f"{name}-{listed}-{exact}"


def _any_version(name: str, packages: list[str]) -> str:
    return _key(name, packages, []).rsplit("-", 1)[0] + "-*"


def _borrow_apt_settings(tree: pathlib.Path) -> None:
    """apt inside the tree reaches the mirror the way the host's does, security updates included."""
    sources = mirror.host_sources()
    for source in sources:
        inside = tree / source.keyring.lstrip("/")
        if not inside.exists():
            inside.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source.keyring, inside)
    (tree / "etc/apt/sources.list").write_text("".join(s.line() + "\n" for s in sources))
    (tree / "etc/apt/apt.conf.d/99host").write_text(mirror.apt_settings())
    for name in ("resolv.conf", "hosts"):
        if pathlib.Path("/etc", name).exists():
            (tree / "etc" / name).write_text(pathlib.Path("/etc", name).read_text())


def _in_tree(tree: pathlib.Path, command: list[str], log: pathlib.Path, what: str) -> None:
    mount = 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'
    _run([*PRIVATE, "sh", "-c", mount, str(tree), *command], log, what, IN_TREE)


def _run(command: list[str], log: pathlib.Path, what: str, env: dict[str, str] | None = None) -> None:
    """Runs one step of a build; a failure becomes one sentence with the step's own last complaint."""
    with open(log, "ab") as out:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env,
                              preexec_fn=die_with_parent)
    if done.returncode != 0:
        raise Trouble(f"Could not {what}: {_complaint(log)}. Check the network and the mirror in apt's sources, "
                      "then try again; nothing half-built was kept.")


def _complaint(log: pathlib.Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("E:", "Err:", "W: Failed", "cp:", "dpkg: error"))]
    return (errors or lines or ["no reason was given"])[-1 if not errors else 0].rstrip(".")[:300]


def _remove(path: pathlib.Path) -> None:
    subprocess.run(["rm", "-rf", "--one-file-system", str(path)])
