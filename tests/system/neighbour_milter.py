"""A milter of somebody else in the same mail server, which changes what passes it."""

import socketserver
import struct
import threading

from trees import loopback

_CHANGES_HEADER, _CHANGES_BODY = 0x10, 0x02
_CHUNK = 65535
_NO_ANSWER = b"DAK"  # macros, abort, the next connection


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        body = b""
        while len(size := self.rfile.read(4)) == 4:
            packet = self.rfile.read(struct.unpack("!I", size)[0])
            command, rest = packet[:1], packet[1:]
            if command == b"Q":
                return
            if command == b"M":
                body = b""
            if command in (b"B", b"E"):
                body += rest
            if command == b"O":
                self._say(b"O", struct.pack("!III", 6, _CHANGES_HEADER | _CHANGES_BODY, 0))
            elif command == b"E":
                self._change(body)
                self._say(b"c")
            elif command not in _NO_ANSWER:
                self._say(b"c")

    def _change(self, body: bytes) -> None:
        for name in self.server.removed:
            self._say(b"m", struct.pack("!I", 1) + name.encode() + b"\0\0")
        changed = self.server.change(body)
        if changed == body:
            return
        for begin in range(0, len(changed), _CHUNK):
            self._say(b"b", changed[begin:begin + _CHUNK])

    def _say(self, command: bytes, rest: bytes = b"") -> None:
        self.wfile.write(struct.pack("!I", len(rest) + 1) + command + rest)


class NeighbourMilter(socketserver.ThreadingTCPServer):
    """Listens as soon as it is started; `change` makes another body of a body, `removed` are fields it takes out."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        self.port = loopback.free_port("127.0.0.1")
        self.change = lambda body: body
        self.removed: list[str] = []
        super().__init__(("127.0.0.1", self.port), _Conversation)

    @property
    def endpoint(self) -> str:
        """As smtpd_milters names it."""
        return f"inet:127.0.0.1:{self.port}"

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address) -> None:
        """A mail server that ends a conversation midway is nothing to tell."""
