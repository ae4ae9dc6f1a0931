"""Reads src/core/reading/phrases.tsv, says of each bad row what to do, and renders phrases.inc."""
import re
import unicodedata

KINDS = ("bounce delay delivery-report read-receipt auto-reply ticket-ack challenge virus-notice "
         "content-notice subscription-confirm feedback-report aggregate-report ordinary").split()
PLACES = "subject from text diagnostic".split()
REASONS = ("user-unknown user-disabled user-moved mailbox-full host-unknown too-large spam virus "
           "content sender-refused client-refused authentication-failed policy relay-denied "
           "rate-limited network expired protocol-error loop system-error").split()
COLUMNS = "id language kind where product reason fixed|common literal example".split()
LITERAL_BYTES_MIN = 6
LITERAL_BYTES_MAX = 250
PLAIN_FORMS = {
    "\u0131": "i", "\u0451": "\u0435", "\u03c2": "\u03c3", "\u2018": "'", "\u2019": "'", "\u201a": "'",
    "\u201b": "'", "\u2032": "'", "`": "'", "\u00b4": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"',
    "\u201f": '"', "\u2033": '"', "\u00ab": '"', "\u00bb": '"', "\u2010": "-", "\u2011": "-", "\u2012": "-",
    "\u2013": "-", "\u2014": "-", "\u2015": "-", "\u2212": "-", "\u2026": "...", "\u00ad": "", "\u200b": "",
    "\u200c": "", "\u200d": "", "\u200e": "", "\u200f": "", "\u2060": "", "\ufeff": "",
}


def normal(text):
    """Normal text of a literal, as core/reading/normal_text.h has it."""
    text = unicodedata.normalize("NFC", text)
    out = []
    for char in text:
        if "\uff01" <= char <= "\uff5e":
            char = chr(ord(char) - 0xfee0)
        if char == "\u0130":
            char = "i"
        char = char.lower()
        char = PLAIN_FORMS.get(char, char)
        out.append(" " if char.isspace() else char)
    text = re.sub(r"\d+", "0", "".join(out))
    return re.sub(" +", " ", text).strip()


def begins_word_in(literal, text):
    """Whether the literal stands in a text so that the search of phrase_search.h meets it."""
    before = "(?<![a-z0])" if re.match("[a-z0]", literal) else ""
    return re.search(before + re.escape(literal), text)


def complain_of(cells):
    """What is wrong with one row, each as what to do."""
    if len(cells) != len(COLUMNS) or not all(cells):
        yield f"want {len(COLUMNS)} cells between tabs, none empty: {', '.join(COLUMNS)}; got {len(cells)}"
        return
    name, language, kind, place, _, reason, firmness, literal, example = cells
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name):
        yield f"id '{name}': want lower-case words with '-' between"
    if not re.fullmatch(r"[a-z]{2}|und", language):
        yield f"language '{language}': want two letters of ISO 639-1, or und"
    elif not name.startswith(f"{language}-{kind}-") and not (
            place == "diagnostic" and name.startswith(f"{language}-diagnostic-")):
        yield f"id '{name}': begin it with '{language}-{kind}-'"
    if kind not in KINDS:
        yield f"kind '{kind}': want one of {', '.join(KINDS)}"
    if place not in PLACES:
        yield f"where '{place}': want one of {', '.join(PLACES)}"
    if reason != "-" and reason not in REASONS:
        yield f"reason '{reason}': want - or one of {', '.join(REASONS)}"
    if firmness not in ("fixed", "common"):
        yield f"'{firmness}': want fixed or common"
    size = len(literal.encode())
    if not LITERAL_BYTES_MIN <= size <= LITERAL_BYTES_MAX:
        yield f"literal '{literal}' has {size} bytes: want {LITERAL_BYTES_MIN} to {LITERAL_BYTES_MAX}"
    if literal != normal(literal):
        yield f"literal is not in normal text: write '{normal(literal)}'"
    elif literal not in normal(example):
        yield f"example does not have the literal: its normal text is '{normal(example)}'"
    elif not begins_word_in(literal, normal(example)):
        yield "the literal begins inside a word of the example: the search looks where words begin"
    elif place == "text" and example.lstrip().startswith(">"):
        yield "the example begins with '>': quoted lines of a text are not searched"


def read_rows(path, shown):
    """Rows, and complaints as `file:line: what to do`."""
    rows, complaints, ids, literals = [], [], {}, {}
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        found = list(complain_of(cells))
        if not found:
            if cells[0] in ids:
                found.append(f"id '{cells[0]}' stands in line {ids[cells[0]]} already: choose another")
            key = (cells[3], cells[7])
            if key in literals:
                found.append(f"'{cells[7]}' in {cells[3]} stands in line {literals[key]} already: drop one")
            ids.setdefault(cells[0], number)
            literals.setdefault(key, number)
            rows.append(cells)
        complaints += [f"{shown}:{number}: {what}" for what in found]
    return rows, complaints


def pascal(name):
    return "".join(word.capitalize() for word in name.split("-"))


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def render_inc(rows):
    out = ["// Generated by tools/generate.py from phrases.tsv. Do not edit.\n"]
    for name, language, kind, place, product, reason, firmness, literal, _ in rows:
        out.append(
            f"BACKSTOP_PHRASE({quoted(name)}, {quoted(language)}, {pascal(kind)}, {pascal(place)}, "
            f"{quoted('' if product == '-' else product)}, {'Unknown' if reason == '-' else pascal(reason)}, "
            f"{'true' if firmness == 'fixed' else 'false'},\n                {quoted(literal)})\n")
    return "".join(out)
