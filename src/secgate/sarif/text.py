"""Text that others wrote, made safe to show: nothing in it can steer a terminal, forge a link or grow without bound."""

import re
from urllib.parse import urlsplit

# Controls but line feed and tab; then what is invisible or changes the direction of what follows.
_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff"
    "\uffa0\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_NEEDS_CARE = re.compile(f"{_UNSHOWABLE.pattern}|\\]\\(")
_LINK = re.compile(r"https?://[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%\[\]]+")
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&@:])")
_WORD = re.compile(r"[A-Za-z0-9]+")


def plain(text: str) -> str:
    """Return the text with control, direction and lone surrogate characters replaced and embedded links taken apart.

    A SARIF message is shown with `[text](target)` as a link; what a tool or a tree says must not be able to set one.
    """
    if not _NEEDS_CARE.search(text):
        return text
    return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n")).replace("](", "] (")


def line(text: str, limit: int) -> str:
    """Return the text on one line, safe to show, at most `limit` characters."""
    return cut(" ".join(plain(text).split()), limit)


def inert(document: bytes) -> bytes:
    """Return JSON that means the same and can be printed: no unseen characters, no command for a CI runner in it."""
    if document.isascii() and b"\x7f" not in document and b"##[" not in document:
        return document
    return _UNSHOWABLE.sub(_escaped, document.decode()).replace("##[", "#\\u0023[").encode()


def _escaped(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def cut(text: str, limit: int) -> str:
    """Return at most `limit` characters; what was cut ends with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def first(*texts: str) -> str:
    """Return the first text that is more than blanks, or the empty string."""
    return next((text for text in texts if text.strip()), "")


def markdown(text: str) -> str:
    """Return the text such that Markdown shows it as it stands: no markup, links, mentions or HTML of its own."""
    return _MARKUP.sub(r"\\\1", plain(text))


def pascal(text: str) -> str:
    """Return the words of the text in PascalCase; empty where it holds no ASCII letter or digit."""
    return "".join(word[0].upper() + word[1:] for word in _WORD.findall(text))


def link(uri: str) -> str:
    """Return the URI where it is a well-formed absolute `http` or `https` one, else the empty string."""
    if not _LINK.fullmatch(uri) or re.search("%(?![0-9A-Fa-f]{2})", uri):
        return ""
    try:
        parts = urlsplit(uri)
        good = bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    return uri if good else ""
