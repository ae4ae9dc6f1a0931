"""A content filter as amavis is: takes mail from Postfix, adds its Received line, and hands it back on another port."""

import email.utils
import secrets
import smtplib
import socketserver
import threading

from trees import loopback


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 scanner.shop.test ESMTP amavisd-new service ready")
        sender, recipients = "", []
        while line := self.rfile.readline(4096):
            words = line.decode("latin-1").rstrip("\r\n")
            verb = words[:4].upper()
            if verb == "EHLO":
                self._say("250-scanner.shop.test\r\n250-8BITMIME\r\n250 XFORWARD NAME ADDR PORT PROTO HELO SOURCE IDENT")
            elif verb == "MAIL":
                sender, recipients = words.partition("<")[2].partition(">")[0], []
                self._say("250 2.1.0 Sender OK")
            elif verb == "RCPT":
                recipients.append(words.partition("<")[2].partition(">")[0])
                self._say("250 2.1.5 Recipient OK")
            elif verb == "DATA":
                self._say("354 End data with <CR><LF>.<CR><LF>")
                self._say(self.server.hand_back(sender, recipients, self._content()))
            elif verb == "QUIT":
                self._say("221 2.0.0 bye")
                return
            else:  # HELO, RSET, NOOP, XFORWARD
                self._say("250 2.0.0 ok")

    def _content(self) -> bytes:
        lines = []
        while (line := self.rfile.readline(65536)) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


class Scanner(socketserver.ThreadingTCPServer):
    """Listens as soon as it is made; hands everything back to the server `back`."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, back: tuple[str, int]):
        self._back = back
        self.port = loopback.free_port(loopback.SCANNER)
        super().__init__((loopback.SCANNER, self.port), _Session)

    def hand_back(self, sender: str, recipients: list[str], content: bytes) -> str:
        """Sends it on and returns what that server said, as the filter's own answer."""
        received = (f"Received: from mx.shop.test ([{loopback.GUARDED}])\r\n"
                    f"\tby localhost (mx.shop.test [{loopback.SCANNER}]) (amavisd-new, port 10024)\r\n"
                    f"\twith ESMTP id {secrets.token_hex(6)}; {email.utils.formatdate()}\r\n")
        try:
            with smtplib.SMTP(local_hostname="localhost", source_address=(loopback.SCANNER, 0), timeout=30) as back:
                back.connect(*self._back)
                back.ehlo()
                back.mail(sender)
                for recipient in recipients:
                    back.rcpt(recipient)
                code, said = back.data(received.encode() + content)
        except (smtplib.SMTPException, OSError) as failure:
            return f"451 4.5.0 from MTA: {failure}"
        return f"{code} {said.decode(errors='replace').split(' ')[0]} from MTA: {code} {said.decode(errors='replace')}"

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address) -> None:
        """A peer that goes away in mid-dialogue is nothing to tell."""
