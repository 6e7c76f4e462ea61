"""Makes hostile text harmless at the place of output: in a terminal, in a CI log, in Markdown.

Paths, messages and the words of tools come from the tree being judged. Here they lose the power to move the cursor, to
hide or reverse what follows, to give the runner commands, to add markup, to notify people and to make links.
"""

import html
import re

LINE = 400
"""How many characters of one text are shown, unless the caller says otherwise."""

URL = 500
"""How long a link may be."""

# C0, DEL and C1; then what is invisible or changes the direction or the look of what follows: soft hyphen, joiners,
# fillers, bidirectional marks and overrides, line separators, interlinear marks, lone surrogates, tag characters.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_LOOKS = re.compile("[\ufe00-\ufe0f]")
# Ten marks on one letter draw over the lines above and below.
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACKED = re.compile(f"({_MARK}{{3}}){_MARK}+")

# The runner trims a line, then looks for `::` at its start; the old form `##[` counts anywhere in a line.
_COMMAND = re.compile(r"(?m)((?:^|(?<=[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]))(?:[^\S\n]|\x1b\[[0-9;]*m)*:):")
_OLD_COMMAND = re.compile(r"##\[")

_ADDRESS = re.compile(r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?([/?#][A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*)?")

_MARKUP = re.compile(r"([\\`*\[\]|~#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))")
_PLAIN_CODE = re.compile(r"[A-Za-z0-9._/:+=,()%~-]+(?: [A-Za-z0-9._/:+=,()%~-]+)*")
# Each of these becomes a mention, a reference or a link in the text of a comment, however its source was escaped.
_ALIVE = re.compile(r"@(?=[A-Za-z0-9_-])|(?:#|GH-)(?=[0-9])|:(?=//)|www(?=\.)", re.IGNORECASE)
_HERE = "\x00"
_APART = "&#8203;"


def visible(text: str) -> str:
    """Return the text in which every control and invisible character is written out as its escape."""
    return _STACKED.sub(r"\1", _LOOKS.sub("", _UNSEEN.sub(_written, text)))


def _written(match: re.Match[str]) -> str:
    number = ord(match[0])
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def cut(text: str, limit: int) -> str:
    """Return the text, or its beginning with `…` at the end, at most `limit` characters long."""
    return text if len(text) <= limit else text[: max(limit - 1, 0)].rstrip() + "…"


def line(text: str, limit: int = LINE) -> str:
    """Return the text as one line that is safe to print: white space folded, unseen characters written out, cut."""
    return commands(cut(visible(" ".join(text[: limit * 8].split())), limit))


def path(text: str, limit: int = 160) -> str:
    """Return a path exactly, safe to print; a long one loses its middle, because its end says most."""
    shown = visible(text if len(text) <= limit * 8 else text[: limit * 4] + text[-limit * 4 :])
    if len(shown) > limit:
        head = limit // 3
        shown = f"{shown[:head]}…{shown[len(shown) - (limit - head - 1) :]}"
    return commands(shown)


def commands(text: str) -> str:
    """Return the text, of one or more lines, without anything that a CI runner takes for a command."""
    return _OLD_COMMAND.sub("## [", _COMMAND.sub(r"\1 :", text))


def json(text: str) -> str:
    """Return a JSON document that means the same, with unseen characters and commands written as escapes."""
    return _UNSEEN.sub(_escaped, text).replace("##[", "#\\u0023[")


def _escaped(match: re.Match[str]) -> str:
    # White space between the values of a document is no part of any text.
    units = match[0].encode("utf-16-be", "surrogatepass").hex()
    return match[0] if match[0] in "\n\r\t" else "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def ascii_only(text: str) -> str:
    """Return the text for a stream that can only take ASCII: drawing characters replaced, all others written out."""
    return text.translate(_DRAWN).encode("ascii", "backslashreplace").decode("ascii")


_DRAWN = str.maketrans({"…": "...", "·": "|", "━": "=", "─": "-", "✓": "+", "✗": "x"})


def url(text: str) -> str:
    """Return the address if it is plain http or https without a user name and not too long, else nothing."""
    return text if len(text) <= URL and _ADDRESS.fullmatch(text) else ""


def markdown(text: str, limit: int = LINE) -> str:
    """Return the text for the inside of a Markdown line: it stays text, and nobody is notified.

    Pairs of backticks are kept as code, because tools write so.
    """
    parts = line(text, limit).split("`")
    if len(parts) % 2 == 0:
        return _literal("`".join(parts))
    return "".join(code(part) if number % 2 and part.strip() else _literal(part) for number, part in enumerate(parts))


def _literal(text: str) -> str:
    apart = _ALIVE.sub(lambda match: match[0] + _HERE, text)
    escaped = html.escape(_MARKUP.sub(r"\\\1", apart), quote=False)
    return escaped.replace("$", "&#36;").replace(_HERE, _APART)


def code(text: str, limit: int = LINE) -> str:
    """Return the text as code in Markdown, exactly as it is, whatever it holds."""
    shown = path(text, limit)
    if not shown.strip():
        return "<code>(empty)</code>"
    return f"`{shown}`" if _PLAIN_CODE.fullmatch(shown) else f"<code>{_literal(shown)}</code>"


def link(text: str, address: str) -> str:
    """Return a Markdown link of an already safe text; only the text where the address is not a plain one."""
    target = url(address).translate(_IN_TARGET)
    return f"[{text}]({target})" if target else text


_IN_TARGET = str.maketrans({"(": "%28", ")": "%29", "$": "%24", "&": "&amp;"})
