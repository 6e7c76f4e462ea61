"""Scripted scanners: small programs that behave as badly as a real one can, and a manifest and adapter for them."""

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from secgate.model import (
    Category,
    Command,
    Confidence,
    Finding,
    Location,
    Reads,
    Report,
    Rule,
    Scanner,
    Severity,
    Source,
    ToolError,
)
from secgate.model.native import decode
from secgate.scan.run import Bench


def scanner(name: str = "fake", **changes: Any) -> Scanner:
    """Return a manifest whose one command hands its files to the tool; `changes` go to the command."""
    command = {
        "category": Category.SAST,
        "target": "files",
        "argv": ("{tool}", "/dev/stdout", "{files}"),
        "finished": (0, 1),
        "reads": (Reads("python", ("**/*.py",)),),
        "timeout_s": 20,
    }
    source = Source(kind="index", executable="bin/fake", lock="lock.txt")
    return Scanner(
        id=name,
        title=name.title(),
        homepage="https://example.org",
        licence="MIT",
        version="1.0",
        sources=(source,),
        commands={"check": Command(**{**command, **changes})},
    )


def program(folder: Path, body: str, name: str = "tool") -> Path:
    """Write an executable Python program; `out` is the report's path and `files` the files that it is given."""
    path = folder / name
    head = f"#!{sys.executable} -IS\nimport json, os, sys, time\nout, files = sys.argv[1], sys.argv[2:]\n"
    path.write_text(head + body)
    path.chmod(0o755)
    # Started as root, a scanner is another user, who must be able to come here.
    folder.chmod(0o755)
    return path


GOOD = "json.dump({'findings': [], 'errors': [], 'read': files}, open(out, 'w'))\n"
"""A scanner that reads everything and finds nothing."""

FINDS = (
    "json.dump({'findings': [{'path': f, 'line': 1, 'rule': 'R1', 'severity': 'high'} for f in files],"
    " 'errors': [], 'read': files}, open(out, 'w'))\nsys.exit(1)\n"
)
"""A scanner that finds something severe in each file."""


class _Row(msgspec.Struct):
    path: str
    line: int
    rule: str
    severity: str
    message: str = "Something is wrong."
    cwe: tuple[str, ...] = ()
    suppressed: bool = False


class _Native(msgspec.Struct):
    findings: list[_Row]
    errors: list[dict[str, str]]
    read: list[str]


def adapter(tool: str = "fake") -> ModuleType:
    """Return the adapter of the scripted scanners."""

    def report(raw: bytes) -> Report:
        native = decode(raw, _Native)
        return Report(
            findings=tuple(
                Finding(
                    tool=tool,
                    category=Category.SAST,
                    severity=Severity(row.severity),
                    confidence=Confidence.HIGH,
                    rule=Rule(id=row.rule, title="A rule", cwe=row.cwe),
                    message=row.message,
                    location=Location(row.path, row.line, row.line),
                    suppressed_inline=row.suppressed,
                )
                for row in native.findings
            ),
            errors=tuple(ToolError(error["message"], error.get("path", "")) for error in native.errors),
            covered=tuple(native.read),
        )

    module = ModuleType("fake_adapter")
    module.report = report  # type: ignore[attr-defined]
    return module


def bench(folder: Path, tools: dict[str, Path], **changes: Any) -> Bench:
    """Return a bench with `folder/tree` as the staged copy."""
    (folder / "tree").mkdir(exist_ok=True)
    given = {
        "staged": folder / "tree",
        "scratch": folder / "tasks",
        "tools": tools,
        "databases": {},
        "adapter": adapter,
        "folder": lambda name: folder,
    }
    return Bench(**{**given, **changes})


def findings_json(*rows: dict[str, Any], errors: tuple[dict[str, str], ...] = (), read: tuple[str, ...] = ()) -> bytes:
    """Return a scripted scanner's report."""
    return json.dumps({"findings": list(rows), "errors": list(errors), "read": list(read)}).encode()
