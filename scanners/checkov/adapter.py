"""Reads Checkov's JSON report, version 1.0 and newer, and rates its checks: without an account Checkov does not."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from secgate.model import (
    Category,
    Confidence,
    Finding,
    Location,
    Number,
    Report,
    ReportError,
    Rule,
    Secret,
    Severity,
    ToolError,
)
from secgate.model.native import decode

# These frameworks judge packages and code, in other fields than the checks of configuration.
_FOREIGN = ("sca_", "sast", "cdk")
_LEAKS = "CKV_SECRET_"
# Guessed from how random a string looks.
_GUESSES = {"CKV_SECRET_6", "CKV_SECRET_19", "CKV_SECRET_80"}


class _Result(Struct):
    result: str
    suppress_comment: str | None = None


class _Check(Struct):
    check_id: str
    check_name: str
    check_result: _Result
    file_path: str
    resource: str
    file_abs_path: str = ""
    file_line_range: list[Number] | None = None
    severity: str | None = None
    guideline: str | None = None

    @property
    def place(self) -> str:
        """Return the absolute path by which parsing errors name the file, or what stands for it in an old report."""
        return self.file_abs_path or self.file_path


class _Results(Struct):
    passed_checks: list[_Check]
    failed_checks: list[_Check]
    skipped_checks: list[_Check]
    parsing_errors: list[str]

    @property
    def checks(self) -> list[_Check]:
        """Return every check, whether it failed, passed or was skipped."""
        return [*self.failed_checks, *self.passed_checks, *self.skipped_checks]


class _Counts(Struct):
    passed: int
    failed: int
    skipped: int
    parsing_errors: int = 0
    checkov_version: str = ""


class _Framework(Struct):
    check_type: str
    results: _Results
    summary: _Counts


def report(raw: bytes) -> Report:
    """Return what Checkov found; see `secgate.model.Report`.

    A check that a comment in the file skips was not run: it is a finding with `suppressed_inline`. The order of
    Checkov's entries is random; that of the findings is not.

    Raises:
        ReportError: it is not one whole JSON report of Checkov over configuration.
    """
    frameworks, version = _read(raw)
    checks = [check for framework in frameworks for check in framework.results.checks]
    rules = _rules(checks)
    findings = {finding for framework in frameworks for finding in _findings(framework.results, rules)}
    errors = set(_errors(frameworks))
    unread = {error.path for error in errors}
    return Report(
        findings=tuple(sorted(findings, key=_order)),
        errors=tuple(sorted(errors, key=lambda error: (error.path, error.message))),
        covered=tuple(sorted({_path(check) for check in checks if check.place not in unread})),
        version=version,
    )


def _read(raw: bytes) -> tuple[list[_Framework], str]:
    """Return the frameworks that say something, and Checkov's version.

    Several frameworks are a list, one stands alone, and where none has anything to say there are only counts.
    """
    if raw.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"["):
        frameworks = decode(raw, list[_Framework])
    elif "check_type" in decode(raw, dict[str, msgspec.Raw]):
        frameworks = [decode(raw, _Framework)]
    else:
        return [], _nothing(raw)
    if not frameworks:
        raise ReportError("the report names no framework")
    for framework in frameworks:
        _check_whole(framework)
    return frameworks, frameworks[0].summary.checkov_version


def _nothing(raw: bytes) -> str:
    counts = decode(raw, _Counts)
    if counts.passed or counts.failed or counts.skipped:
        raise ReportError("the report counts checks but does not hold them")
    return counts.checkov_version


def _check_whole(framework: _Framework) -> None:
    if framework.check_type.startswith(_FOREIGN):
        raise ReportError(f"the framework {framework.check_type} does not judge configuration: only that is read here")
    results, summary = framework.results, framework.summary
    held = (len(results.passed_checks), len(results.failed_checks), len(results.skipped_checks))
    counted = (summary.passed, summary.failed, summary.skipped)
    if held != counted or len(results.parsing_errors) < summary.parsing_errors:
        raise ReportError(f"the report does not hold all the checks of {framework.check_type} that it counts")


def _rules(checks: Iterable[_Check]) -> dict[str, Rule]:
    """Return one rule for each id. Frameworks word the same check differently: the first text in order is taken."""
    texts: dict[str, tuple[str, str]] = {}
    for check in checks:
        text = (check.check_name, check.guideline or "")
        texts[check.check_id] = min(text, texts.get(check.check_id, text))
    return {
        rule_id: Rule(id=rule_id, title=title.strip().rstrip("."), help_uri=page)
        for rule_id, (title, page) in texts.items()
    }


def _findings(results: _Results, rules: dict[str, Rule]) -> Iterator[Finding]:
    for check in results.failed_checks:
        yield _finding(check, rules[check.check_id], f"{check.check_name.strip().rstrip('.')}: {_subject(check)}")
    for check in results.skipped_checks:
        reason = (check.check_result.suppress_comment or "").strip() or "No comment provided"
        message = f"A comment in the file skips this check of {_subject(check)}, so it was not run: {reason}"
        yield _finding(check, rules[check.check_id], message, suppressed=True)


def _finding(check: _Check, rule: Rule, message: str, *, suppressed: bool = False) -> Finding:
    start, end = (*(check.file_line_range or ()), 0, 0)[:2]
    label = check.severity or ""
    finding = Finding(
        tool="checkov",
        category=Category.IAC,
        severity=_label(label) if label else _severities().get(rule.id, Severity.UNKNOWN),
        severity_label=label,
        confidence=Confidence.HIGH,
        rule=rule,
        message=message,
        location=Location(path=_path(check), line=max(start, 1), end_line=max(start, end, 1), known=start > 0),
        anchor=check.resource,
        suppressed_inline=suppressed,
    )
    return _as_secret(finding) if rule.id.startswith(_LEAKS) else finding


def _as_secret(finding: Finding) -> Finding:
    """Return a finding of the framework `secrets`, without what it names as the resource: the secret's digest."""
    return msgspec.structs.replace(
        finding,
        category=Category.SECRET,
        confidence=Confidence.LOW if finding.rule.id in _GUESSES else Confidence.MEDIUM,
        anchor="",
        secret=Secret(kind=finding.rule.title),
    )


def _subject(check: _Check) -> str:
    return "a secret" if check.check_id.startswith(_LEAKS) else check.resource


def _label(label: str) -> Severity:
    try:
        return Severity(label.lower())
    except ValueError:
        return Severity.UNKNOWN


@cache
def _severities() -> dict[str, Severity]:
    content = Path(__file__).with_name("severity.json").read_bytes()
    bands = msgspec.json.decode(content, type=dict[Severity, list[str]])
    return {rule_id: severity for severity, ids in bands.items() for rule_id in ids}


def _path(check: _Check) -> str:
    # Checkov writes a path below the scanned folder as `/k8s/pod.yaml`; of a single file, as seen from elsewhere.
    path = check.file_path.removeprefix("/")
    return check.place if path.startswith("../") else path


def _errors(frameworks: list[_Framework]) -> Iterator[ToolError]:
    """Yield the files that could not be parsed.

    CloudFormation's framework tries every file with the word `Resources`, and complains about Kubernetes files of
    several documents. No file can be both; what another framework has read is therefore no complaint.
    """
    readers: dict[str, set[str]] = {}
    for framework in frameworks:
        for check in framework.results.checks:
            readers.setdefault(check.place, set()).add(framework.check_type)
    for framework in frameworks:
        for path in framework.results.parsing_errors:
            if not readers.get(path, set()) - {framework.check_type}:
                yield ToolError(f"could not be parsed as {framework.check_type}", path)


def _order(finding: Finding) -> tuple[str | int, ...]:
    place = finding.location
    return (place.path, place.line, place.end_line, finding.rule.id, finding.anchor, finding.message, finding.severity)
