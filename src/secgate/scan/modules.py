"""Terraform's modules that are called under a condition, called once more without it.

A scanner that judges a module where it is called does not judge it at all where `count` or `for_each` comes to nothing,
and does not say so. The call stays as it is: with the values that it gives the module may be another one.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from secgate.scan.form import Form, decoded

_SUFFIXES = (".tf", ".tofu", ".tf.json", ".tofu.json")
_AGAIN = "-again"
_TEXT = r'"(?:\\.|[^"\\\n])*+"?|<<-?[ \t]*+(?P<end>[A-Za-z_][\w-]*+)(?=\n).*?(?:\n[ \t]*+(?P=end)(?=\n|\Z)|\Z)'
_COMMENT = re.compile(rf"(?P<text>{_TEXT})|\#[^\n]*+|//[^\n]*+|/\*.*?(?:\*/|\Z)", re.DOTALL)
_TOKEN = re.compile(rf"{_TEXT}|[{{}}()\[\]\n]", re.DOTALL)
_CALL = re.compile(r'\s*module[ \t]+"?([\w-]+)"?[ \t]*')
_CONDITION = re.compile(r"\s*(?:count|for_each)[ \t]*=")
_LOCAL = re.compile(r'\bsource[ \t]*=[ \t]*"\.\.?/')
_OPEN, _CLOSE = set("{[("), set("}])")
_SEEN = re.compile(r"[^\n]")


def forms(path: str, content: bytes) -> Iterator[Form]:
    """Give the calls of local modules that have a condition, without it, line by line.

    Args:
        path: in the tree.
        content: all of it.
    """
    lower = path.lower()
    if not lower.endswith(_SUFFIXES) or b"module" not in content or not (b"count" in content or b"for_each" in content):
        return
    # With this suffix it is one more file of the module to a scanner that knows OpenTofu, and nothing to others.
    if lower.endswith(".json"):
        if calls := _of_json(content):
            yield Form(".tofu.json", json.dumps({"module": calls}).encode(), (1,), beside=True)
    elif written := _again(decoded(content).replace("\r\n", "\n")):
        yield Form(".tofu", written.encode(), beside=True)


def _again(text: str) -> str:
    """Return the calls alone, each line where it was; empty where there are none."""
    text = _COMMENT.sub(lambda found: found[0] if found["text"] else _SEEN.sub(" ", found[0]), text)
    written, at = "", 0
    for call, end in _calls(text):
        conditions = list(_conditions(text, call.end() + 1, end))
        if conditions and _LOCAL.search(text, call.end(), end):
            written += _SEEN.sub("", text[at : call.start()]) + _without(text, call, conditions, end)
            at = end
    return written


def _calls(text: str) -> Iterator[tuple[re.Match[str], int]]:
    """Give what stands before the brace of each call, and where the call ends."""
    call: re.Match[str] | None = None
    line = 0
    for token, depth in _signs(text, 0, len(text)):
        sign = token[0]
        if sign == "\n" and depth == 0:
            line = token.end()
        elif sign == "{" and depth == 1:
            call = _CALL.fullmatch(text, line, token.start())
        elif sign == "}" and depth == 0 and call:
            yield call, token.end()
            call = None


def _conditions(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give where each condition of a call begins and ends."""
    for token, depth in _signs(text, start, end):
        if token[0] == "\n" and depth == 0:
            if _CONDITION.match(text, start, token.start()):
                yield start, token.start()
            start = token.end()


def _signs(text: str, start: int, end: int) -> Iterator[tuple[re.Match[str], int]]:
    """Give brackets and line ends outside of texts, each with the number of brackets that are open behind it."""
    depth = 0
    for token in _TOKEN.finditer(text, start, end):
        depth = max(0, depth + (token[0] in _OPEN) - (token[0] in _CLOSE))
        yield token, depth


def _without(text: str, call: re.Match[str], conditions: list[tuple[int, int]], end: int) -> str:
    parts, at = [text[call.start() : call.end(1)], _AGAIN], call.end(1)
    for start, stop in conditions:
        parts += text[at:start], _SEEN.sub("", text[start:stop])
        at = stop
    return "".join(parts) + text[at:end]


def _of_json(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(decoded(content))
    except (ValueError, RecursionError):
        return {}
    found: dict[str, Any] = {}
    for modules in _each(document.get("module") if isinstance(document, dict) else None):
        for name, calls in modules.items():
            for call in _each(calls):
                plain = {key: value for key, value in call.items() if key not in {"count", "for_each"}}
                if plain != call and str(call.get("source", "")).startswith(("./", "../")):
                    found[f"{name}{_AGAIN}"] = plain
    return found


def _each(value: object) -> list[dict[str, Any]]:
    """Return an object as a list of one; of a list its objects."""
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]
