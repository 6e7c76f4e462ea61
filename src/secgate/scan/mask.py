"""Values of secrets are taken out of every text before anything is made of it, in whatever form a tool may quote them.

A text loses each value as it stands and as JSON, Python, a shell, HTML, a URL, hexadecimal or base64 write it. What
takes its place is the same for every value, so neither its length nor its kind is told.
"""

import base64
import html
import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cache
from operator import is_
from typing import TypeVar, cast
from urllib.parse import quote, quote_plus

import msgspec

from secgate.model import Value

MASK = "***"
SHORTEST = 4
"""Values with fewer characters are not hidden: no text would survive it."""
_ANYWHERE = 8
"""From this length on a value is hidden inside of words too; a shorter one only where it stands as a word."""
_PIECE = 128
_ASTERISKS = re.compile(r"\*{3,}")
# Where a text was cut, the first half of a value may be left.
_CUT = re.compile(r"(?:…|\.\.\.)\Z")
_BASE64 = (base64.b64encode, base64.urlsafe_b64encode)
# What says where and by whom, not what: a finding without these would point nowhere.
_EXACT = {"path", "unread", "tool", "scanner", "command", "id", "rule_id", "line_hash", "fingerprint", "digest"}

T = TypeVar("T")


class Mask:
    """Hides values in texts. Hiding twice changes nothing, and a text without any of them stays the same object.

    Args:
        values: what to hide; those shorter than `SHORTEST` are passed over.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        # A piece never begins, ends or goes on with a mask: what was hidden cannot become part of another value.
        pieces = {piece for value in values for piece in _pieces(value)}
        anywhere = {form for piece in pieces if len(piece) >= _ANYWHERE for form in _forms(piece)}
        words = {form for piece in pieces if len(piece) < _ANYWHERE for form in _forms(piece)}
        self._words = words - anywhere
        forms = sorted(anywhere | words)
        self._heads: dict[str, list[str]] = {}
        for form in forms:
            self._heads.setdefault(form[:SHORTEST], []).append(form)
        self._inner = _inner(forms)
        self._reach = max(map(len, forms), default=0)
        self._start = _start(self._heads)
        self._known: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self._heads)

    def text(self, text: str) -> str:
        """Return a text of a report without the values."""
        hidden = self._known.get(text)
        if hidden is None:
            hidden = self._known[text] = self._hidden(text)
        return text if hidden == text else hidden

    def content(self, data: bytes) -> bytes:
        """Return a file's content without the values; the lines keep their numbers."""
        text = data.decode("utf-8", "replace") if self._heads else ""
        hidden = self._hidden(text)
        return data if hidden is text else hidden.encode()

    def _hidden(self, text: str) -> str:
        # A short value may become a word only when its neighbour is hidden: the second round finds it.
        while True:
            kept: list[str] = []
            at = 0
            for start, end in _joined(self._spans(text)):
                kept += text[at:start], MASK
                at = end
            if not kept:
                return text
            text = "".join([*kept, text[at:]])

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Give the longest span at each place where one begins, in order."""
        if not self._heads:
            return
        cut = _CUT.search(text)
        stop = cut.start() if cut else 0
        for found in self._start.finditer(text):
            at = found.start()
            forms = self._heads.get(text[at : at + SHORTEST])
            if not forms:
                continue
            end = at + len(self._longest(forms, text, at))
            if SHORTEST <= stop - at < self._reach and _begins(forms, text[at:stop]):
                end = max(end, stop)
            if end > at:
                yield at, end

    def _longest(self, forms: list[str], text: str, at: int) -> str:
        """Return the longest value that is written at a place; empty where none is."""
        seen = text[at : at + self._reach]
        # All that `seen` begins with are beginnings of what sorts last before it: thousands of values with one head,
        # access keys for example, or one in all lengths, are not tried one by one.
        before = bisect_right(forms, seen)
        form = forms[before - 1] if before else ""
        while form and not (seen.startswith(form) and (form not in self._words or _is_word(text, at, at + len(form)))):
            form = self._inner[form]
        return form


def masked(value: T, mask: Mask) -> T:
    """Return a value of the model, or a tuple of such, with the values hidden in every text that it holds.

    Every text of every field, at any depth, whichever fields there are; only what says where and by whom is exact:
    paths, ids, tools, hashes.
    """
    return cast("T", _masked(value, mask)) if mask else value


def _masked(value: object, mask: Mask) -> object:
    if type(value) is str:
        return mask.text(value)
    if isinstance(value, tuple):
        items = tuple(_masked(item, mask) for item in value)
        return value if all(map(is_, items, value)) else items
    if not isinstance(value, Value):
        return value
    changes = {}
    for name, default in _texts(type(value)):
        old = getattr(value, name)
        if old is not default and (new := _masked(old, mask)) is not old:
            changes[name] = new
    return msgspec.structs.replace(value, **changes) if changes else value


@cache
def _texts(kind: type[Value]) -> tuple[tuple[str, object], ...]:
    return tuple((field.name, field.default) for field in msgspec.structs.fields(kind) if field.name not in _EXACT)


def _pieces(value: str) -> Iterator[str]:
    """Return the parts by which a value is known: a long one is many, so that a part of it is known too."""
    for part in (part.strip("*") for part in _ASTERISKS.split(value)):
        last = max(len(part) - _PIECE, 0)
        for at in {*range(0, last, _PIECE), last}:
            if len(part) >= SHORTEST:
                yield part[at : at + _PIECE]


def _forms(value: str) -> set[str]:
    """Return a value in all the ways in which it is written."""
    inner = json.dumps(value)[1:-1]
    forms = {
        value,
        " ".join(value.split()),
        inner,
        json.dumps(inner)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        repr(value)[1:-1],
        value.replace("'", "'\\''"),
        value.replace("'", "'\"'\"'"),
        html.escape(value),
        html.escape(value, quote=False),
    }
    for coded in (
        quote(value, "", errors="replace"),
        quote_plus(value, errors="replace"),
        quote(value, errors="replace"),
    ):
        forms |= {coded, re.sub("%..", lambda found: found[0].lower(), coded)}
    return {form for form in forms | _binary(value) if len(form) >= SHORTEST}


def _binary(value: str) -> set[str]:
    """Return the value's bytes in hexadecimal and base64; for a longer one also inside of a longer text's base64."""
    raw = value.encode("utf-8", "surrogatepass")
    forms = {raw.hex(), raw.hex().upper()}
    for encode in _BASE64:
        for offset in range(3 if len(value) >= _ANYWHERE else 1):
            # The characters at both ends depend on what stands before and after.
            bits = 8 * (offset + len(raw))
            whole = encode(bytes(offset) + raw).decode()
            forms.add(whole[-(-8 * offset // 6) : bits // 6])
        forms.add(encode(raw).decode().rstrip("="))
    return forms


def _inner(forms: list[str]) -> dict[str, str]:
    """Return for each of the sorted texts the longest other one that it begins with, or an empty text."""
    found: dict[str, str] = {}
    above = [""]
    for form in forms:
        while not form.startswith(above[-1]):
            above.pop()
        found[form] = above[-1]
        above.append(form)
    return found


def _begins(forms: list[str], text: str) -> bool:
    """Return whether one of the sorted texts begins with `text`."""
    after = bisect_left(forms, text)
    return after < len(forms) and forms[after].startswith(text)


def _start(heads: Iterable[str]) -> re.Pattern[str]:
    """Return what meets every place at which a form may begin, and few others."""
    columns = ("".join(sorted(set(column))) for column in zip(*heads, strict=True))
    return re.compile("(?=" + "".join(f"[{re.escape(column)}]" for column in columns) + ")", re.DOTALL)


def _is_word(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start + 1], text[end - 1 : end + 1]
    return not (_inside(before) or _inside(after))


def _inside(pair: str) -> bool:
    return len(pair) == 2 and all(one.isalnum() or one == "_" for one in pair)


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Return the spans, which come in order, those that overlap as one."""
    start, end = -1, -1
    for one, other in spans:
        if one > end:
            if start >= 0:
                yield start, end
            start = one
        end = max(end, other)
    if start >= 0:
        yield start, end
