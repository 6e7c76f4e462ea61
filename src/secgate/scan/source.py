"""The forms that scanners need of programs, notebooks and text in order to read what runs, or what stands there."""

from secgate.scan import notebooks, programs, python, text
from secgate.scan.form import Form

_MAKE = (programs.by_suffix, programs.by_first_line, notebooks.code, notebooks.text, text.plain)
_ODD = (".ipynb", ".mts", ".cts")
"""Suffixes of what has another form whatever is in it."""


def forms(path: str, content: bytes) -> list[Form]:
    """Return a file's other forms, from its path in the copy and its content."""
    if _is_usual(content) and not path[-6:].lower().endswith(_ODD):
        return []
    return [form for make in _MAKE if (form := make(path, content))]


def _is_usual(content: bytes) -> bool:
    """Return whether nothing in a file can be what a form is about. Nearly all files cost no more than this."""
    return (
        content.isascii()
        and content[:2] != b"#!"
        # To look for one byte first costs a quarter of what it costs to look for two.
        and not (b"\r" in content or (b"\\" in content and b"\\u" in content))
        and not python.may_name_encoding(content)
        and text.is_plain(content)
    )
