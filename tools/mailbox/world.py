"""Who and what made-up mail is about: people, hosts, times, words; and how messages are put on the wire.

Everything comes out of one seeded generator, so that the same seed gives the same bytes.
"""

import base64
import email.utils
import quopri
import random

NAMES = {
    "en": ("Alice Bob Carol Daniel Emma Frank Grace Harry Irene Jack Karen Liam", "Archer Baker Carter Dixon Ellis Foster Grant Harris"),
    "de": ("Anna Bernd Claudia Dirk Eva Fritz Greta Heiko Ines Jürgen", "Bäcker Fischer Köhler Müller Schäfer Schröder Vogt Wagner"),
    "fr": ("Amélie Benoît Chloé Didier Élodie François Gaëlle Hervé", "Bernard Dubois Fournier Girard Lefèvre Moreau Petit"),
    "es": ("Ángel Beatriz Carlos Dolores Esteban Íñigo José Lucía", "Álvarez Díaz Fernández García López Muñoz Núñez"),
    "it": ("Alessia Bruno Chiara Dario Elisa Fabio Giulia Luca", "Bianchi Conti Esposito Ferrari Marino Ricci Rossi"),
    "pt": ("Ana Bruno Conceição Diogo Inês João Luís Sofia", "Almeida Carvalho Gonçalves Magalhães Pereira Silva"),
    "nl": ("Anneke Bram Daan Femke Jeroen Lotte Maarten Sanne", "Bakker de_Boer Dijkstra Jansen van_Dijk Visser"),
    "ru": ("Анна Борис Виктор Галина Дмитрий Елена Иван Ольга", "Волков Иванов Кузнецов Лебедев Петров Смирнов"),
    "pl": ("Agnieszka Bartosz Dorota Jacek Łukasz Małgorzata Paweł", "Kowalski Nowak Wiśniewski Wójcik Zieliński"),
    "sv": ("Åsa Björn Erik Göran Ingrid Jörgen Märta", "Andersson Öberg Håkansson Lindström Sjöberg"),
    "ja": ("花子 太郎 健一 美咲 翔太", "佐藤 鈴木 高橋 田中 渡辺"),
    "zh": ("伟 芳 娜 敏 静 强", "王 李 张 刘 陈 杨"),
}
LOCALS = "ann bob info sales j.miller m-schmidt support office k_ito post a.novak team office2 webmaster t.berg zhang.w lucia p.jones".split()
PLACES = "north south harbour mill forest river stone bridge castle meadow field lake garden orchard tower".split()
TRADES = "books press works labs school clinic foods travel music tools metals print arts legal motors".split()
ENDINGS = ("example", "example.org", "example.net", "example.com", "test")
CHARSETS = {
    "en": ("us-ascii", "utf-8", "iso-8859-1", "windows-1252"),
    "de": ("iso-8859-1", "utf-8", "iso-8859-15", "windows-1252"),
    "fr": ("iso-8859-1", "utf-8", "iso-8859-15"), "es": ("iso-8859-1", "utf-8", "windows-1252"),
    "it": ("iso-8859-1", "utf-8", "windows-1252"), "pt": ("iso-8859-1", "utf-8"),
    "nl": ("iso-8859-1", "utf-8"), "sv": ("iso-8859-1", "utf-8"),
    "ru": ("koi8-r", "windows-1251", "utf-8", "iso-8859-5"), "pl": ("iso-8859-2", "windows-1250", "utf-8"),
    "ja": ("iso-2022-jp", "shift_jis", "euc-jp", "utf-8"), "zh": ("gb2312", "gb18030", "gbk", "utf-8"),
}
SUBJECTS = {
    "en": ("Meeting on Thursday", "Offer no. {n}", "Cheap watches", "Question about the invoice", "Photos", "You have won", "minutes of {n}"),
    "de": ("Angebot Nr. {n}", "Treffen am Donnerstag", "Günstige Uhren", "Rückfrage zur Rechnung {n}"),
    "fr": ("Réunion de jeudi", "Devis n° {n}", "Question sur la facture"), "es": ("Reunión del jueves", "Presupuesto {n}"),
    "it": ("Riunione di giovedì", "Preventivo n. {n}"), "pt": ("Reunião de quinta-feira", "Orçamento {n}"),
    "nl": ("Vergadering donderdag", "Offerte {n}"), "ru": ("Встреча в четверг", "Счёт № {n}"),
    "pl": ("Spotkanie w czwartek", "Oferta nr {n}"), "sv": ("Möte på torsdag", "Offert {n}"),
    "ja": ("木曜日の会議", "見積書 {n}"), "zh": ("星期四会议", "报价单 {n}"),
}
DIAGNOSTICS = (
    ("5.1.1", "550 5.1.1 <{rcpt}>: Recipient address rejected: User unknown in virtual mailbox table"),
    ("5.1.1", "550 5.1.1 The email account that you tried to reach does not exist."),
    ("5.1.1", "550-5.1.1 <{rcpt}> User unknown; rejecting"), ("5.2.2", "552 5.2.2 Mailbox size limit exceeded"),
    ("5.7.1", "554 5.7.1 Message rejected as spam"), ("5.4.4", "Host or domain name not found. Name service error"),
    ("5.2.1", "550 5.2.1 The email account that you tried to reach is disabled"), ("5.0.0", "550 no such user here"),
    ("5.7.1", "550 5.7.1 Service unavailable; client [{ip}] blocked using a DNS list"),
    ("5.3.4", "552 5.3.4 Message size exceeds fixed limit"), ("5.1.2", "Host unknown (Name server: {rhost}: host not found)"),
)


class World:
    """What one message needs, drawn at random."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.pick = self.random.choice
        self.clock = 1_700_000_000

    def number(self, least: int, most: int) -> int:
        return least + int(self.random.random() * (most - least + 1))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def hex(self, digits: int) -> str:
        return f"{self.random.getrandbits(4 * digits):0{digits}x}"

    def token(self, size: int) -> str:
        return "".join(self.random.choices("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789", k=size))

    def domain(self) -> str:
        return f"{self.pick(PLACES)}-{self.pick(TRADES)}.{self.pick(ENDINGS)}"

    def host(self, domain: str = "") -> str:
        return f"{self.pick(('mx', 'mail', 'smtp', 'relay', 'out', 'srv'))}{self.number(1, 40)}.{domain or self.domain()}"

    def address(self, domain: str = "") -> str:
        local = self.pick(LOCALS) + (str(self.number(1, 999)) if self.chance(0.4) else "")
        return f"{local}@{domain or self.domain()}"

    def ip(self) -> str:
        return f"{self.pick(('192.0.2', '198.51.100', '203.0.113'))}.{self.number(1, 254)}"

    def name(self, language: str = "en") -> str:
        given, family = NAMES[language]
        given, family = self.pick(given.split()), self.pick(family.split()).replace("_", " ")
        return family + given if language in ("ja", "zh") else f"{given} {family}"

    def subject(self, language: str = "en") -> str:
        return self.pick(SUBJECTS[language]).format(n=self.number(100, 9999))

    def now(self, back: int = 0) -> str:
        zone = ("+0000", "+0100", "-0500", "+0900", "+0530", "-0800")[self.clock % 6]
        return email.utils.formatdate(self.clock - back, usegmt=False)[:-5] + zone

    def message_id(self, domain: str = "") -> str:
        return f"<{self.hex(12)}.{self.number(1000, 99999)}@{domain or self.host()}>"

    def charset(self, language: str) -> str:
        return self.pick(CHARSETS[language])

    def boundary(self) -> str:
        return self.pick(("----=_Part_{n}_{h}", "{h}{h}", "_000_{h}", "=_{h}.{n}", "{h}/{n}")).format(
            n=self.number(1000, 9_999_999), h=self.hex(12))


def encoded(text: str, charset: str, cte: str) -> bytes:
    raw = text.encode(charset, "replace")
    if cte == "base64":
        return base64.encodebytes(raw)
    if cte == "quoted-printable":
        return quopri.encodestring(raw)
    return raw


def word(text: str, charset: str, form: str = "B") -> str:
    """A header's text: as it is, or in encoded words (RFC 2047) of at most 40 bytes each."""
    if text.isascii():
        return text
    pieces, piece = [], ""
    for char in text:
        if len((piece + char).encode(charset, "replace")) > 30:
            pieces.append(piece)
            piece = ""
        piece += char
    out = []
    for piece in pieces + [piece]:
        raw = piece.encode(charset, "replace")
        if form == "B":
            out.append(f"=?{charset}?B?{base64.b64encode(raw).decode()}?=")
        else:
            out.append(f"=?{charset}?Q?" + "".join(
                chr(b) if chr(b).isascii() and chr(b).isalnum() else "_" if b == 32 else f"={b:02X}" for b in raw) + "?=")
    return "\n ".join(out)


def text_part(text: str, charset: str, cte: str, subtype: str = "plain") -> bytes:
    """A part's own fields, an empty line and its content."""
    label = "" if charset == "us-ascii" and subtype == "plain" and cte == "7bit" else (
        f"Content-Type: text/{subtype}; charset={charset}\nContent-Transfer-Encoding: {cte}\n")
    return label.encode() + b"\n" + encoded(text, charset, cte)


def multipart(boundary: str, parts: list[bytes], preamble: str = "") -> bytes:
    marks = f"--{boundary}\n".encode()
    out = [preamble.encode()]
    for part in parts:
        out += [marks, part, b"" if part.endswith(b"\n") else b"\n", b"\n"]
    return b"".join(out) + f"--{boundary}--\n".encode()


def cte_of(world: World, charset: str) -> str:
    if charset == "iso-2022-jp":
        return "7bit"
    if charset == "us-ascii":
        return "7bit"
    return world.pick(("8bit", "quoted-printable", "base64") if charset != "shift_jis" else ("base64", "8bit"))


def message(fields: list[tuple[str, str]], body: bytes) -> bytes:
    """`body` holds its own Content- fields when it begins with them."""
    head = "".join(f"{name}: {value}\n" for name, value in fields).encode("utf-8", "surrogateescape")
    if not body.startswith((b"Content-", b"\n")):
        body = b"\n" + body
    return head + body
