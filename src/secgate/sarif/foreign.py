"""SARIF that another tool wrote → findings, believed in nothing but the standard's own fields.

Which results count: `fail` (the default), and `review`, `open` and kinds that SARIF does not know, because nobody says
that they are harmless (unknown severity unless they have a score); `informational` as info. `pass`, `notApplicable`
and a `baselineState` of `absent` say that there is no problem, and are left out. Suppressed results stay, marked.

The message of a finding about a secret is ours: the tool's may quote the secret.
"""

from msgspec import Struct
from msgspec.structs import replace

from secgate.errors import ReportError
from secgate.model import (
    Category,
    Confidence,
    Evidence,
    EvidenceState,
    Finding,
    InlinePolicy,
    Location,
    Related,
    Rule,
    Severity,
    Vulnerability,
)
from secgate.model.native import cwe_ids, decode
from secgate.sarif import guess
from secgate.sarif.lookup import Lookup
from secgate.sarif.places import Places
from secgate.sarif.run import SarifRun
from secgate.sarif.shape import Descriptor, Invocation, Log, Message, Notification, Place, Result, Run
from secgate.sarif.text import cut, first, line

RESULTS_MAX = 1_000_000
RUNS_MAX = 1_000
ERRORS_MAX = 20
NAMELESS = "unnamed tool"
NAMELESS_RULE = "unnamed"

_HARMLESS = {"pass", "notApplicable"}


def read_foreign(data: bytes, asked: InlinePolicy) -> tuple[SarifRun, ...]:
    """Return one value for each run, in the file's order.

    The evidence is `unverified` for each category that the run speaks of, or `failed` where the run itself says that
    it did not work or does not say what it found.

    Raises:
        ReportError: it is not SARIF 2.1.0, holds no runs, or more than can be read.
    """
    log = decode(data, Log)
    if log.version != "2.1.0":
        raise ReportError(f"it is SARIF {line(log.version, 40)!r}, and secgate reads 2.1.0")
    if not log.runs:
        raise ReportError("it holds no runs: no tool says that it looked")
    if len(log.runs) > RUNS_MAX or sum(len(run.results or ()) for run in log.runs) > RESULTS_MAX:
        raise ReportError(f"it holds more than {RUNS_MAX:,} runs or {RESULTS_MAX:,} results")
    return tuple(_Reading(run, asked).run() for run in log.runs)


class _Kind(Struct, frozen=True):
    """What a rule says about each of its results."""

    rule: Rule
    category: Category
    confidence: Confidence
    vuln: Vulnerability


class _Reading:
    """One run on its way to values."""

    def __init__(self, run: Run, asked: InlinePolicy) -> None:
        self._run = run
        self._asked = asked
        self._driver = run.tool.driver
        self._tool = line(self._driver.name, 255) or NAMELESS
        self._lookup = Lookup(run)
        self._places = Places(run)
        self._kinds: dict[tuple[str, int], _Kind] = {}

    def run(self) -> SarifRun:
        """Return the run; findings in the file's order."""
        findings = tuple(self._finding(result) for result in self._run.results or () if counts(result))
        version = first(self._driver.semantic_version or "", self._driver.version or "")
        return SarifRun(
            tool=self._tool,
            title=self._tool,
            version=version,
            homepage=self._driver.information_uri or "",
            label=f"{self._tool} (SARIF of its own)",
            findings=findings,
            evidence=self._evidence({finding.category for finding in findings}, version),
            made=_made(self._run),
            commit=_revision(self._run),
        )

    def _finding(self, result: Result) -> Finding:
        name, component, described = self._lookup.rule(result)
        kind = self._kind(name, described, result)
        rule, category = kind.rule, kind.category
        message = self._lookup.message(result.message, component, described)
        severity, label, score = _severity(result, described)
        places = result.locations or [Place()]
        location = self._places.location(places[0])
        return Finding(
            tool=self._tool,
            category=category,
            severity=severity,
            severity_label=label,
            confidence=kind.confidence,
            rule=rule,
            message=_message(category, rule, message),
            location=location,
            related=tuple(self._related(place) for place in (*places[1:], *(result.related_locations or ()))),
            anchor=_anchor(category, location, places[0], message),
            fix=_fix(result),
            line_hash=_line_hash(result),
            vuln=replace(kind.vuln, cvss=score) if kind.vuln.id else kind.vuln,
            suppressed_inline=_suppressed(result, self._asked),
        )

    def _kind(self, name: str, described: Descriptor, result: Result) -> _Kind:
        """Return what is known of the rule; worked out once, unless the result adds to it."""
        bag = result.properties or {}
        if not name or result.taxa or "tags" in bag or "cwe" in bag:
            return self._told(name, described, result)
        key = name, id(described)
        if key not in self._kinds:
            self._kinds[key] = self._told(name, described, Result())
        return self._kinds[key]

    def _told(self, name: str, described: Descriptor, result: Result) -> _Kind:
        references = [relation.target for relation in described.relationships or () if relation.target]
        taxa = self._lookup.weaknesses([*references, *(result.taxa or ())])
        weaknesses = cwe_ids([*guess.weaknesses([described.properties, result.properties]), *taxa])
        tags = (*guess.tags(described.properties), *guess.tags(result.properties))
        # Without a rule, the message is all that says what it is about.
        words = _words(described) if name else _text(result.message)
        category = guess.category(name, words, tags)
        return _Kind(
            rule=_rule(name, described, weaknesses),
            category=category,
            confidence=guess.confidence(described.properties),
            vuln=_vulnerability([name, words], tags) if category is Category.SCA else Vulnerability(),
        )

    def _related(self, place: Place) -> Related:
        text = (place.message and place.message.text) or ""
        return Related(self._places.location(place), text)

    def _evidence(self, categories: set[Category], version: str) -> tuple[Evidence, ...]:
        for rule in self._driver.rules or ():
            categories.add(guess.category(rule.id, _words(rule), guess.tags(rule.properties)))
        complaints = [*_failures(self._run), *_notes(self._run)]
        lost = sorted(error.message for error in self._places.errors.values())
        state = EvidenceState.FAILED if complaints else EvidenceState.UNVERIFIED
        reason = complaints[0] if complaints else "nobody saw this tool run; what it read is not known"
        return tuple(
            Evidence(
                scanner=self._tool,
                category=category,
                state=state,
                label=f"{self._tool} (SARIF of its own)",
                reason=reason,
                remedy="Repair the run that wrote this file." if complaints else "Let the policy accept this producer.",
                version=version,
                errors=_bounded([*complaints, *lost]),
            )
            for category in sorted(categories or {Category.SAST})
        )


def _made(run: Run) -> str:
    """Return when the tool ran; empty where one of its invocations does not say so."""
    times = [one.end_time_utc or one.start_time_utc or "" for one in run.invocations or ()]
    return line(min(times), 40) if times and all(times) else ""


def _revision(run: Run) -> str:
    revisions = {one.revision_id or "" for one in run.version_control_provenance or ()}
    return line(revisions.pop(), 100) if len(revisions) == 1 else ""


def counts(result: Result) -> bool:
    """Return whether a result says that there is, or may be, a problem."""
    return result.kind not in _HARMLESS and result.baseline_state != "absent"


def _severity(result: Result, described: Descriptor) -> tuple[Severity, str, float]:
    bags = (result.properties, described.properties)
    if result.kind in {None, "fail"}:
        default = described.default_configuration.level if described.default_configuration else None
        return guess.severity(bags, (result.level, default))
    severity, label, score = guess.severity(bags, ("none",))
    if score or result.kind == "informational":
        return severity, label, score
    return Severity.UNKNOWN, result.kind or "", 0.0


def _rule(name: str, described: Descriptor, weaknesses: tuple[str, ...]) -> Rule:
    return Rule(
        id=name or NAMELESS_RULE,
        name=described.name or "",
        title=line(_text(described.short_description), 255).removesuffix("."),
        description=_text(described.full_description),
        help=_text(described.help),
        help_uri=described.help_uri or "",
        cwe=weaknesses,
        tags=tuple(sorted({tag.lower() for tag in guess.tags(described.properties)})),
    )


def _message(category: Category, rule: Rule, message: str) -> str:
    title = first(rule.title, rule.name, rule.id)
    if category is not Category.SECRET:
        return first(message, title)
    return "A secret was found here" + ("." if rule.id == NAMELESS_RULE else f": {title}.")


def _anchor(category: Category, location: Location, place: Place, message: str) -> str:
    """Return what tells the finding from others at the same place, where its line does not."""
    if category is Category.SECRET or (location.known and category is not Category.SCA):
        return ""
    logical = place.logical_locations or []
    names = [first(item.fully_qualified_name or "", item.name or "") for item in logical[:1]]
    return cut(first(*names, _text(place.message), message.partition("\n")[0]), 500)


def _fix(result: Result) -> str:
    return _text(result.fixes[0].description) if result.fixes else ""


def _line_hash(result: Result) -> str:
    value = (result.partial_fingerprints or {}).get("primaryLocationLineHash")
    return cut(value, 255) if isinstance(value, str) else ""


def _vulnerability(names: list[str], tags: tuple[str, ...]) -> Vulnerability:
    named, all_named = guess.advisories(names), guess.advisories([*names, *tags])
    main = next(iter(named or all_named), "")
    return Vulnerability(id=main, aliases=tuple(name for name in all_named if name != main))


def _suppressed(result: Result, asked: InlinePolicy) -> bool:
    """Return whether a comment suppresses it that says as much as is asked, and nobody still has to agree.

    Which rules a comment names no report tells: where that is asked for, none does.
    """
    some = result.suppressions or ()
    if asked.require_rule or any(one.status not in {None, "accepted"} for one in some):
        return False
    comments = [one for one in some if one.kind == "inSource"]
    return any((one.justification or "").strip() or not asked.require_reason for one in comments)


def _text(message: Message | None) -> str:
    return (message and message.text) or ""


def _words(rule: Descriptor) -> str:
    return f"{rule.name or ''} {_text(rule.short_description)}"


def _bounded(errors: list[str]) -> tuple[str, ...]:
    if len(errors) <= ERRORS_MAX:
        return tuple(errors)
    return (*errors[: ERRORS_MAX - 1], f"and {len(errors) - ERRORS_MAX + 1} more")


def _failures(run: Run) -> list[str]:
    failures = []
    if run.results is None:
        failures.append("`results` is absent: the tool did not say what it found")
    if run.external_property_file_references:
        failures.append("a part of the run lies in other files, which are not read")
    if any(_failed(invocation) for invocation in run.invocations or ()):
        failures.append("the tool does not say that it succeeded")
    return failures


def _failed(invocation: Invocation) -> bool:
    ended = (invocation.exit_signal_name, invocation.exit_signal_number, invocation.process_start_failure_message)
    return not invocation.execution_successful or any(word is not None for word in ended)


def _notes(run: Run) -> list[str]:
    """Return what the tool itself calls errors."""
    found: list[Notification] = []
    for invocation in run.invocations or ():
        found += invocation.tool_execution_notifications or ()
        found += invocation.tool_configuration_notifications or ()
    return ["the tool says: " + line(_text(note.message), 500) for note in found if _is_error(note)]


def _is_error(note: Notification) -> bool:
    """Return whether it is one: by its level, or because it carries an exception. An unknown level is one."""
    return note.exception is not None or (note.level or "warning") not in {"none", "note", "warning"}
