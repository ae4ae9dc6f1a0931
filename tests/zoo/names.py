"""A name server for the rooms: it knows the parties' names and says of every other that it does not exist."""

import ipaddress
import socket
import struct
import threading

from trees import loopback

_A, _PTR = 1, 12
_NO_SUCH_NAME = 3
_ARPA = ".in-addr.arpa"


class NameServer:
    """Answers over UDP on the address every room asks (RFC 1035). Listens as soon as it is made."""

    def __init__(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((loopback.NAME_SERVER, 53))
        self._addresses = {name: address for address, name in loopback.NAMES.items()}

    def start(self) -> None:
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                query, client = self._socket.recvfrom(1500)
            except OSError:
                return  # closed by stop
            try:
                self._socket.sendto(self._answer(query), client)
            except (struct.error, IndexError, UnicodeDecodeError, OSError):
                continue  # no query, or a client that has gone

    def _answer(self, query: bytes) -> bytes:
        number, flags = struct.unpack("!HH", query[:4])
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode("ascii").lower())
            at += 1 + query[at]
        question, name = query[12:at + 5], ".".join(labels)
        kind = struct.unpack("!H", query[at + 1:at + 3])[0]
        known, data = self._look_up(name, kind)
        flags = 0x8480 | (flags & 0x0100) | (0 if known else _NO_SUCH_NAME)
        answer = struct.pack("!HHHHHH", number, flags, 1, 1 if data else 0, 0, 0) + question
        return answer + (struct.pack("!HHHIH", 0xC00C, kind, 1, 60, len(data)) + data if data else b"")

    def _look_up(self, name: str, kind: int) -> tuple[bool, bytes]:
        """Whether the name exists, and the one record of this kind that it has."""
        if name.endswith(_ARPA):
            address = ".".join(reversed(name.removesuffix(_ARPA).split(".")))
            found = loopback.NAMES.get(address)
            return found is not None, _encoded(found) if found and kind == _PTR else b""
        address = self._addresses.get(name)
        return address is not None, ipaddress.ip_address(address).packed if address and kind == _A else b""


def _encoded(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
