"""The decision in GitLab's code quality format: one issue for each finding that counts, and for each gap.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping

from secgate.model import Action, Decision, RequirementState, Severity, Verdict
from secgate.report import safe, words

DESCRIPTION = 500
PATH = 4_096

_SEVERITY: Mapping[Severity, str] = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.UNKNOWN: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}
_NOWHERE = ".secgate/policy.yaml"
"""GitLab shows no issue without a file; what was not checked is a matter of the policy."""


def render(decision: Decision) -> bytes:
    """Return the document: gaps first, then findings in their order; none below the threshold."""
    counted = (one for one in decision.verdicts if one.action is not Action.PASS)
    issues = [*map(_gap, decision.incomplete), *map(_finding, counted)]
    return safe.json(json.dumps(list(_distinct(issues)), indent=1, ensure_ascii=False)).encode() + b"\n"


def _distinct(issues: Iterable[dict[str, object]]) -> Iterable[dict[str, object]]:
    """Give the issues with fingerprints that are all different: of equal ones GitLab shows only the first."""
    seen: Counter[object] = Counter()
    for issue in issues:
        name = issue["fingerprint"]
        seen[name] += 1
        yield issue if seen[name] == 1 else {**issue, "fingerprint": _digest(f"{name}:{seen[name]}")}


def _gap(state: RequirementState) -> dict[str, object]:
    text = " ".join(filter(None, (f"{words.CATEGORY[state.category]} not checked: {state.reason}", state.remedy)))
    return _issue(text, "secgate:incomplete", _digest(f"incomplete {state.id}"), "blocker", (_NOWHERE, 1))


def _finding(verdict: Verdict) -> dict[str, object]:
    finding = verdict.finding
    verb = {Action.BLOCK: "blocks", Action.WARN: "warns"}.get(verdict.action, "for information")
    text = ": ".join(filter(None, (finding.title, words.message(finding))))
    place = (safe.path(finding.location.path, PATH) or _NOWHERE, finding.location.line)
    name = finding.fingerprint or _digest(f"{words.rule(finding)} {words.place(finding.location)}")
    return _issue(f"{text} ({verb})", words.rule(finding), name, _SEVERITY[finding.severity], place)


def _issue(text: str, check: str, fingerprint: str, severity: str, place: tuple[str, int]) -> dict[str, object]:
    path, line = place
    return {
        "description": safe.line(text, DESCRIPTION),
        "check_name": safe.line(check),
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": path, "lines": {"begin": line}},
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
