"""What scanners and other people's SARIF say: read, placed in the tree, identified, judged, written and read again."""

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import cast

import msgspec

from secgate.errors import ReportError
from secgate.model import EvidenceState, Finding, Report, Run, Scanner, Status, Task
from secgate.policy.evaluate import judge
from secgate.policy.load import load
from secgate.report.sarif_file import run_of
from secgate.sarif import SarifRun, limits, read, snippets
from secgate.sarif.writer import write
from secgate.scan.mask import Mask, masked
from secgate.scan.merge import identify
from secgate.scan.normalise import adopted, normalise
from secgate.scan.places import Places
from secgate.scan.secrets import secrets
from secgate.scan.worth import combined

ROOT = "/src"
_PACK = load("recommended@1")
# A made-up place has no line hash, and one tool may stand in a foreign file twice.
EXCUSED = ("`partialFingerprints.primaryLocationLineHash` is missing", "GitHub takes one")


def adapter(scanner: Scanner, module: ModuleType, data: bytes) -> None:
    """Let an adapter read a report: it is refused, or becomes findings inside of the tree and honest evidence."""
    try:
        report: Report = module.report(data)
    except ReportError as error:
        _assert_told(error)
        return
    assert list(report.covered) == sorted(set(report.covered))
    assert all(finding.tool == scanner.id for finding in report.findings)
    assert _decoded(report) == report, "a field holds what its type does not allow"
    task = _task(scanner, report.covered)
    again = cast("ModuleType", SimpleNamespace(report=lambda _: report))
    result = normalise(Run(task, Status.FINISHED, output=data), again, Places(Path(ROOT)))
    assert adopted(scanner, again, data, ROOT)[0] == result.findings
    assert len(result.findings) == len(report.findings)
    if result.evidence.state is EvidenceState.OK:
        assert not {error.path for error in report.errors} & {"", *task.files}
        assert not result.evidence.unread
    _assert_inside(result.findings)
    run = run_of(scanner.id, scanner, identify(result.findings, None), combined([result.evidence]))
    _assert_written([run])


def sarif(data: bytes) -> None:
    """Read SARIF as ours and as anybody's: it is refused, or judged in full and written without loss."""
    for trusted in (True, False):
        try:
            runs = read(data, trusted=trusted)
        except ReportError as error:
            _assert_told(error)
            continue
        assert runs
        _judged(runs, {} if trusted else dict(snippets(data, runs)))
        if trusted:
            _assert_written(runs)
        else:
            _assert_relative(finding for run in runs for finding in run.findings)


def _judged(runs: Sequence[SarifRun], quoted: Mapping[Finding, str]) -> None:
    found = [finding for run in runs for finding in run.findings]
    mask = Mask(secrets(found, lambda finding: quoted.get(finding, "")))
    hidden = masked(tuple(runs), mask)
    assert masked(hidden, mask) == hidden, "hiding twice changes something"
    findings = identify((finding for run in hidden for finding in run.findings), None)
    verdicts = judge(findings, _PACK)
    assert len(verdicts) == len({finding.fingerprint for finding in findings}) == len(found)
    evidence = combined([one for run in hidden for one in run.evidence])
    tools = sorted({finding.tool for finding in findings})
    _assert_written(
        [run_of(tool, None, tuple(one for one in findings if one.tool == tool), evidence) for tool in tools]
    )


def _assert_told(error: ReportError) -> None:
    assert str(error), "refused without a reason"


def _task(scanner: Scanner, covered: Sequence[str]) -> Task:
    name, command = next((name, one) for name, one in scanner.commands.items() if one.reads_copy)
    return Task(scanner, name, command, files=("app.py", "main.tf", *covered[:3]), silent=("app.py",))


def _assert_inside(findings: Iterable[Finding]) -> None:
    for finding in findings:
        for place in (finding.location, *(one.location for one in finding.related)):
            assert place.path not in {"", ".", ".."}
            assert not place.path.startswith(("/", "../"))
            assert 1 <= place.line <= place.end_line


def _assert_relative(findings: Iterable[Finding]) -> None:
    for finding in findings:
        for place in (finding.location, *(one.location for one in finding.related)):
            assert not {".", ".."} & set(place.path.split("/"))
            assert not place.path.startswith("/")
            assert 1 <= place.line <= place.end_line


def _assert_written(runs: Sequence[SarifRun]) -> None:
    """The same again for those who trust it, as many findings for those who do not, and nothing that GitHub refuses."""
    stream = io.BytesIO()
    write(runs, stream)
    data = stream.getvalue()
    if not runs:
        return
    assert read(data, trusted=True) == tuple(runs)
    foreign = read(data, trusted=False)
    assert [len(run.findings) for run in foreign] == [len(run.findings) for run in runs]
    assert [text for text in limits.problems(data) if not text.endswith(EXCUSED)] == []


def _decoded(value: object) -> object:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(value), type=type(value))
