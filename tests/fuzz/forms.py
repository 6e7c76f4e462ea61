"""What a tree's files have to be given to scanners as, what they hide, and what their lockfiles ask for."""

import yaml

from secgate.scan import attributes, hidden, jobs, lockfiles
from secgate.scan.hidden import MAX_EACH
from secgate.scan.kubernetes import MAX_DOCUMENTS
from secgate.scan.lockfiles.origins import elsewhere
from secgate.scan.standin import INFRASTRUCTURE, MAKERS

_MOST = 400
"""Bytes of a form for each of its file, where the file is small: what is nested deeply is indented."""
_WORKFLOW = ".github/workflows/gate.yml"
_ALWAYS = 50_000_000
"""Bytes of all forms of a file that aliases may make of anything."""


def form(data: bytes) -> None:
    """Give the content below the first line, which is its path, all forms that scanners need of it.

    Each of their lines is told by a line of the file; YAML is one document that everybody can read, unless it is the
    text of the file in another encoding.
    """
    head, _, content = data.partition(b"\n")
    path = head.decode("utf-8", "replace")
    lines = len(content.replace(b"\r", b"\n").split(b"\n"))
    found = [one for maker in (*INFRASTRUCTURE, *MAKERS) for one in maker(path, content)]
    assert len(found) <= 2 * MAX_DOCUMENTS + 10
    size = 0
    for one in found:
        assert one.content, "there is nothing in a form, and no reason"
        assert all(1 <= line <= lines for line in one.lines)
        if isinstance(one.content, str) or "unread" in one.suffix:
            continue
        size += len(one.content)
        assert not one.lines or len(one.lines) >= one.content.count(b"\n")
        if one.lines and one.suffix.endswith(".yaml"):
            yaml.compose(one.content, Loader=yaml.CSafeLoader)
    assert size <= _ALWAYS + _MOST * len(content)
    _noticed(path, content, lines)
    _called(content)


def _called(content: bytes) -> None:
    """Read the content as the workflow that runs the gate, and as one that somebody adds."""
    gate = jobs.gate({_WORKFLOW}, lambda paths: dict.fromkeys(paths, b"# secgate\n" + content))
    assert gate.stands_on(_WORKFLOW)
    assert gate.namesakes(_WORKFLOW, content.decode("utf-8", "replace"), "") == []


def _noticed(path: str, content: bytes, lines: int) -> None:
    for name in (path, ".gitattributes"):
        for found in (hidden.notices(name, content), attributes.notices(name, content)):
            assert len(found) <= 2 * MAX_EACH
            assert all(one.path == name and one.message and 0 <= one.line <= lines * 2 for one in found)


def lockfile(data: bytes) -> None:
    """Read the content below the first line, which names a format: packages, or the answer that it is no such file."""
    head, _, content = data.partition(b"\n")
    named = head.decode("utf-8", "replace")
    for name in (named,) if named in lockfiles.FORMATS else lockfiles.FORMATS:
        packages = lockfiles.read(name, content)
        assert packages is None or all(isinstance(word, str) for one in packages for word in one)
        assert all(isinstance(one, str) for one in lockfiles.included(name, content))
        assert all(one.place and one.written for one in elsewhere(name, content))
