"""Text that a scanner takes for binary, or cannot read letter by letter: wide encodings and control characters."""

from secgate.scan.form import Form

HEAD = 300
"""Bytes among which one control character is enough for a scanner to leave out the whole file."""
SHORT = 10
"""Bytes below which no scanner looks for a secret."""
_CONTROLS = bytes({*range(7), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F})
_BLANKS = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))
_MARKS = ((b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_HIGH = bytes(range(0x80, 0x100))


def plain(_path: str, content: bytes) -> Form | None:
    """Return a text as UTF-8 without control characters, where it has any or is wide; None where it is no text."""
    if is_plain(content):
        return None
    text = _decoded(content)
    # Without its zeros a wide text in ASCII is one that everybody reads, whatever else is in the file.
    text = text.translate(_BLANKS, b"\0") if text else b""
    return Form(".txt", text) if len(text.strip()) >= SHORT else None


def is_plain(content: bytes) -> bool:
    """Return whether nobody takes a file for binary."""
    head = content[:HEAD]
    return b"\0" not in content and len(head.translate(None, _CONTROLS)) == len(head)


def _decoded(content: bytes) -> bytes | None:
    """Return a text as UTF-8; None where it is something else."""
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), "")
    if not marked and _is_utf_8(content):
        return content
    if encoding := marked or _wide(content[:4096]):
        return content.decode(encoding, "replace").encode()
    return content.decode("latin-1").encode() if _is_narrow(content) else None


def _is_utf_8(content: bytes) -> bool:
    try:
        content.decode()
    except ValueError:
        return False
    return True


def _wide(head: bytes) -> str:
    """Return the encoding in which most letters have a zero beside them; empty where they have not."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if 3 * max(even, odd) < len(head) or max(even, odd) < 50 * min(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_narrow(content: bytes) -> bool:
    """Return whether nearly all of it are letters of an older encoding."""
    controls = len(content) - len(content.translate(None, _CONTROLS))
    high = len(content) - len(content.translate(None, _HIGH))
    return 100 * controls <= len(content) and 10 * high <= 3 * len(content)
