"""What the reports say, in one place, so that a terminal and a pull request say the same."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from secgate.model import (
    Action,
    Category,
    Decision,
    Evidence,
    EvidenceState,
    Finding,
    Location,
    Outcome,
    Verdict,
)
from secgate.report.groups import Group, groups

CATEGORY: Mapping[Category, str] = {
    Category.SAST: "code",
    Category.SCA: "dependencies",
    Category.CONTAINER: "container images",
    Category.IAC: "infrastructure",
    Category.SECRET: "secrets",
    Category.LICENSE: "licences",
    Category.DELIVERY: "delivery",
    Category.GATE: "the gate",
}
"""What a person calls a category."""

_SAID: Mapping[Group, str] = {
    Group.INFO: "for information",
    Group.WAIVED: "waived",
    Group.EXISTING: "from before",
    Group.BELOW: "below the threshold",
}
_MANY = {Category.SCA, Category.CONTAINER, Category.SECRET, Category.LICENSE}

NEXT_STEPS = (
    "No earlier state was compared, so every finding counts as introduced by this change.",
    "In an old repository, see everything first and block nothing: --report-only --markdown report.md",
    "Then fix what blocks, the most severe first, and leave out --report-only.",
    "Or compare with what your branch grew from, so that only what it introduces blocks: --base origin/main",
)
"""What to do with the first report of a repository that is full of findings."""


@dataclass(frozen=True)
class Statement:
    """One line of the verdict: a loud word and what it means here."""

    word: str
    text: str


def plural(number: int, one: str, many: str = "") -> str:
    """Return `1 finding` or `1,204 findings`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def counts(decision: Decision) -> Mapping[Action, int]:
    """Return how many findings met each action; together they are all findings."""
    return Counter(verdict.action for verdict in decision.verdicts)


def blockers(decision: Decision) -> tuple[Verdict, ...]:
    """Return the verdicts that block: those of the mildest action that the caller lets block, and stricter."""
    return of(decision, *(action for action in Action if action.rank >= decision.fail_on.rank))


def warnings(decision: Decision) -> tuple[Verdict, ...]:
    """Return the verdicts that warn and do not block."""
    return () if decision.fail_on.rank <= Action.WARN.rank else of(decision, Action.WARN)


def summary(decision: Decision) -> str:
    """Return the counts in words: `3 findings block · 12 warn · 1 for information`; they add up to all findings."""
    if not decision.verdicts:
        return "no findings"
    number = {group: len(some) for group, some in groups(decision).by.items()}
    blocking, warning = number.get(Group.BLOCK, 0), number.get(Group.WARN, 0)
    parts = [
        f"{plural(blocking, 'finding')} {'blocks' if blocking == 1 else 'block'}" if blocking else "nothing blocks"
    ]
    if warning:
        parts.append(f"{warning:,} {'warns' if warning == 1 else 'warn'}")
    parts += [f"{number[group]:,} {said}" for group, said in _SAID.items() if group in number]
    return " · ".join(parts)


def statements(decision: Decision) -> tuple[Statement, ...]:
    """Return the verdict in one to four lines: blocked and incomplete stand side by side, none hides the other.

    A line without a word belongs to the one before it.
    """
    outcome = "BLOCKED" if decision.outcome is Outcome.BLOCKED else "PASS"
    missing = [Statement("INCOMPLETE" if not at else "", text) for at, text in enumerate(unchecked(decision))]
    if decision.outcome is Outcome.INCOMPLETE:
        return (*missing, Statement("", summary(decision)))
    return (Statement(outcome, summary(decision)), *missing)


def unchecked(decision: Decision) -> tuple[str, ...]:
    """Return what was not checked, in sentences: `dependencies were not checked · code was not checked in full`.

    Empty where nothing is missing; the gate's own reason (a narrowed scan) is a sentence of its own.
    """
    own = tuple(state.reason for state in decision.incomplete if state.category is Category.GATE and state.reason)
    sentences = tuple(
        f"{_listed([CATEGORY[each] for each in group])} {_were(group)} not checked{fullness}"
        for fullness, group in sorted(_by_fullness(decision).items())
    )
    said = ((" · ".join(sentences),) if sentences else ()) + own
    if decision.outcome is Outcome.INCOMPLETE or decision.incomplete:
        return said or ("not everything was checked",)
    return ()


def _by_fullness(decision: Decision) -> dict[str, list[Category]]:
    found: dict[str, list[Category]] = {}
    for state in decision.incomplete:
        if state.category is Category.GATE:
            continue
        seen = any(_seen(each) for each in decision.evidence if each.category is state.category)
        group = found.setdefault(" in full" if seen else "", [])
        if state.category not in group:
            group.append(state.category)
    return found


def _seen(evidence: Evidence) -> bool:
    return evidence.state in {EvidenceState.OK, EvidenceState.PARTIAL, EvidenceState.STALE, EvidenceState.UNVERIFIED}


def _were(group: list[Category]) -> str:
    return "were" if len(group) > 1 or group[0] in _MANY else "was"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def by_file(verdicts: Iterable[Verdict]) -> dict[str, list[Verdict]]:
    """Return the verdicts by path, in the order in which each path comes first; within a path in their own order."""
    found: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        found.setdefault(verdict.finding.location.path, []).append(verdict)
    return found


def by_rule(verdicts: Iterable[Verdict]) -> dict[tuple[str, str, str], list[Verdict]]:
    """Return the verdicts by severity, tool and rule, in the order in which each comes first."""
    found: dict[tuple[str, str, str], list[Verdict]] = {}
    for verdict in verdicts:
        finding = verdict.finding
        found.setdefault((finding.severity, finding.tool, finding.rule.id), []).append(verdict)
    return found


def of(decision: Decision, *actions: Action) -> tuple[Verdict, ...]:
    """Return the verdicts with one of the actions, in the decision's order."""
    return tuple(verdict for verdict in decision.verdicts if verdict.action in actions)


def rule(finding: Finding) -> str:
    """Return `tool:rule`."""
    return f"{finding.tool}:{finding.rule.id}"


def lines(location: Location) -> str:
    """Return `line 12` or `lines 12-15`, or nothing where the tool named the file only."""
    if not location.known:
        return ""
    if location.end_line > location.line:
        return f"lines {location.line}-{location.end_line}"
    return f"line {location.line}"


def place(location: Location) -> str:
    """Return `path:12`, as editors understand it."""
    return f"{location.path}:{location.line}" if location.known else location.path or "no file"


def span(location: Location) -> str:
    """Return `path:12`, or `path:12-15` for several lines."""
    more = location.known and location.end_line > location.line
    return f"{place(location)}-{location.end_line}" if more else place(location)


def subject(finding: Finding) -> str:
    """Return the package that the finding is about, `lodash 4.17.20`, or nothing."""
    return f"{finding.package.name} {finding.package.version}".strip()


def message(finding: Finding) -> str:
    """Return what is wrong here, or nothing where the title says the same."""
    text = finding.message.strip()
    return "" if text.rstrip(".").casefold() == finding.title.rstrip(".").casefold() else text


def fix(finding: Finding) -> str:
    """Return how the finding goes away, as closely as its tool says: a fix, a version, advice, a page."""
    if finding.fix:
        return finding.fix
    if finding.package.fixed_versions:
        return f"Upgrade {finding.package.name} to {' or '.join(finding.package.fixed_versions)}."
    if finding.rule.help:
        return finding.rule.help
    if finding.rule.help_uri:
        return f"See {finding.rule.help_uri}"
    return f"{finding.tool} names no fix."


def why(verdict: Verdict) -> str:
    """Return which rules decided, and what moved the verdict away from them."""
    rules = verdict.decided_by or verdict.rules
    by = f"rule {', '.join(rules)}" if rules else "no rule matched"
    return f"{by} · {verdict.why}" if verdict.why else by


def also(finding: Finding) -> str:
    """Return what other tools call the same problem, or nothing."""
    names = sorted({f"{sighting.tool}:{sighting.rule_id}" for sighting in finding.also})
    return f"also {', '.join(names)}" if names else ""


def told(decision: Decision, evidence: Evidence) -> bool:
    """Return whether a requirement already says all there is to say about why this evidence is not complete."""
    return not evidence.errors and any(
        evidence.reason and evidence.reason in state.reason
        for state in decision.incomplete
        if state.category is evidence.category
    )


def read(evidence: Evidence) -> str:
    """Return how many of the expected files were read: `12 of 12`."""
    if evidence.state is EvidenceState.NOT_APPLICABLE:
        return evidence.reason if evidence.reason.startswith("left ") else "nothing to read"
    if not evidence.expected:
        return "none"
    return f"{max(evidence.expected - len(evidence.unread), 0):,} of {evidence.expected:,}"


def tool(evidence: Evidence) -> str:
    """Return the evidence's name with the tool's version."""
    return f"{evidence.label or evidence.scanner} {evidence.version}".strip()


def database(evidence: Evidence) -> str:
    """Return the day of the data that the scanner judged with, or nothing."""
    return evidence.database.updated[:10] if evidence.database else ""


def allowed(decision: Decision) -> str:
    """Return what was allowed, by the caller or by the policy, and what came of it, or nothing."""
    said = [f"{', '.join(decision.allowances)} · the exit code is {decision.exit}"] if decision.allowances else []
    if decision.tolerated:
        said.append(f"not met, and let through by the policy: {', '.join(one.id for one in decision.tolerated)}")
    return " · ".join(said)


def nothing_known(decision: Decision) -> bool:
    """Return whether something blocks, and nothing says what was known before."""
    return bool(blockers(decision)) and not decision.base and all(one.finding.is_new for one in decision.verdicts)


def unseen(decision: Decision) -> str:
    """Return how many files were left out: `2 files that no scanner saw as they are`."""
    number = len(decision.left_out)
    return f"{plural(number, 'file')} that no scanner saw as {'it is' if number == 1 else 'they are'}"
