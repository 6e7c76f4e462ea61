"""Reads Semgrep's JSON report (0.90 and newer) and compiles the rules that a run needs into one document."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from msgspec import Struct, field
from msgspec.structs import replace

from secgate.model import (
    Category,
    Confidence,
    Finding,
    Location,
    Number,
    Package,
    Report,
    ReportError,
    Rule,
    Severity,
    ToolError,
)
from secgate.model.native import cwe_ids, decode

_RULES = Path(__file__).parent / "rules"
# ERROR, WARNING and INFO are the older words; rules of today may say LOW to CRITICAL.
_SEVERITY = {
    "CRITICAL": Severity.CRITICAL,
    "HIGH": Severity.HIGH,
    "ERROR": Severity.HIGH,
    "MEDIUM": Severity.MEDIUM,
    "WARNING": Severity.MEDIUM,
    "LOW": Severity.LOW,
    "INFO": Severity.LOW,
}
_CONFIDENCE = {"HIGH": Confidence.HIGH, "MEDIUM": Confidence.MEDIUM, "LOW": Confidence.LOW}


class _Position(Struct, frozen=True):
    line: Number
    col: Number = 0


class _Error(Struct):
    message: str = ""
    type: str | list[Any] = ""
    path: str | None = None
    rule_id: str | None = None
    long_msg: str | None = None


class _Extra(Struct):
    message: str
    severity: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    fix: str | None = None
    lines: str = ""
    is_ignored: bool | None = None
    sca_info: dict[str, Any] | None = None


class _Result(Struct):
    check_id: str
    path: str
    start: _Position
    end: _Position
    extra: _Extra

    @property
    def identity(self) -> tuple[str, str, _Position, _Position]:
        """What makes two results the same one."""
        return self.check_id, self.path, self.start, self.end


class _Skipped(Struct):
    path: str
    reason: str = ""


class _Paths(Struct):
    scanned: list[str] = field(default_factory=list)
    skipped: list[_Skipped] | None = None


class _Native(Struct):
    results: list[_Result]
    errors: list[_Error]
    paths: _Paths = field(default_factory=_Paths)
    version: str = ""


def report(raw: bytes) -> Report:
    """Return what Semgrep found; see `secgate.model.Report`.

    A result that is the same in rule, file, start and end is taken once. A file that an error names was not read in
    full, so it is not covered. Paths stay as printed.

    Raises:
        ReportError: the report is not Semgrep's JSON.
    """
    native = decode(raw, _Native)
    unique = {result.identity: result for result in native.results}
    errors = [_tool_error(error) for error in native.errors]
    errors += [ToolError(f"not scanned: {item.reason}", item.path) for item in native.paths.skipped or ()]
    return Report(
        findings=tuple(_finding(result) for result in unique.values()),
        errors=tuple(errors),
        covered=tuple(sorted(set(native.paths.scanned) - {error.path for error in errors})),
        version=native.version,
    )


def _tool_error(error: _Error) -> ToolError:
    """Return the error as one line: its kind, its rule, its words. `type` is a word, or a list that starts with one."""
    kinds = error.type if isinstance(error.type, list) else [error.type]
    kind = str(kinds[0]) if kinds else ""
    rule = f"rule {error.rule_id}" if error.rule_id else ""
    words = " ".join((error.message or error.long_msg or "").split())
    return ToolError(": ".join(part for part in (kind, rule, words) if part) or "unnamed error", error.path or "")


def _finding(result: _Result) -> Finding:
    extra = result.extra
    finding = Finding(
        tool="semgrep",
        category=Category.SAST,
        severity=_severity(extra),
        severity_label=extra.severity,
        confidence=_CONFIDENCE.get(str(extra.metadata.get("confidence", "")).upper(), Confidence.UNKNOWN),
        rule=_rule(result),
        message=extra.message.strip(),
        location=_location(result),
        fix=_fix(extra),
        suppressed_inline=bool(extra.is_ignored),
    )
    if extra.sca_info is None:
        return finding
    return replace(finding, category=Category.SCA, package=_package(extra.sca_info))


def _location(result: _Result) -> Location:
    start, end = result.start, result.end
    known = start.line > 0
    columns = known and _are_characters(result)
    return Location(
        path=result.path,
        line=max(start.line, 1),
        end_line=max(end.line, start.line, 1),
        column=start.col if columns else 0,
        end_column=end.col if columns else 0,
        known=known,
    )


def _are_characters(result: _Result) -> bool:
    """Return whether the columns count characters for sure.

    Semgrep counts bytes. Only the quoted lines tell whether that is the same, and newer versions quote them to
    customers only.
    """
    lines = result.extra.lines.split("\n")
    start, end = result.start, result.end
    return (
        result.extra.lines.isascii()
        and len(lines) > end.line - start.line >= 0
        and 1 <= start.col <= len(lines[0])
        and 1 <= end.col <= len(lines[end.line - start.line]) + 1
        and result.extra.lines != "requires login"
    )


def _severity(extra: _Extra) -> Severity:
    """Return our own rating where the rule has one, else what Semgrep's word stands for."""
    own = str(extra.metadata.get("secgate-severity", "")).upper()
    return _SEVERITY.get(own) or _SEVERITY.get(extra.severity.upper(), Severity.UNKNOWN)


def _rule(result: _Result) -> Rule:
    metadata = result.extra.metadata
    name = result.check_id.rpartition(".")[2]
    pages = (*_words(metadata.get("references")), *_words(metadata.get("source")))
    return Rule(
        id=result.check_id,
        name=name,
        title=str(metadata.get("title") or name.replace("-", " ").replace("_", " ").capitalize()),
        help=str(metadata.get("fix") or ""),
        help_uri=next((page for page in pages if page.startswith("https://")), ""),
        cwe=cwe_ids(_words(metadata.get("cwe"))),
        tags=tuple(sorted({_owasp(word) for word in _words(metadata.get("owasp"))})),
    )


def _fix(extra: _Extra) -> str:
    advice = str(extra.metadata.get("fix") or "")
    return advice or (f"Replace it with: {extra.fix}" if extra.fix else "")


def _words(value: object) -> tuple[str, ...]:
    """Return the words of a metadata value that rule authors write as a list, as one string or not at all."""
    if isinstance(value, list):
        return tuple(str(item) for item in value if item is not None)
    return (str(value),) if value else ()


def _owasp(word: str) -> str:
    """Return `owasp-a03-2021` for `A03:2021 - Injection`."""
    return f"owasp-{word.partition(' ')[0].strip('-:').replace(':', '-').lower()}"


def _package(sca: Mapping[str, Any]) -> Package:
    """Return the dependency that a supply-chain result is about."""
    match sca.get("dependency_match"):
        case {"found_dependency": {"package": str(name), "version": str(version)}}:
            return Package(name=name, version=version)
    return Package()


def prepare(files: Sequence[str], work: Path) -> str:
    """Write `rules.json`: every rule of ours whose language occurs among the files, as one document.

    One JSON document, because reading rules is most of a small run: a folder of YAML costs eight times as much.

    Args:
        files: relative paths of what will be scanned.
        work: the run's empty working directory.

    Returns:
        What the evidence is called: `semgrep (secgate-rules@1: 71 rules, python)`.
    """
    meta = _pack()
    found = languages(files)
    rules = [rule for folder in _folders(found) for rule in _load(folder) if found & set(rule["languages"])]
    (work / "rules.json").write_text(json.dumps({"rules": rules}), encoding="utf-8")
    return (
        f"semgrep ({meta['name']}@{meta['version']}: {len(rules)} rules, {', '.join(sorted(found)) or 'no language'})"
    )


def with_rules(rule_sets: Mapping[str, bytes], label: str, work: Path) -> str:
    """Add rules that the policy names to `rules.json`, and return the label with their names and numbers.

    Raises:
        ReportError: a rule set is not a Semgrep configuration with at least one rule.
    """
    path = work / "rules.json"
    rules = json.loads(path.read_bytes())["rules"]
    told = []
    for name, data in rule_sets.items():
        try:
            added = yaml.load(data, Loader=yaml.CSafeLoader)["rules"]
        except (yaml.YAMLError, KeyError, TypeError) as error:
            raise ReportError(f"the rules {name} are no Semgrep configuration: {error}") from error
        if not isinstance(added, list) or not added:
            raise ReportError(f"the rules {name} hold no rule")
        rules += added
        told.append(f"{name}: {len(added)} rules")
    path.write_text(json.dumps({"rules": rules}, default=str), encoding="utf-8")
    return f"{label.removesuffix(')')}; {'; '.join(told)})"


def languages(files: Iterable[str]) -> set[str]:
    """Return the languages with rules that occur among the files."""
    suffixes = {PurePosixPath(name).suffix for name in files}
    return {name for name, entry in _pack()["languages"].items() if suffixes & set(entry["suffixes"])}


def _folders(found: Iterable[str]) -> list[str]:
    return sorted({folder for name in found for folder in _pack()["languages"][name]["folders"]})


@cache
def _pack() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load((_RULES / "pack.yaml").read_bytes(), Loader=yaml.CSafeLoader)
    return loaded


@cache
def _load(folder: str) -> list[dict[str, Any]]:
    """Return the rules of one folder, in order of file and place."""
    return [
        rule
        for path in sorted((_RULES / folder).glob("*.yaml"))
        for rule in yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)["rules"]
    ]
