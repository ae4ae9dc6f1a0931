"""The mail store behind the servers abroad. They take mail for it blindly; it refuses by what the address says.

A recipient's domain begins with why it is refused: unknown.exim.test, full.exim.test and so on.
"""

import socketserver
import threading

from trees import loopback

SMALL = 6000  # the size beyond which the small store takes nothing

_AT_RECIPIENT = {"unknown": "550 5.1.1 <{}>: Recipient address rejected: User unknown",
                 "full": "552 5.2.2 <{}>: mailbox is full, quota exceeded"}
_AT_CONTENT = {"content": "554 5.7.1 Message rejected as spam by content scanning"}


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 store.abroad.test ESMTP")
        refusal, recipients = "", 0
        while line := self.rfile.readline(4096):
            words = line.decode("latin-1").rstrip("\r\n")
            verb = words[:4].upper()
            if verb == "EHLO":
                limit = f"250-SIZE {self.server.size}\r\n" if self.server.says_size else ""
                self._say(f"250-store.abroad.test\r\n{limit}250 8BITMIME")
            elif verb == "MAIL":
                refusal, recipients = "", 0
                size = words.upper().partition("SIZE=")[2].split(" ")[0]
                too_large = int(size or 0) > self.server.size
                self._say("552 5.3.4 Message size exceeds fixed limit" if too_large else "250 2.1.0 ok")
            elif verb == "RCPT":
                address = words.partition("<")[2].partition(">")[0]
                reason = address.partition("@")[2].split(".")[0]
                if reason in _AT_RECIPIENT:
                    self._say(_AT_RECIPIENT[reason].format(address))
                else:
                    recipients += 1
                    refusal = _AT_CONTENT.get(reason, refusal)
                    self._say("250 2.1.5 ok")
            elif verb == "DATA" and recipients:
                self._say("354 go on")
                content = self._content()
                too_large = len(content) > self.server.size
                self._say("552 5.3.4 Message too big for this system" if too_large else refusal or "250 2.0.0 kept")
                if not refusal and not too_large:
                    self.server.kept.append(content)
            elif verb == "DATA":
                self._say("554 5.5.1 no valid recipients")
            elif verb == "QUIT":
                self._say("221 2.0.0 bye")
                return
            else:  # HELO, RSET, NOOP
                self._say("250 2.0.0 ok")

    def _content(self) -> bytes:
        lines = []
        while (line := self.rfile.readline(65536)) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines).replace(b"\r\n", b"\n")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


class Store(socketserver.ThreadingTCPServer):
    """Listens as soon as it is made; `kept` are the messages it took, whole, with LF line ends.

    A store that does not say its size refuses only when it has seen the whole message.
    """

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, size: int = 10_000_000, says_size: bool = True):
        self.size = size
        self.says_size = says_size
        self.kept: list[bytes] = []
        self.place = (loopback.STORE, loopback.free_port(loopback.STORE))
        super().__init__(self.place, _Session)

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address) -> None:
        """A peer that goes away in mid-dialogue is nothing to tell."""
