"""Text as scdoc(5) wants it."""

import re

_AT_LINE_START = "#-.;[|]`:<>"


def plain(text: str) -> str:
    """Text that means itself: nothing in it is markup."""
    out = re.sub(r"([\\*_])", r"\\\1", text).replace("++", "+\\+")
    return "\n".join("\\" + line if line[:1] and line[0] in _AT_LINE_START else line for line in out.split("\n"))


def bold(text: str) -> str:
    return f"*{plain(text)}*"


def underlined(text: str) -> str:
    return f"_{plain(text)}_"


def item(head: str, text: str) -> str:
    """A term, and what it means below it, indented."""
    lines = "\n".join("\t" + line for line in text.split("\n"))
    return f"{head}\n{lines}\n"


def literal(lines: list[str]) -> str:
    return "```\n" + "\n".join(lines).replace("\\", "\\\\") + "\n```\n"


def _inline(text: str) -> str:
    """Code, strong text, emphasis and links of Markdown; the rest means itself."""
    out = []
    for code, strong, emphasis, link, rest in re.findall(
            r"`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\([^)]+\)|((?:(?!`|\*|\[[^\]]+\]\().)+|.)", text, re.DOTALL):
        if code or strong:
            out.append(bold(code or strong))
        elif emphasis:
            out.append(underlined(emphasis))
        else:
            out.append(re.sub(r"([\\*_])", r"\\\1", link or rest))
    return "".join(out)


def _table(rows: list[str]) -> str:
    """The first cell is the term; a number takes the name of its column with it."""
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip().strip("|"))] for row in rows]
    names, body = cells[0], cells[2:]
    out = []
    for row in body:
        rest = [f"{cell} {name}" if cell.isdigit() else _inline(cell) for name, cell in zip(names[1:], row[1:])]
        out.append(item(_inline(row[0]), "; ".join(rest)))
    return "\n".join(out)


def from_markdown(text: str) -> str:
    """Headings, paragraphs, lists, tables and indented code."""
    out, paragraph = [], []
    in_list = False

    def close() -> None:
        if paragraph:
            joined = "\n".join(paragraph)
            out.append(("\\" if joined[0] in _AT_LINE_START.replace("-", "") and joined[0] != "`" else "") + _inline(joined) + "\n")
            paragraph.clear()

    lines = text.split("\n")
    at = 0
    while at < len(lines):
        line = lines[at]
        block = []
        if line.startswith("    ") and not paragraph:
            while at < len(lines) and (lines[at].startswith("    ") or not lines[at].strip()):
                block.append(lines[at][4:])
                at += 1
            while block and not block[-1].strip():
                block.pop()
            out.append(literal(block))
            continue
        if line.startswith("|"):
            close()
            while at < len(lines) and lines[at].startswith("|"):
                block.append(lines[at])
                at += 1
            out.append(_table(block))
            continue
        heading = re.match(r"(#+) (.*)", line)
        entry = re.match(r"(-|\d+\.) +(.*)", line)
        if heading:
            close()
            out.append(f"# {heading[2].upper()}\n" if len(heading[1]) == 2 else f"## {heading[2]}\n")
        elif entry:
            close()
            block = [entry[2]]
            while at + 1 < len(lines) and lines[at + 1].startswith("  ") and lines[at + 1].strip():
                at += 1
                block.append(lines[at].strip())
            line = f"{'-' if entry[1] == '-' else '.'} {_inline(' '.join(block))}\n"
            # Entries without an empty line between them are one list.
            if in_list:
                out[-1] += line
            else:
                out.append(line)
            in_list = at + 1 < len(lines) and bool(re.match(r"(-|\d+\.) ", lines[at + 1]))
        elif not line.strip():
            close()
        else:
            paragraph.append(line.strip())
        at += 1
    close()
    return "\n".join(out)
