"""What a run says about its rules: ids, ratings, texts and tags, as GitHub shows them."""

from collections.abc import Iterable

import sarif_om

from secgate.model import Confidence, Finding, Rule, Severity
from secgate.sarif.text import cut, first, line, link, markdown, pascal, plain

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.UNKNOWN: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
DESCRIPTION_MAX = 1024
NAME_MAX = 255
TAGS_MAX = 20
HELP_MAX = 20_000
UNNAMED = "unnamed"

# Lowest and highest score that GitHub shows as the band, and its middle. Exactly 9.0 is shown as high by some.
_BANDS = {
    Severity.CRITICAL: (9.1, 10.0, 9.5),
    Severity.HIGH: (7.0, 8.9, 8.0),
    Severity.MEDIUM: (4.0, 6.9, 5.5),
    Severity.LOW: (0.1, 3.9, 2.0),
}
_SURENESS = (Confidence.UNKNOWN, Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)


def rule_id(finding: Finding) -> str:
    """Return the SARIF rule id: the tool's own, with the severity where the tool rates each finding on its own."""
    own = first(finding.rule.id, UNNAMED)
    return f"{own}/{finding.severity}" if finding.rule.varies else own


def group(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Return the findings by SARIF rule id, sorted by id; within one in the order given."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(rule_id(finding), []).append(finding)
    return dict(sorted(groups.items()))


def descriptor(name: str, findings: list[Finding]) -> sarif_om.ReportingDescriptor:
    """Return what is said about one rule.

    GitHub rates rules, not results: the highest severity, score and confidence of its findings count. The texts are
    those of the first finding, whose `Rule` is kept whole under the `secgate` property.

    Args:
        name: the SARIF rule id.
        findings: those of this rule, at least one.
    """
    rule = findings[0].rule
    severity = max((finding.severity for finding in findings), key=lambda severity: severity.rank)
    title = first(rule.title, rule.name, findings[0].message, name)
    helps = first(rule.help, rule.description, title)
    page = link(rule.help_uri)
    return sarif_om.ReportingDescriptor(
        id=name,
        name=_name(rule, name),
        short_description=_text(line(title, DESCRIPTION_MAX)),
        full_description=_text(cut(plain(first(rule.description, title)), DESCRIPTION_MAX)),
        default_configuration=sarif_om.ReportingConfiguration(level=LEVELS[severity]),
        help_uri=page or None,
        help=_help(helps, page),
        properties=_properties(rule, severity, findings),
    )


def _name(rule: Rule, name: str) -> str | None:
    words = (pascal(rule.name) or pascal(rule.id))[: NAME_MAX - len("Rule")]
    # A name that merely repeats the id is refused by SARIF's own rules.
    return words + "Rule" if words.casefold() == name.casefold() else words or None


def _text(text: str) -> sarif_om.MultiformatMessageString:
    return sarif_om.MultiformatMessageString(text=text)


def _help(text: str, page: str) -> sarif_om.MultiformatMessageString:
    text = cut(text, HELP_MAX)
    if not page:
        return _text(plain(text))
    return sarif_om.MultiformatMessageString(
        text=f"{plain(text)}\n\n{page}",
        markdown=f"{markdown(text)}\n\n[About this rule](<{page}>)",
    )


def _properties(rule: Rule, severity: Severity, findings: list[Finding]) -> dict[str, object]:
    properties: dict[str, object] = {"tags": _tags(rule, findings)}
    confidence = max((finding.confidence for finding in findings), key=_SURENESS.index)
    if confidence is not Confidence.UNKNOWN:
        properties["precision"] = str(confidence)
    if severity is not Severity.INFO:
        properties["security-severity"] = score(
            severity, max(finding.vuln.cvss for finding in findings if finding.severity is severity)
        )
    properties["secgate"] = rule
    return properties


def score(severity: Severity, cvss: float) -> str:
    """Return `security-severity`: the CVSS score where it lies in the severity's band, else the middle of the band.

    The tool's label wins over a score that disagrees with it. Unknown is rated as high, never as harmless.
    """
    low, high, middle = _BANDS.get(severity, _BANDS[Severity.HIGH])
    shown = round(cvss, 1)
    return f"{shown if low <= shown <= high and severity is not Severity.UNKNOWN else middle:.1f}"


def _tags(rule: Rule, findings: list[Finding]) -> list[str]:
    """Return at most 20 tags, the most telling first: GitHub shows ten and refuses a file with more than twenty."""
    categories = sorted({str(finding.category) for finding in findings})
    unknown = ["severity-unknown"] if any(finding.severity is Severity.UNKNOWN for finding in findings) else []
    controls = sorted({control for finding in findings for control in finding.control_ids})
    tags = ["security", *unknown, *categories, *map(_cwe, rule.cwe), *controls, *rule.tags]
    shown = dict.fromkeys(line(tag, NAME_MAX) for tag in tags)
    return [tag for tag in shown if tag][:TAGS_MAX]


def _cwe(cwe: str) -> str:
    return f"external/cwe/cwe-{cwe.upper().removeprefix('CWE-').zfill(3)}"
