"""Programs: which language a file is in, and the form in which scanners read of it what runs.

What a scanner does not know by its suffix it leaves unread, and what an interpreter reads in another way than the
scanner (an encoding, an escape in a name, a line that ends elsewhere) it does not find.
"""

import re
from collections.abc import Callable

from secgate.scan import escapes, python
from secgate.scan.form import Form

_BOM = b"\xef\xbb\xbf"
_KINDS = {
    "python": "py pyw pyi",
    "javascript": "js jsx cjs mjs",
    "typescript": "ts tsx mts cts",
    "java": "java",
    "csharp": "cs",
    "php": "php phtml",
    "kotlin": "kt kts ktm",
    "scala": "scala",
    "swift": "swift",
    "ruby": "rb",
    "bash": "sh bash",
    "c": "c h",
    "cpp": "cc cpp cxx c++ hh hpp hxx",
    "go": "go",
    "rust": "rs",
}
_KIND = {suffix: kind for kind, suffixes in _KINDS.items() for suffix in suffixes.split()}
_UNKNOWN = {"mts", "cts"}
"""Suffixes of a language that its scanners do not take for it."""
SUFFIXES = frozenset(_KIND)
"""Of all languages that some scanner may read, in lower case."""
# A first line may name a shell that only starts the language of the suffix, and a template is no program yet.
_OTHERS = {
    "pl", "pm", "t", "tcl", "exp", "awk", "lua", "m", "r", "jl", "el", "scm", "in", "j2", "jinja", "jinja2",
    "tmpl", "tpl", "template", "erb", "mustache",
}  # fmt: skip
_INTERPRETERS = {
    "python": "python python2 python3 pythonw ipython pypy pypy3 jython micropython uv pipx",
    "javascript": "node nodejs bun",
    "typescript": "deno ts-node tsx",
    "php": "php",
    "kotlin": "kotlin",
    "scala": "scala",
    "swift": "swift",
    "ruby": "ruby jruby rbx",
    "bash": "sh bash dash ash ksh mksh zsh",
}
_RUNS = {name: kind for kind, names in _INTERPRETERS.items() for name in names.split()}
_CALLED = {"c#": "csharp", ".net-csharp": "csharp", "c++": "cpp"}
_VERSION = re.compile(r"-?[\d.]+$")
# Measured: of the others, the scanners' parsers read what their compilers read.
_PLAIN: dict[str, Callable[[bytes], Form | None]] = {
    "python": python.plain,
    "javascript": escapes.letters(".js"),
    "typescript": escapes.letters(".ts"),
    "csharp": escapes.letters(".cs"),
    "java": escapes.java,
    **{kind: escapes.line_ends("." + _KINDS[kind].split()[0]) for kind in ("kotlin", "scala", "swift", "c", "cpp")},
}


def suffix_of(path: str) -> str:
    """Return the suffix of a file's name in lower case, without its dot; empty where it has none."""
    _, dot, suffix = path.rpartition(".")
    return suffix.lower() if dot and "/" not in suffix else ""


def by_suffix(path: str, content: bytes) -> Form | None:
    """Return a program of a known suffix as what runs it reads it, where a scanner would read it in another way."""
    suffix = suffix_of(path)
    kind = _KIND.get(suffix, "")
    if suffix in _UNKNOWN:
        return read_as(kind, content)
    return _PLAIN[kind](content) if kind in _PLAIN else None


def by_first_line(path: str, content: bytes) -> Form | None:
    """Return a program whose first line alone tells its language, under the suffix of that language."""
    if not content.startswith((b"#!", _BOM)):
        return None
    kind = started_by(content)
    if not kind or suffix_of(path) in _KIND or suffix_of(path) in _OTHERS:
        return None
    return read_as(kind, content)


def read_as(kind: str, content: bytes) -> Form:
    """Return a program under the suffix of its language, as what runs it reads it."""
    plain = _PLAIN[kind](content) if kind in _PLAIN else None
    return plain or Form(f".{_KINDS[kind].split()[0]}", content)


def kind_called(name: str) -> str:
    """Return the language that people call so, in lower case; empty where it is not known."""
    name = _VERSION.sub("", name)
    return name if name in _KINDS else _CALLED.get(name) or _RUNS.get(name, "")


def started_by(content: bytes) -> str:
    """Return the language that a program's first line names; empty where it names none that is known."""
    first = re.match(rb"(?:\xef\xbb\xbf)?#!([^\r\n]{1,1000})", content)
    words = first[1].decode("latin-1").split() if first else []
    names = (word.rpartition("/")[2] for word in words)
    return next((kind for name in names if (kind := _RUNS.get(_VERSION.sub("", name) or name))), "")
