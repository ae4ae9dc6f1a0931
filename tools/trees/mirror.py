"""Which Debian mirror this host uses, read from apt's own sources, so that the trees use the same one."""

import dataclasses
import pathlib
import re
import subprocess

SUITE = "bookworm"
DEFAULT_URI = "http://deb.debian.org/debian"
DEFAULT_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SUITES = (SUITE, SUITE + "-updates", SUITE + "-security")


@dataclasses.dataclass(frozen=True)
class Source:
    uri: str
    suite: str
    keyring: str = DEFAULT_KEYRING

    def line(self) -> str:
        return f"deb [signed-by={self.keyring}] {self.uri} {self.suite} main"


def host_sources(apt_dir: pathlib.Path = pathlib.Path("/etc/apt")) -> list[Source]:
    """The host's Debian sources of our suite, the suite itself first; the default mirror if it has none."""
    found: list[Source] = []
    for path in [apt_dir / "sources.list", *sorted((apt_dir / "sources.list.d").glob("*"))]:
        if not path.is_file():
            continue
        text = path.read_text(errors="replace")
        entries = _deb822(text) if path.suffix == ".sources" else _one_line(text)
        for uris, suites, components, signed_by in entries:
            if "main" not in components:
                continue
            keyring = signed_by or DEFAULT_KEYRING
            if "debian-archive" not in keyring and not pathlib.Path(keyring).is_file():
                continue
            for uri in uris:
                found += [Source(u, s, keyring) for u in _resolved(uri) for s in suites if s in SUITES]
    first = [s for s in found if s.suite == SUITE] or [Source(DEFAULT_URI, SUITE)]
    rest = [s for s in found if s.suite != SUITE]
    return list(dict.fromkeys(first + rest))


def _deb822(text: str):
    for stanza in re.split(r"\n\s*\n", re.sub(r"(?m)^#.*\n?", "", text)):
        fields = {}
        for field in re.finditer(r"(?m)^([A-Za-z-]+):((?:.*)(?:\n[ \t].*)*)", stanza):
            fields[field[1].lower()] = field[2].split()
        if "deb" in fields.get("types", []) and fields.get("enabled", ["yes"])[0].lower() != "no":
            signed = fields.get("signed-by", [""])
            yield (fields.get("uris", []), fields.get("suites", []), fields.get("components", []),
                   signed[0] if signed and signed[0].startswith("/") else "")


def _one_line(text: str):
    for line in text.splitlines():
        match = re.match(r"\s*deb\s+(?:\[([^]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]+)", line)
        if match:
            signed = re.search(r"signed-by=(/[^\s,]+)", match[1] or "")
            yield [match[2]], [match[3]], match[4].split(), signed[1] if signed else ""


def _resolved(uri: str) -> list[str]:
    """mirror+file: (Debian's cloud images use it) names a list of mirrors; debootstrap wants a plain one."""
    if uri.startswith("mirror+file:"):
        listing = pathlib.Path("/" + uri.removeprefix("mirror+file:").lstrip("/"))
        if not listing.is_file():
            return []
        words = [line.split()[0] for line in listing.read_text().splitlines() if line.split()]
        return [w.rstrip("/") for w in words if w.startswith(("http:", "https:"))][:1]
    return [uri.rstrip("/")] if uri.startswith(("http:", "https:")) else []


def apt_settings() -> str:
    """The host's apt settings that decide whether a mirror can be reached at all: proxies, clocks, retries."""
    out = subprocess.run(["apt-config", "dump", "--format", '%f "%v";%n', "Acquire"],
                         capture_output=True, text=True).stdout
    wanted = re.compile(r"(?i)^Acquire::(Retries|Check-(Date|Valid-Until)|ForceIPv4|https?::(Proxy|Timeout)\b)")
    return "".join(line + "\n" for line in out.splitlines() if wanted.match(line) and "Auto-Detect" not in line)


def proxy_environment() -> dict[str, str]:
    """debootstrap fetches with wget, which knows only the environment: hand it apt's proxies."""
    found = re.findall(r'(?mi)^Acquire::(https?)::Proxy "([^"]+)"', apt_settings())
    return {f"{scheme.lower()}_proxy": url for scheme, url in found if url.upper() != "DIRECT"}


def candidate_versions(packages: list[str]) -> list[str]:
    """What the host's apt would install, as name=version; empty when its lists were never fetched."""
    out = subprocess.run(["apt-cache", "policy", *packages], capture_output=True, text=True).stdout
    pairs = re.findall(r"(?m)^(\S+):\n(?:  .*\n)*?  Candidate: (\S+)", out)
    return [f"{name}={version}" for name, version in pairs if version != "(none)"]
