"""A server abroad that people have their mail forwarded by, with SRS, and that has a mailing list.

unknown.fwd.test is forwarded to unknown.exim.test, and so on; a post to unknown.lists.test goes to the one
subscriber there, under the list's own sender. What comes back goes the same way: SRS is undone, and the list
hands what its post caused to whoever wrote it, at the address of the From field, which has no tag.
"""

import pathlib

from abroad import lines_of
from trees import loopback
from trees.enclosure import Enclosure
from trees.exim import ENCLOSED

FORWARDED, LIST = "fwd.test", "lists.test"
_SECRET = "only-for-tests"

_CONFIGURATION = """\
primary_hostname = mx.forward.test
""" + ENCLOSED + """\
smtp_accept_max = 60
smtp_accept_queue_per_connection = 0
smtp_accept_max_per_connection = 0
acl_smtp_rcpt = acl_rcpt
ignore_bounce_errors_after = 0s
timeout_frozen_after = 1m
log_file_path = /var/log/exim4/%slog
begin acl
acl_rcpt:
  accept
begin routers
home:
  driver = manualroute
  domains = {ours}
  transport = smtp
  route_list = * {home}::{home_port}
  self = send
  no_more
srs_back:
  driver = redirect
  senders = :
  domains = *.{forwarded}
  condition = ${{if inbound_srs {{$local_part}}{{{secret}}}}}
  data = $srs_recipient
list_back:
  driver = redirect
  domains = {list}
  local_part_prefix = news-bounces+
  data = ${{sg{{$local_part}}{{=}}{{@}}}}
forward:
  driver = redirect
  domains = *.{forwarded}
  data = $local_part@${{sg{{$domain}}{{\\N{forwarded}$\\N}}{{exim.test}}}}
post:
  driver = redirect
  domains = *.{list}
  data = $local_part@${{sg{{$domain}}{{\\N{list}$\\N}}{{exim.test}}}}
  errors_to = news-bounces+${{sg{{${{address:$h_from:}}}}{{@}}{{=}}}}@{list}
  headers_remove = subject
  headers_add = Subject: [news] $h_subject:\\nList-Id: News <news.{list}>\\nPrecedence: list
abroad:
  driver = manualroute
  domains = *.exim.test
  transport = ${{if match{{$original_domain}}{{\\N{forwarded}$\\N}}{{smtp_forwarded}}{{smtp}}}}
  route_list = * {abroad}::{abroad_port}
  self = send
begin transports
smtp:
  driver = smtp
  interface = {address}
  hosts_avoid_tls = *
smtp_forwarded:
  driver = smtp
  interface = {address}
  hosts_avoid_tls = *
  max_rcpt = 1
  return_path = ${{srs_encode {{{secret}}}{{$return_path}}{{$original_domain}}}}
begin retry
* * F,1h,5s
begin rewrite
begin authenticators
"""


class Forwarder:
    def __init__(self, tree: pathlib.Path, room: pathlib.Path, ours: str, home: tuple[str, int], abroad: tuple[str, int],
                 port: int):
        self.address = loopback.FORWARDER
        self.port = port
        self.enclosure = room_ = Enclosure(tree, room, loopback.NAMES, loopback.NAMES[self.address])
        self.log = room / "var/log/exim4/mainlog"
        for folder in ("etc/exim4", "var/spool/exim4", "var/log/exim4"):
            room_.own(folder)
        room_.write("etc/exim4/exim4.conf", _CONFIGURATION.format(
            address=self.address, port=self.port, ours=ours, home=home[0], home_port=home[1], abroad=abroad[0],
            abroad_port=abroad[1], forwarded=FORWARDED, list=LIST, secret=_SECRET))

    def start(self) -> None:
        self.enclosure.start(["exim4", "-bdf", "-q5s"])
        loopback.wait_for_greeting(self.address, self.port, self.enclosure, "Exim")

    def stop(self) -> None:
        self.enclosure.stop()

    def log_lines(self, pattern: str) -> list[str]:
        return lines_of(self.log, pattern)
