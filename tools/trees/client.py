"""SMTP clients that speak from a loopback address of their own."""

import smtplib
import socket

from . import loopback


class Client:
    """One connection from `address` to a server; `send` raises smtplib.SMTPException when refused."""

    def __init__(self, address: str, server: tuple[str, int], helo: str | None = None, seconds: float = 60):
        self._smtp = smtplib.SMTP(timeout=seconds, source_address=(address, 0),
                                  local_hostname=helo or loopback.NAMES[address])
        self._smtp.connect(*server)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_) -> None:
        try:
            self._smtp.quit()
        except (smtplib.SMTPException, OSError):
            self._smtp.close()

    def send(self, sender: str, recipient: str, message: bytes, returns: str = "",
             notify: str = "") -> None:
        """Sends one message (LF line ends), with the recipient named to the server as relays do (ORCPT).

        `returns`, HDRS or FULL, asks for that much of it in a report, `notify`, as SUCCESS, for one (RFC 3461 §4).
        """
        self._smtp.ehlo_or_helo_if_needed()
        options = [f"ORCPT=rfc822;{recipient}"] if self._smtp.has_extn("dsn") else []
        options += [f"NOTIFY={notify}"] if notify and options else []
        asked = [f"RET={returns}"] if returns and self._smtp.has_extn("dsn") else []
        self._smtp.sendmail(sender, [recipient], message.replace(b"\n", b"\r\n"), asked, options)

    def command(self, line: str) -> tuple[int, str]:
        """Says one line and returns the code and text of the answer: for what smtplib would tidy up."""
        code, text = self._smtp.docmd(line)
        return code, text.decode("latin-1")

    def data(self, message: bytes) -> tuple[int, str]:
        code, text = self._smtp.data(message.replace(b"\n", b"\r\n"))
        return code, text.decode("latin-1")

    def content(self, message: bytes) -> tuple[int, str]:
        """The message itself, when DATA has been said by `command`."""
        lines = message.replace(b"\n", b"\r\n").replace(b"\r\n.", b"\r\n..")
        self._smtp.send(lines + b".\r\n")
        code, text = self._smtp.getreply()
        return code, text.decode("latin-1")


def listening(path: str) -> bool:
    """Whether somebody accepts connections on this unix socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(2)
        try:
            probe.connect(path)
            return True
        except OSError:
            return False
