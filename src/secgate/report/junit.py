"""The decision as JUnit XML, for CI systems that show tests: what blocks and what was not checked has failed.

Only what every reader of the format knows is used: Jenkins' schema `junit-10.xsd` and GitLab's and Azure's readers. No
times, since equal decisions give equal bytes.
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from secgate.model import Decision, RequirementState, Verdict
from secgate.report import about, safe, words

MESSAGE = 600


def render(decision: Decision) -> bytes:
    """Return the document: a suite of what was to be checked, one of what blocks (failed) or warns (skipped).

    Findings that do neither are counted in the properties and are no cases.
    """
    root = Element("testsuites", name="secgate")
    checked = [_demand(state) for state in decision.requirements if state.applicable]
    blocking, warning = words.blockers(decision), words.warnings(decision)
    found = [*(_finding(one, blocks=True) for one in blocking), *(_finding(one, blocks=False) for one in warning)]
    # An empty suite counts as no result in some readers, and this one has one: nothing was found.
    found = found or [Element("testcase", classname="secgate", name="no finding blocks or warns")]
    suites = [_suite("secgate evidence", decision, checked), _suite("secgate findings", decision, found)]
    root.extend(suites)
    root.set("tests", str(len(checked) + len(found)))
    root.set("failures", str(sum(int(one.get("failures", "0")) for one in suites)))
    root.set("errors", "0")
    indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + safe.commands(tostring(root, "unicode")).encode() + b"\n"


def _suite(name: str, decision: Decision, cases: Sequence[Element]) -> Element:
    suite = Element("testsuite", name=name, tests=str(len(cases)))
    suite.set("failures", str(sum(one.find("failure") is not None for one in cases)))
    suite.set("errors", "0")
    suite.set("skipped", str(sum(one.find("skipped") is not None for one in cases)))
    properties = SubElement(suite, "properties")
    for key, value in (
        ("outcome", decision.outcome.value),
        ("summary", words.summary(decision)),
        ("judged", about.judged(decision)),
        ("policy", about.policy(decision)),
        ("allowed", words.allowed(decision)),
    ):
        if value:
            SubElement(properties, "property", name=key, value=safe.line(value))
    suite.extend(cases)
    return suite


def _demand(state: RequirementState) -> Element:
    case = Element("testcase", classname="secgate.evidence", name=safe.line(state.id))
    if state.lacking:
        failure = SubElement(case, "failure", type="incomplete", message=safe.line(state.reason, MESSAGE))
        failure.text = safe.line(state.remedy, MESSAGE)
    elif not state.met:
        SubElement(case, "skipped", message=safe.line(state.reason, MESSAGE))
    return case


def _finding(verdict: Verdict, *, blocks: bool) -> Element:
    finding = verdict.finding
    name = " ".join(filter(None, (words.lines(finding.location), words.subject(finding), finding.title)))
    path = safe.path(finding.location.path) or "no file"
    case = Element("testcase", classname=path, name=safe.line(f"{name} ({words.rule(finding)})"))
    kind = SubElement(case, "failure" if blocks else "skipped", type=finding.severity.value)
    kind.set("message", safe.line(words.message(finding) or finding.title, MESSAGE))
    kind.text = "\n".join(
        (
            f"where: {safe.line(words.place(finding.location))}",
            f"why: {safe.line(words.why(verdict))}",
            f"fix: {safe.line(words.fix(finding), MESSAGE)}",
            f"id: {safe.line(finding.fingerprint[:12])}",
        )
    )
    return case
