"""The store behind OpenSMTPD: keeps mail for the users it knows and refuses every other recipient."""

import socketserver
import threading

from . import loopback

KNOWN_USER = "lena"


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 store.osmtpd.test ESMTP")
        sender, recipients = "", 0
        while line := self.rfile.readline(2048):
            words = line.decode("latin-1").rstrip("\r\n")
            verb = words[:4].upper()
            if verb in ("EHLO", "HELO"):
                self._say("250 store.osmtpd.test")
            elif verb == "RCPT":
                known = words.lower().startswith(f"rcpt to:<{KNOWN_USER}@")
                recipients += known and not self.server.busy
                self._say("450 4.2.1 busy" if self.server.busy else "250 2.1.5 ok" if known
                          else "550 5.1.1 no such user here")
            elif verb == "DATA" and recipients:
                self._say("354 go on")
                self.server.keep(self._message(), sender)
                self._say("250 2.0.0 kept")
            elif verb == "DATA":
                self._say("554 5.5.1 no valid recipients")
            elif verb == "QUIT":
                self._say("221 2.0.0 bye")
                return
            else:  # MAIL, RSET, NOOP
                sender, recipients = words.partition("<")[2].partition(">")[0], 0
                self._say("250 2.0.0 ok")

    def _message(self) -> bytes:
        lines = []
        while (line := self.rfile.readline(65536)) not in (b".\r\n", b".\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines).replace(b"\r\n", b"\n")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


class Sink(socketserver.ThreadingTCPServer):
    """Listens as soon as it is made; `kept` are the messages it took, whole, with LF line ends.

    `senders` are those of their envelopes. While `busy` it puts every recipient off.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        self.address = loopback.SINK
        self.port = loopback.free_port(self.address)
        self.kept: list[bytes] = []
        self.senders: list[str] = []
        self.busy = False
        super().__init__((self.address, self.port), _Session)

    def keep(self, message: bytes, sender: str) -> None:
        self.senders.append(sender)
        self.kept.append(message)

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address) -> None:
        """A peer that goes away in mid-dialogue (we stop it) is nothing to tell."""
