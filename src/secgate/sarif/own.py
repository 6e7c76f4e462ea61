"""SARIF that secgate wrote → the same values again."""

import msgspec
from msgspec import UNSET, Struct, field

from secgate.errors import ReportError
from secgate.model import Component, Finding, License, Location, Number, Package, Related, Rule, Secret, Vulnerability
from secgate.model.native import decode as decode_json
from secgate.sarif.run import ABSENT, FORMAT, OwnResult, OwnRun, SarifRun, stand_in
from secgate.sarif.uri import decode

RESULTS_MAX = 1_000_000


class _Text(Struct, frozen=True, gc=False):
    text: str


class _Region(Struct, rename="camel", gc=False):
    start_line: Number
    end_line: Number
    start_column: Number = 0
    end_column: Number = 0


class _Artifact(Struct, gc=False):
    uri: str


class _Physical(Struct, rename="camel", gc=False):
    artifact_location: _Artifact
    region: _Region


class _Place(Struct, rename="camel", gc=False):
    physical_location: _Physical
    message: _Text = _Text("")


class _ResultBag(Struct, gc=False):
    secgate: OwnResult


class _Prints(Struct, frozen=True, gc=False):
    line_hash: str = field(default="", name="primaryLocationLineHash")
    fingerprint: str = field(default="", name="secgate/v1")


class _Result(Struct, rename="camel", gc=False):
    rule_index: int
    message: _Text
    locations: tuple[_Place]
    properties: _ResultBag
    related_locations: tuple[_Place, ...] = ()
    partial_fingerprints: _Prints = _Prints()
    baseline_state: str = ""


class _RuleBag(Struct, gc=False):
    secgate: Rule


class _Descriptor(Struct, gc=False):
    properties: _RuleBag


class _Driver(Struct, gc=False):
    rules: list[_Descriptor]


class _Tool(Struct, gc=False):
    driver: _Driver


class _RunBag(Struct, gc=False):
    secgate: OwnRun


class _Run(Struct, gc=False):
    tool: _Tool
    properties: _RunBag
    results: list[_Result]


class _Log(Struct, gc=False):
    version: str
    runs: list[_Run]


def read_own(data: bytes) -> tuple[SarifRun, ...]:
    """Return the runs exactly as they were written.

    Raises:
        ReportError: it is not a whole file of ours, of this format.
    """
    log = decode_json(data, _Log)
    if not log.runs:
        raise ReportError("it holds no runs")
    return tuple(_run(run) for run in log.runs)


def _run(run: _Run) -> SarifRun:
    own = run.properties.secgate
    if own.format != FORMAT:
        raise ReportError(f"it is secgate's format {own.format}, and this version reads format {FORMAT}")
    if len(run.results) > RESULTS_MAX:
        raise ReportError(f"it holds more than {RESULTS_MAX:,} results")
    rules = [rule.properties.secgate for rule in run.tool.driver.rules]
    findings: list[Finding] = []
    fixed: list[Finding] = []
    for result in run.results:
        (fixed if result.baseline_state == ABSENT else findings).append(_finding(result, own.run.tool, rules))
    return msgspec.structs.replace(own.run, findings=tuple(findings), fixed=tuple(fixed))


def _finding(result: _Result, tool: str, rules: list[Rule]) -> Finding:
    own, prints = result.properties.secgate, result.partial_fingerprints
    if not 0 <= result.rule_index < len(rules):
        raise ReportError(f"a result names rule {result.rule_index} of {len(rules)}")
    return Finding(
        tool=tool if own.tool is UNSET else own.tool,
        category=own.category,
        severity=own.severity,
        rule=rules[result.rule_index] if own.rule is UNSET else own.rule,
        message=result.message.text if own.message is UNSET else own.message,
        location=_location(result.locations[0], own.known) if own.location is UNSET else own.location,
        related=tuple(map(_related, result.related_locations)) if own.related is UNSET else own.related,
        line_hash=_line_hash(prints) if own.line_hash is UNSET else own.line_hash,
        fingerprint=prints.fingerprint,
        confidence=own.confidence,
        severity_label=own.severity_label,
        fix=own.fix,
        anchor=own.anchor,
        also=own.also,
        vuln=Vulnerability() if own.vuln is UNSET else own.vuln,
        package=Package() if own.package is UNSET else own.package,
        secret=Secret() if own.secret is UNSET else own.secret,
        license=License() if own.license is UNSET else own.license,
        control_ids=own.control_ids,
        component=Component() if own.component is UNSET else own.component,
        is_new=own.is_new,
        newly_disclosed=own.newly_disclosed,
        age_days=own.age_days,
        suppressed_inline=own.suppressed_inline,
        suppressed_at_base=own.suppressed_at_base,
    )


def _line_hash(prints: _Prints) -> str:
    return "" if prints.line_hash == stand_in(prints.fingerprint) else prints.line_hash


def _location(place: _Place, known: bool) -> Location:
    physical = place.physical_location
    region = physical.region
    return Location(
        path=decode(physical.artifact_location.uri),
        line=region.start_line,
        end_line=region.end_line,
        column=region.start_column,
        end_column=region.end_column,
        known=known,
    )


def _related(place: _Place) -> Related:
    return Related(_location(place, known=True), place.message.text)
