"""Machines' reports from <> that answer no letter of ours: they are none of our business and come in untouched."""

import base64
import email.utils
import functools
import gzip
import io
import zipfile

import originals
from cases import NO_ANSWER, Case

_DMARC = ("<?xml version=\"1.0\"?><feedback><report_metadata><org_name>else.test</org_name></report_metadata>"
          "<policy_published><domain>shop.test</domain><p>none</p></policy_published></feedback>")
_TLS = '{"organization-name":"else.test","report-id":"2026-11-20","policies":[]}'


def make() -> list[Case]:
    return [Case(f"report/{kind}/to-{person}", NO_ANSWER, functools.partial(_send, kind=kind, person=person),
                 kind="aggregate-report", into=(person,))
            for kind in ("dmarc-zip", "dmarc-gzip", "tls") for person in ("dmarc", "postmaster", "anna")]


def _send(zoo, case: Case, kind: str, person: str) -> None:
    originals.deliver(zoo, [originals.user(person)], {"dmarc-zip": _dmarc, "dmarc-gzip": _dmarc, "tls": _tls}[kind](
        case.mark, originals.user(person), kind))


def _dmarc(mark: str, recipient: str, kind: str) -> bytes:
    """RFC 7489 §7.2.1.1: the subject and the file's name are fixed, the form of the mail is not."""
    name = f"else.test!shop.test!1795132800!1795219199!{mark}.xml"
    if kind == "dmarc-zip":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(name, _DMARC)
        content, name, type_ = packed.getvalue(), name.replace(".xml", ".zip"), "application/zip"
    else:
        content, name, type_ = gzip.compress(_DMARC.encode()), name + ".gz", "application/gzip"
    return (f"From: noreply-dmarc@else.test\nTo: {recipient}\nDate: {email.utils.formatdate()}\n"
            f"Subject: Report Domain: shop.test Submitter: else.test Report-ID: {mark}\n"
            f"Message-ID: <{mark}@else.test>\nMIME-Version: 1.0\n"
            f"Content-Type: multipart/mixed; boundary=\"dmarc\"\n\n--dmarc\nContent-Type: text/plain\n\n"
            f"This is an aggregate report from else.test.\n\n--dmarc\nContent-Type: {type_}; name=\"{name}\"\n"
            f"Content-Disposition: attachment; filename=\"{name}\"\nContent-Transfer-Encoding: base64\n\n"
            f"{base64.encodebytes(content).decode()}\n--dmarc--\n").encode()


def _tls(mark: str, recipient: str, kind: str) -> bytes:
    """RFC 8460 §5.3: a multipart/report of a type of its own."""
    content = base64.encodebytes(gzip.compress(_TLS.encode())).decode()
    return (f"From: tlsrpt@else.test\nTo: {recipient}\nDate: {email.utils.formatdate()}\n"
            f"Subject: Report Domain: shop.test Submitter: else.test Report-ID: <{mark}>\n"
            f"Message-ID: <{mark}@else.test>\nTLS-Report-Domain: shop.test\nTLS-Report-Submitter: else.test\n"
            "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=\"tlsrpt\"; boundary=\"tls\"\n\n"
            "--tls\nContent-Type: text/plain\n\nThis is an aggregate TLS report from else.test.\n\n"
            "--tls\nContent-Type: application/tlsrpt+gzip\nContent-Transfer-Encoding: base64\n\n"
            f"{content}\n--tls--\n").encode()
