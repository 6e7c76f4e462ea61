"""Reads Bandit's JSON report, version 1.0 and newer."""

import re
from typing import Any

from msgspec import Struct, field

from secgate.model import Category, Confidence, Finding, Location, Number, Report, Rule, Severity, ToolError
from secgate.model.native import cwe_ids, decode

_SEVERITY = {"HIGH": Severity.HIGH, "MEDIUM": Severity.MEDIUM, "LOW": Severity.LOW}
_CONFIDENCE = {"HIGH": Confidence.HIGH, "MEDIUM": Confidence.MEDIUM, "LOW": Confidence.LOW}
# These print the password that they found.
_QUOTES_THE_SECRET = {"B105", "B106", "B107"}
_NUMBERS = re.compile(r"^(?:b[0-9]+-)+")


class _Error(Struct):
    filename: str
    reason: str


class _Result(Struct):
    filename: str
    line_number: Number
    issue_severity: str
    issue_confidence: str
    issue_text: str
    test_id: str
    test_name: str
    code: str = ""
    line_range: list[Number] = field(default_factory=list)
    col_offset: Number = -1
    end_col_offset: Number = -1
    issue_cwe: dict[str, Any] = field(default_factory=dict)
    more_info: str = ""


class _Native(Struct):
    errors: list[_Error]
    metrics: dict[str, dict[str, Any]]
    results: list[_Result]


def report(raw: bytes) -> Report:
    """Return what Bandit found, one finding for each result; see `secgate.model.Report`.

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
    return Finding(
        tool="bandit",
        category=Category.SAST,
        severity=_SEVERITY.get(result.issue_severity, Severity.UNKNOWN),
        severity_label=result.issue_severity,
        confidence=_CONFIDENCE.get(result.issue_confidence, Confidence.UNKNOWN),
        rule=_rule(result),
        message=_message(result),
        location=_location(result),
    )


def _location(result: _Result) -> Location:
    lines = [*result.line_range, result.line_number]
    # Over several lines the offsets belong to the first and the last of them, and `line_number` may be neither.
    start, end = _columns(result) if min(lines) == max(lines) else (0, 0)
    return Location(
        path=result.filename,
        line=max(result.line_number, 1),
        end_line=max(*lines, 1),
        column=start,
        end_column=end,
    )


def _columns(result: _Result) -> tuple[int, int]:
    """Return both columns in characters, 0 where unknown.

    Bandit counts the bytes of the line in UTF-8. What they are in characters can be told only because it quotes the
    line too, with its number in front. Without an end it is B613, which counts in another way.
    """
    quoted = result.code.split("\n")
    first = quoted[0].partition(" ")[0]
    index = result.line_number - int(first) if first.isdecimal() and len(first) < 10 else -1
    number, _, text = quoted[index].partition(" ") if 0 <= index < len(quoted) else ("", "", "")
    line = text.encode()
    if number != str(result.line_number) or not 0 <= result.col_offset < result.end_col_offset <= len(line):
        return 0, 0
    return _characters(line[: result.col_offset]) + 1, _characters(line[: result.end_col_offset]) + 1


def _characters(utf8: bytes) -> int:
    return len(utf8.decode("utf-8", "ignore"))


def _rule(result: _Result) -> Rule:
    # All of B3xx and B4xx are called `blacklist`; the page's name tells them apart: `#b404-import-subprocess`.
    page = _NUMBERS.sub("", result.more_info.partition("#")[2])
    name = (page or result.test_name).replace("-", "_")
    return Rule(
        id=result.test_id,
        name=name,
        title=name.replace("_", " ").capitalize(),
        help_uri=result.more_info,
        cwe=cwe_ids([result.issue_cwe["id"]]) if "id" in result.issue_cwe else (),
        varies=True,
    )


def _message(result: _Result) -> str:
    if result.test_id in _QUOTES_THE_SECRET:
        return result.issue_text.partition(":")[0].strip() + "."
    return result.issue_text
