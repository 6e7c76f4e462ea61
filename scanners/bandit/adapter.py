"""Reads Bandit's JSON report, version 1.0 and newer."""

from typing import Any

from msgspec import Struct, field

from secgate.model import Category, Confidence, Finding, Location, Report, Rule, Severity, ToolError
from secgate.model.native import cwe_ids, decode

_SEVERITY = {"HIGH": Severity.HIGH, "MEDIUM": Severity.MEDIUM, "LOW": Severity.LOW}
_CONFIDENCE = {"HIGH": Confidence.HIGH, "MEDIUM": Confidence.MEDIUM, "LOW": Confidence.LOW}
# These print the password that they found.
_QUOTES_THE_SECRET = {"B105", "B106", "B107"}


class _Error(Struct):
    filename: str
    reason: str


class _Result(Struct):
    filename: str
    line_number: int
    issue_severity: str
    issue_confidence: str
    issue_text: str
    test_id: str
    test_name: str
    line_range: list[int] = field(default_factory=list)
    col_offset: int = -1
    end_col_offset: int = -1
    issue_cwe: dict[str, Any] = field(default_factory=dict)
    more_info: str = ""


class _Native(Struct):
    errors: list[_Error]
    metrics: dict[str, dict[str, Any]]
    results: list[_Result]


def report(raw: bytes) -> Report:
    """Return what Bandit found; see `secgate.model.Report`.

    Raises:
        ReportError: the report is not Bandit's JSON.
    """
    native = decode(raw, _Native)
    unread = {error.filename for error in native.errors}
    return Report(
        findings=tuple(_finding(result) for result in native.results),
        errors=tuple(ToolError(error.reason, error.filename) for error in native.errors),
        covered=tuple(sorted(native.metrics.keys() - unread - {"_totals"})),
    )


def _finding(result: _Result) -> Finding:
    lines = [*result.line_range, result.line_number]
    known_columns = result.col_offset >= 0 and result.end_col_offset > 0 and max(lines) == min(lines)
    return Finding(
        tool="bandit",
        category=Category.SAST,
        severity=_SEVERITY.get(result.issue_severity, Severity.UNKNOWN),
        severity_label=result.issue_severity,
        confidence=_CONFIDENCE.get(result.issue_confidence, Confidence.UNKNOWN),
        rule=_rule(result),
        message=_message(result),
        location=Location(
            path=result.filename,
            line=max(result.line_number, 1),
            end_line=max(*lines, 1),
            column=result.col_offset + 1 if known_columns else 0,
            end_column=result.end_col_offset + 1 if known_columns else 0,
        ),
    )


def _rule(result: _Result) -> Rule:
    cwe = cwe_ids([result.issue_cwe["id"]]) if "id" in result.issue_cwe else ()
    # All of B3xx and B4xx are called `blacklist`; the page's name tells them apart: `#b404-import-subprocess`.
    page = result.more_info.rpartition("#")[2].partition("-")[2]
    name = page or result.test_name
    return Rule(
        id=result.test_id,
        name=name.replace("-", "_"),
        title=name.replace("_", " ").replace("-", " ").capitalize(),
        help_uri=result.more_info,
        cwe=cwe,
        varies=True,
    )


def _message(result: _Result) -> str:
    if result.test_id in _QUOTES_THE_SECRET:
        return result.issue_text.partition(":")[0].strip() + "."
    return result.issue_text
