"""What stands in a file or on a scanner's stderr: quieted, searched for secrets, hidden, hashed."""

import json
import re
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import cast

from secgate import catalog
from secgate.model import (
    Category,
    EvidenceState,
    Finding,
    Location,
    Report,
    Rule,
    Run,
    Severity,
    Status,
    Target,
    Task,
)
from secgate.sarif.fingerprint import line_hashes
from secgate.scan.inline import MAX_EACH, Quieter
from secgate.scan.mask import SHORTEST, Mask
from secgate.scan.normalise import normalise
from secgate.scan.places import Places
from secgate.scan.secrets import secrets

_SCANNERS = tuple(catalog.scanners().values())
_TASKS = tuple(Task(scanner, name, one) for scanner in _SCANNERS for name, one in scanner.commands.items())
_ABOUT = tuple(
    Finding("demo", category, Severity.HIGH, Rule("R1", title=title), "m", Location("a", 1, 9_999))
    for category, title in (
        (Category.SECRET, "x"),
        (Category.SECRET, "private key"),
        (Category.SAST, "hard-coded password"),
    )
)
_PATHS = ("app.py", "main.tf", "Dockerfile", "k8s/pod.yaml", "stack.json", "model.ipynb", "notes.txt")
_SILENT = cast("ModuleType", SimpleNamespace(report=lambda _: Report()))
_EVERYWHERE = 8
"""Characters from which on a value is hidden inside of words too."""
_HASH = re.compile(r"[0-9a-f]{1,16}:[1-9][0-9]*")


def text(data: bytes) -> None:
    """Put a text through all that a file's content or a tool's words go through."""
    _quieted(data)
    _hidden(data.decode("utf-8", "replace"))
    _hashed(data)
    _complained(data.decode("utf-8", "replace"))


def _quieted(content: bytes) -> None:
    """No marker is left that works; length and lines stay."""
    target = Target(_PATHS[len(content) % len(_PATHS)])
    quieter = Quieter(_SCANNERS)
    once = quieter.quiet(target, content)
    assert len(once) == len(content)
    assert _ends(once) == _ends(content)
    assert not any(map(_quiets, re.split("[ \n]", once.decode("utf-8", "replace"))))
    found = quieter.found
    lines = content.count(b"\n") + 1
    assert all(1 <= one.line <= lines for one in found)
    assert len(found) <= MAX_EACH * sum(len(scanner.markers) for scanner in _SCANNERS)


def _quiets(word: str) -> bool:
    """Return whether Trivy, whose markers no switch turns off, would obey a word: what stands at its start counts."""
    return "ignore:" in word and word.strip().lstrip("#/*").startswith(("trivy:", "tfsec:"))


def _ends(content: bytes) -> list[int]:
    return [at for at, byte in enumerate(content) if byte in b"\r\n"]


def _hidden(text: str) -> None:
    """No secret is left, in plain or in JSON; hiding twice changes nothing; lines keep their numbers."""
    values = secrets([_ABOUT[len(text) % len(_ABOUT)]], lambda _: text)
    mask = Mask(values)
    once = mask.text(text)
    assert mask.text(once) == once
    assert once.count("\n") == text.count("\n")
    quoted = mask.text(json.dumps(text))
    for value in values:
        assert len(value) >= SHORTEST
        if len(value) >= _EVERYWHERE and "***" not in value and value == value.strip("*"):
            assert value not in once
            assert json.dumps(value)[1:-1] not in quoted


def _hashed(content: bytes) -> None:
    hashes = line_hashes(content, range(-1, 60))
    assert 1 <= len(hashes) <= 59
    assert all(_HASH.fullmatch(one) for one in hashes.values())


def _complained(stderr: str) -> None:
    """A tool that says what is not known to be harmless has not read everything."""
    task = _TASKS[len(stderr) % len(_TASKS)]
    evidence = normalise(
        Run(task, Status.FINISHED, output=b"{}", stderr=stderr), _SILENT, Places(Path("/src"))
    ).evidence
    assert bool(evidence.errors) == (evidence.state is EvidenceState.PARTIAL)
