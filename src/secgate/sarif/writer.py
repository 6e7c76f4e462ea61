"""Findings → SARIF 2.1.0 that GitHub takes, the same bytes for the same values.

Nothing of a finding is lost: what the standard has no home for stands under `properties.secgate`, and
`secgate.sarif.read` gives the very same values back. Columns count Unicode characters.
"""

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import msgspec
import sarif_om
from msgspec.structs import replace

from secgate.model import Evidence
from secgate.sarif.bare import bare
from secgate.sarif.results import Results
from secgate.sarif.rules import UNNAMED, descriptor, group
from secgate.sarif.run import FORMAT, OwnRun, SarifRun
from secgate.sarif.text import first, inert, line, link
from secgate.sarif.uri import ROOT

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
NOTIFICATIONS_MAX = 100

_SEMANTIC = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?",
    re.ASCII,
)
_AT_ONCE = 500
_encoder = msgspec.json.Encoder()


def write(runs: Iterable[SarifRun], stream: BinaryIO) -> None:
    """Write one SARIF file: a run for each scanner, a result on each line.

    Runs and findings stand in the order given, which the caller sorts. Each result is built, written and forgotten, so
    memory does not grow with their number.

    Args:
        runs: at most one for each tool; GitHub refuses a file with two of the same.
        stream: open for writing bytes.
    """
    stream.write(b'{"$schema":' + _encode(SCHEMA) + b',"version":"2.1.0","runs":[')
    for number, run in enumerate(runs):
        stream.write(b",\n" if number else b"\n")
        for piece in _run(run):
            stream.write(piece)
    stream.write(b"\n]}\n")


def _encode(value: object) -> bytes:
    return inert(_encoder.encode(value))


def category(tool: str) -> str:
    """Return the id by which GitHub tells analyses apart; all before its last `/` is the category."""
    return f"secgate/{re.sub('[^A-Za-z0-9._-]+', '-', tool) or UNNAMED}/"


def _run(run: SarifRun) -> Iterator[bytes]:
    everything = (*run.findings, *run.fixed)
    groups = group(everything)
    head = sarif_om.Run(
        tool=sarif_om.Tool(driver=_driver(run, [descriptor(name, found) for name, found in groups.items()])),
        automation_details=sarif_om.RunAutomationDetails(id=category(run.tool)),
        column_kind="unicodeCodePoints",
        invocations=[_invocation(run.evidence)],
        original_uri_base_ids={ROOT: {"description": {"text": "The root of the repository."}}},
        properties={"secgate": OwnRun(FORMAT, replace(run, findings=(), fixed=()))},
    )
    yield _encode(bare(head))[:-1] + b',"results":['
    results = Results(run, {name: (index, groups[name][0].rule) for index, name in enumerate(groups)})
    for start in range(0, len(everything), _AT_ONCE):
        numbered = enumerate(everything[start : start + _AT_ONCE], start)
        lines = [_encode(bare(results.result(one, absent=number >= len(run.findings)))) for number, one in numbered]
        yield (b",\n" if start else b"\n") + b",\n".join(lines)
    yield b"\n]}" if everything else b"]}"


def _driver(run: SarifRun, rules: list[sarif_om.ReportingDescriptor]) -> sarif_om.ToolComponent:
    # SARIF's own rules want a number first.
    version = run.version[1:] if re.match(r"v\d", run.version) else run.version
    driver = sarif_om.ToolComponent(
        name=line(first(run.title, run.tool, UNNAMED), 255),
        version=line(version, 255) or None,
        semantic_version=version if _SEMANTIC.fullmatch(version) else None,
        information_uri=link(run.homepage) or None,
    )
    driver.rules = rules
    return driver


def _invocation(evidence: tuple[Evidence, ...]) -> sarif_om.Invocation:
    """Return how the run went; no evidence at all is not a success."""
    notes = [text for item in evidence for text in _complaints(item)] if evidence else ["nothing says that it ran"]
    shown = notes[:NOTIFICATIONS_MAX]
    if len(notes) > len(shown):
        shown[-1] = f"and {len(notes) - len(shown) + 1} more"
    return sarif_om.Invocation(
        execution_successful=bool(evidence) and all(item.complete for item in evidence),
        tool_execution_notifications=[
            sarif_om.Notification(level="error", message=sarif_om.Message(text=line(note, 1000))) for note in shown
        ]
        or None,
    )


def _complaints(evidence: Evidence) -> Iterator[str]:
    name = f"{evidence.label or evidence.scanner or UNNAMED} ({evidence.category})"
    if not evidence.complete:
        yield f"{name}: {evidence.state}" + (f": {evidence.reason}" if evidence.reason else "")
    yield from (f"{name}: {error}" for error in evidence.errors)
