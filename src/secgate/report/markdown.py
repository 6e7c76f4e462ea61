"""The report for a pull request comment or a step summary: the same order and the same words as in a terminal.

Everything that counts is text: headings for those who listen, no meaning in colour or pictures. All text of others
passes through `safe`. A report that would be too long is cut between findings and says how many are missing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from secgate.model import Action, Decision, Evidence, Finding, RequirementState, Severity, Suppression, Verdict
from secgate.report import about, safe, words

LIMIT_BYTES = 60_000
"""A comment may have 65,536 characters; the rest is for the marker by which the comment is found again."""

_SHORTEST = 6_000
_NAMED = 3
_MESSAGE = 600
_BREAK = "\\\n"
"""A line break both where a new line is one (comments) and where it is not (summaries)."""

_ALERT = {"BLOCKED": "CAUTION", "INCOMPLETE": "CAUTION", "PASS": "TIP"}
_ACTIONS = {Action.BLOCK: "Block", Action.WARN: "Warn", Action.INFO: "Information", Action.PASS: "Below the threshold"}


@dataclass(frozen=True)
class _Section:
    """A part of the report that may be cut between its items."""

    items: Sequence[Callable[[], str]]
    """Each gives whole lines; called only as far as there is room."""
    head: str
    foot: str
    noun: str
    """What the items are, with its verb."""

    def fit(self, room: int) -> str:
        """Return as many items as fit into `room` bytes, and how many did not; nothing where not even that fits."""
        room -= _size(self.head) + _size(self.foot) + _size(self._rest(len(self.items)))
        if not self.items or room < 0:
            return ""
        shown: list[str] = []
        for item in self.items:
            text = item()
            room -= _size(text)
            if room < 0:
                break
            shown.append(text)
        return f"{self.head}{''.join(shown)}{self._rest(len(self.items) - len(shown))}{self.foot}"

    def _rest(self, number: int) -> str:
        return f"\n**{number:,} {self.noun} not shown here.** The JSON and SARIF files hold all.\n" if number else ""


def render(decision: Decision, *, limit_bytes: int = LIMIT_BYTES) -> str:
    """Return the report as GitHub-flavoured Markdown.

    Args:
        decision: what to show.
        limit_bytes: how long it may be in UTF-8; fewer than 6,000 count as 6,000.
    """
    room = max(limit_bytes, _SHORTEST)
    head, foot = _head(decision), _foot(decision)
    room -= _size(head) + _size(foot)
    # What is incomplete and what blocks get their room first, whatever stands between them.
    texts: dict[str, str] = {}
    for name, section, share in (
        ("incomplete", _incomplete(decision), 0.5),
        ("blocking", _blocking(decision), 0.8),
        ("evidence", _evidence(decision), 0.5),
        ("left out", _left_out(decision), 0.5),
        ("included", _included(decision), 0.5),
        ("suppressions", _suppressions(decision), 0.5),
        ("warnings", _warnings(decision), 1.0),
    ):
        texts[name] = section.fit(int(room * share))
        room -= _size(texts[name])
    order = ("incomplete", "blocking", "warnings", "evidence", "left out", "included", "suppressions")
    return safe.commands(head + "".join(texts[name] for name in order) + foot)


def _size(text: str) -> int:
    return len(text.encode())


def _head(decision: Decision) -> str:
    said = words.statements(decision)
    title = " and ".join(each.word for each in said if each.word)
    lines = [f"## secgate: {title}"]
    for each in said:
        if each.word:
            lines += ["", f"> [!{_ALERT[each.word]}]", f"> **{each.word}**: {safe.markdown(each.text)}"]
        else:
            lines += [">", f"> {safe.markdown(each.text[:1].upper() + each.text[1:])}"]
    if text := words.allowed(decision):
        lines += [">", f"> **ALLOWED** by the caller: {safe.markdown(text)}"]
    lines += ["", safe.markdown(about.judged(decision), 300), ""]
    return "\n".join([*lines, *_counts(decision), ""])


def _counts(decision: Decision) -> list[str]:
    """Return the table of findings by action and severity; its sums are all findings."""
    if not decision.verdicts:
        return []
    kinds = [each for each in Severity if any(verdict.finding.severity is each for verdict in decision.verdicts)]
    rows = [
        _row(name, [sum(v.finding.severity is kind for v in group) for kind in kinds])
        for action, name in _ACTIONS.items()
        if (group := words.of(decision, action))
    ]
    total = _row("All", [sum(v.finding.severity is kind for v in decision.verdicts) for kind in kinds])
    return [
        f"| Findings | {' | '.join(kind.value.capitalize() for kind in kinds)} | All |",
        f"| :-- |{' --: |' * (len(kinds) + 1)}",
        *(rows if len(rows) == 1 else [*rows, total]),
        "",
    ]


def _row(name: str, numbers: list[int]) -> str:
    return f"| {name} | {' | '.join(f'{number:,}' for number in [*numbers, sum(numbers)])} |"


def _incomplete(decision: Decision) -> _Section:
    return _Section(
        [_called(_unmet, state) for state in decision.incomplete],
        "### What was not checked\n\n",
        "\n",
        "gaps are",
    )


def _unmet(state: RequirementState) -> str:
    reason = safe.markdown(state.reason or "no evidence", _MESSAGE)
    remedy = f"{_BREAK}  **How to change that:** {safe.markdown(state.remedy, _MESSAGE)}" if state.remedy else ""
    return f"- **{words.CATEGORY[state.category].capitalize()}**: {reason}{remedy}\n"


def _called(render: Callable[..., str], *values: object) -> Callable[[], str]:
    return lambda: render(*values)


def _blocking(decision: Decision) -> _Section:
    verdicts = words.blockers(decision)
    return _Section(
        list(_grouped(verdicts)),
        f"### {words.plural(len(verdicts), 'finding')} to fix before this can pass\n",
        "\n",
        "findings that block are",
    )


def _grouped(verdicts: Iterable[Verdict]) -> Iterable[Callable[[], str]]:
    """Give one item for each finding; the first of a file carries the file's heading."""
    for path, group in words.by_file(verdicts).items():
        for number, verdict in enumerate(group):
            yield _called(_finding, verdict, "" if number else f"\n#### {safe.code(path or 'no file', 200)}\n\n")


def _finding(verdict: Verdict, heading: str) -> str:
    finding = verdict.finding
    where = [each for each in (words.lines(finding.location), safe.markdown(words.subject(finding), 100)) if each]
    place = f" · {' · '.join(where)}" if where else ""
    lines = [
        f"- **{finding.severity.value.upper()}**{place} · **{safe.markdown(finding.title, 200)}** ({_rule(finding)})"
    ]
    if text := words.message(finding):
        lines.append(f"  {safe.markdown(text, _MESSAGE)}")
    lines += [f"  **Why it blocks:** {safe.markdown(words.why(verdict))}", f"  **Fix:** {_fix(finding)}"]
    if notes := [each for each in (_identity(finding), safe.markdown(words.also(finding))) if each]:
        lines.append(f"  {' · '.join(notes)}")
    return heading + _BREAK.join(lines) + "\n"


def _rule(finding: Finding) -> str:
    return safe.link(safe.code(words.rule(finding), 160), finding.rule.help_uri)


def _fix(finding: Finding) -> str:
    text = words.fix(finding)
    page = finding.rule.help_uri
    return safe.link("see the rule", page) if page and text == f"See {page}" else safe.markdown(text, _MESSAGE)


def _identity(finding: Finding) -> str:
    return f"id {safe.code(finding.fingerprint[:12])}" if finding.fingerprint else ""


def _warnings(decision: Decision) -> _Section:
    groups = words.by_rule(words.warnings(decision))
    number = sum(len(group) for group in groups.values())
    return _Section(
        [_called(_warning, group) for group in groups.values()],
        f"<details>\n<summary>{words.plural(number, 'warning')} from {words.plural(len(groups), 'rule')}</summary>\n\n",
        "\n</details>\n\n",
        "rules that warn are",
    )


def _warning(group: Sequence[Verdict]) -> str:
    first = group[0].finding
    places = [safe.code(words.place(verdict.finding.location), 160) for verdict in group[:_NAMED]]
    rest = f" and {len(group) - _NAMED:,} more" if len(group) > _NAMED else ""
    head = f"- **{first.severity.value.upper()}** · {words.plural(len(group), 'finding')}"
    return f"{head} · {safe.markdown(first.title, 200)} ({_rule(first)}): {', '.join(places)}{rest}\n"


def _evidence(decision: Decision) -> _Section:
    title = "### What was checked\n\n"
    if not decision.evidence:
        return _Section([lambda: "Nothing: no scanner ran.\n"], title, "\n", "checks are")
    kept = [
        (name, edge, cell)
        for name, edge, cell in _COLUMNS
        if name not in _OPTIONAL or any(cell(each) for each in decision.evidence)
    ]
    head = f"| {' | '.join(name for name, _, _ in kept)} |\n| {' | '.join(edge for _, edge, _ in kept)} |\n"
    cells = [cell for _, _, cell in kept]
    return _Section(
        [_called(_evidence_row, each, cells) for each in decision.evidence], title + head, "\n", "checks are"
    )


def _evidence_row(evidence: Evidence, cells: Sequence[Callable[[Evidence], str]]) -> str:
    return f"| {' | '.join(cell(evidence) for cell in cells)} |\n"


def _state(evidence: Evidence) -> str:
    return evidence.state.value if evidence.complete else f"**{evidence.state.value}**"


def _why_not(evidence: Evidence) -> str:
    if evidence.complete:
        return ""
    parts = [safe.markdown(evidence.reason or "it did not say why", 300)]
    parts += [safe.markdown(error, 200) for error in evidence.errors[:_NAMED]]
    if len(evidence.errors) > _NAMED:
        parts.append(f"and {words.plural(len(evidence.errors) - _NAMED, 'more line')}")
    return "<br>".join(parts)


_COLUMNS: Sequence[tuple[str, str, Callable[[Evidence], str]]] = (
    ("Checked", ":--", lambda each: words.CATEGORY[each.category]),
    ("By", ":--", lambda each: safe.markdown(words.tool(each), 160)),
    ("State", ":--", _state),
    ("Files read", "--:", words.read),
    ("Database", ":--", lambda each: safe.markdown(words.database(each), 10)),
    ("Why not complete", ":--", _why_not),
)
_OPTIONAL = {"Database", "Why not complete"}
"""Columns that are left out where they would be empty."""


def _left_out(decision: Decision) -> _Section:
    return _Section(
        [_called(_reason, reason, [each.path for each in group]) for reason, group in about.left_out(decision).items()],
        f"<details>\n<summary>{words.plural(len(decision.left_out), 'file')} that no scanner saw</summary>\n\n",
        "\n</details>\n\n",
        "reasons are",
    )


def _included(decision: Decision) -> _Section:
    names = decision.subject.included
    return _Section(
        [_called(_reason, "in no commit, so nobody reviewed it", names)] if names else [],
        f"<details>\n<summary>{about.included(decision)}</summary>\n\n",
        "\n</details>\n\n",
        "reasons are",
    )


def _suppressions(decision: Decision) -> _Section:
    return _Section(
        [_called(_suppression, one) for one in decision.suppressions],
        f"<details>\n<summary>{safe.markdown(about.suppressions(decision), 300)}</summary>\n\n",
        "\n</details>\n\n",
        "lines are",
    )


def _suppression(one: Suppression) -> str:
    return f"- {safe.code(about.suppression(one), 200)}\n"


def _reason(reason: str, paths: Sequence[str]) -> str:
    rest = f" and {len(paths) - _NAMED:,} more" if len(paths) > _NAMED else ""
    named = ", ".join(safe.code(path, 160) for path in paths[:_NAMED])
    return f"- {safe.markdown(reason, 200)} · {words.plural(len(paths), 'file')}: {named}{rest}\n"


def _foot(decision: Decision) -> str:
    ref = decision.policy
    missing = about.missing_walls(decision)
    return (
        f"---\n\nJudged on {safe.markdown(decision.now, 40)} by {safe.markdown(decision.tool, 60)} "
        f"with policy {safe.markdown(f'{ref.name} {ref.version}', 100)} ({safe.code(ref.digest, 80)}).\n"
        f"{f'No full sandbox: {missing}.{chr(10)}' if missing else ''}"
    )
