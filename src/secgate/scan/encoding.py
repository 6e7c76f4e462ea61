"""Text that scanners take for something else: with a byte order mark, in UTF-16, or JSON with letters as escapes.

Its other form is the same text in UTF-8, line by line.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from secgate.scan.dockerfile import is_dockerfile
from secgate.scan.form import Form, decoded, is_marked

_DOUBLE = ([".tf", ".json"], [".tofu", ".json"])
_SUFFIXES = {
    ".json",
    ".tf.json",
    ".tofu.json",
    ".yaml",
    ".yml",
    ".template",
    ".tf",
    ".tofu",
    ".bicep",
    ".dockerfile",
    ".containerfile",
}
_LETTER = re.compile(r"(?P<before>(?<!\\)(?:\\\\)*)\\u00(?P<code>4[1-9A-Fa-f]|[56][0-9A-Fa-f]|7[0-9Aa])")
"""An escape for what needs none: a letter, or one of four signs between them."""


def forms(path: str, content: bytes) -> Iterator[Form]:
    """Give a file's text in UTF-8, without a mark, and for JSON without needless escapes, where that is another one.

    Args:
        path: in the tree.
        content: all of it.
    """
    # Nearly every file is neither: it costs no more than this.
    if not is_marked(content) and not path.lower().endswith(".json"):
        return
    suffix = _suffix(PurePosixPath(path))
    if suffix.lower() not in _SUFFIXES:
        return
    is_json = suffix.endswith(".json") and b"\\u00" in content
    if is_json or is_marked(content):
        text = decoded(content)
        plain = _LETTER.sub(_letter, text) if is_json else text
        if is_marked(content) or plain != text:
            yield Form(suffix, plain.encode(), instead=True)


def _suffix(path: PurePosixPath) -> str:
    """Return what a file's name must end in, so that scanners take it for the same."""
    if is_dockerfile(path.name):
        return ".Dockerfile"
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    return "".join(suffixes) if suffixes in _DOUBLE else "".join(suffixes[-1:])


def _letter(found: re.Match[str]) -> str:
    letter = chr(int(found["code"], 16))
    return found[0] if letter == "\\" else found["before"] + letter
