"""The one form in which documents are written for scanners: block style, one key or value a line, nothing to guess.

It is YAML 1.1 and 1.2 at once: every reader takes it for the same values. No comment, anchor, folded text or tag of
YAML's own is left, and nothing that could be taken for a template.
"""

import math
import re

from secgate.scan.values import At, Plain, Tagged, Value

_LONGEST_KEY = 900
"""Characters of what may stand before a colon; YAML takes 1,024."""
_WORD = re.compile(r"(?!(?i:y|n|yes|no|on|off|true|false|null)\Z)[A-Za-z][A-Za-z0-9_./-]*")
_ESCAPED = re.compile(
    r"[^\x20\x21\x23-\x5b\x5d-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|(?<=\{)\{"
)


def block(document: At) -> tuple[bytes, tuple[int, ...]]:
    """Return a document's text, and for each of its lines the line of the original."""
    writer = _Writer()
    writer.write(document, "", "")
    return "".join(f"{line}\n" for line in writer.lines).encode(), tuple(writer.origins)


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.origins: list[int] = []

    def write(self, at: At, first: str, others: str) -> None:
        """Write a value, with `first` in front of its first line and `others` in front of each other one."""
        tag, value = (f"{at.value.tag} ", at.value.value) if isinstance(at.value, Tagged) else ("", at.value)
        if not _is_deep(value):
            self._line(f"{first}{tag}{_word(value)}", at.line)
            return
        if tag:
            self._line(f"{first}{tag}".rstrip(), at.line)
            first = others
        for item in value if isinstance(value, list) else ():
            self.write(item, f"{first}- ", f"{others}  ")
            first = others
        for key, item in value.items() if isinstance(value, dict) else ():
            self._pair(_word(key), item, first, others)
            first = others

    def _pair(self, key: str, item: At, first: str, others: str) -> None:
        if len(key) > _LONGEST_KEY:
            self._line(f"{first}? {key}", item.line)
            key, first = "", others
        if _is_deep(item.value):
            self._line(f"{first}{key}:", item.line)
            self.write(item, f"{others}  ", f"{others}  ")
        else:
            self.write(item, f"{first}{key}: ", f"{others}  ")

    def _line(self, text: str, line: int) -> None:
        self.lines.append(text)
        self.origins.append(line)


def _is_deep(value: Value) -> bool:
    return isinstance(value, list | dict) and bool(value)


def _word(value: Value) -> str:
    """Return a scalar, or an empty collection, on one line."""
    if isinstance(value, str):
        return value if _stands_as_it_is(value) else f'"{_ESCAPED.sub(_escape, value)}"'
    if isinstance(value, list | dict):
        return "{}" if isinstance(value, dict) else "[]"
    if value is None or isinstance(value, bool):
        return str(value).lower().replace("none", "null")
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return str(value)
    return _number(float(value)) if isinstance(value, int | float) else ""


def _stands_as_it_is(text: str) -> bool:
    return bool(_WORD.fullmatch(text)) or (isinstance(text, Plain) and bool(text) and "\n" not in text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if found[0] in {'"', "\\"}:
        return f"\\{found[0]}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _number(value: float) -> str:
    text = repr(value)
    if not math.isfinite(value):
        return text.replace("inf", ".inf").replace("nan", ".nan")
    return text if "." in text else text.replace("e", ".0e")
