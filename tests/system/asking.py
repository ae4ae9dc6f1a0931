"""Asks backstopd the way mail servers do, through the doors for requests."""

import socket


def ask_map(path: str, request: str) -> str:
    """One request to a socketmap, and its answer without the netstring around it."""
    with _connected(path) as peer:
        raw = request.encode()
        peer.sendall(b"%d:%s," % (len(raw), raw))
        return _netstring(peer)


def ask_line(path: str, request: str) -> str:
    """One line, and all that comes until the other side closes."""
    with _connected(path) as peer:
        peer.sendall(request.encode() + b"\n")
        return b"".join(iter(lambda: peer.recv(65536), b"")).decode()


def forged(tagged: str) -> str:
    """A tagged address with the last digit of its tag changed."""
    tag, _, rest = tagged.removeprefix("prvs=").partition("=")
    return f"prvs={tag[:-1]}{'1' if tag[-1] == '0' else '0'}={rest}"


def _connected(path: str) -> socket.socket:
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(30)
    peer.connect(path)
    return peer


def _netstring(peer: socket.socket) -> str:
    got = b""
    while b":" not in got:
        got += peer.recv(1) or _cut_off(got)
    length = int(got[:-1])
    text = b""
    while len(text) <= length:
        text += peer.recv(length + 1 - len(text)) or _cut_off(text)
    return text[:-1].decode()


def _cut_off(got: bytes) -> bytes:
    raise AssertionError(f"the door closed after {got!r}")
