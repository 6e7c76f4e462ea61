"""The forms that scanners need of programs, notebooks and text in order to read what runs, or what stands there."""

from secgate.scan import notebooks, programs, text
from secgate.scan.form import Form

_MAKE = (programs.by_suffix, programs.by_first_line, notebooks.code, notebooks.text, text.plain)


def forms(path: str, content: bytes) -> list[Form]:
    """Return a file's other forms, from its path in the copy and its content."""
    return [form for make in _MAKE if (form := make(path, content))]
