"""The report for a pull request comment or a step summary: the same order and the same words as in a terminal.

Everything that counts is text: headings for those who listen, no meaning in colour or pictures. All text of others
passes through `safe`. A report that would be too long is cut between findings and says how many are missing.
"""

from collections.abc import Callable, Iterable, Sequence

from secgate.model import Action, Decision, Evidence, Finding, RequirementState, Severity, Verdict
from secgate.report import about, folds, safe, words
from secgate.report.section import Section, called, size

LIMIT_BYTES = 60_000
"""A comment may have 65,536 characters; the rest is for the marker by which the comment is found again."""

_SHORTEST = 6_000
_NAMED = 3
_MESSAGE = 600
_BREAK = "\\\n"
"""A line break both where a new line is one (comments) and where it is not (summaries)."""

_ALERT = {"BLOCKED": "CAUTION", "INCOMPLETE": "CAUTION", "PASS": "TIP"}
_ACTIONS = {Action.BLOCK: "Block", Action.WARN: "Warn", Action.INFO: "Information", Action.PASS: "Below the threshold"}


def render(decision: Decision, *, limit_bytes: int = LIMIT_BYTES) -> str:
    """Return the report as GitHub-flavoured Markdown.

    Args:
        decision: what to show.
        limit_bytes: how long it may be in UTF-8; fewer than 6,000 count as 6,000.
    """
    room = max(limit_bytes, _SHORTEST)
    head, foot = _head(decision), _foot(decision)
    room -= size(head) + size(foot)
    # What is incomplete and what blocks get their room first, whatever stands between them.
    texts: dict[str, str] = {}
    for name, section, share in (
        ("incomplete", _incomplete(decision), 0.5),
        ("blocking", _blocking(decision), 0.8),
        ("evidence", _evidence(decision), 0.5),
        *((name, fold(decision), 0.5) for name, fold in folds.FOLDS.items()),
        ("warnings", _warnings(decision), 1.0),
    ):
        texts[name] = section.fit(int(room * share))
        room -= size(texts[name])
    order = ("incomplete", "blocking", "warnings", "evidence", *folds.FOLDS)
    return safe.commands(head + "".join(texts[name] for name in order) + foot)


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


def _incomplete(decision: Decision) -> Section:
    return Section(
        [called(_unmet, state) for state in decision.incomplete],
        "### What was not checked\n\n",
        "\n",
        "gaps are",
    )


def _unmet(state: RequirementState) -> str:
    reason = safe.markdown(state.reason or "no evidence", _MESSAGE)
    remedy = f"{_BREAK}  **How to change that:** {safe.markdown(state.remedy, _MESSAGE)}" if state.remedy else ""
    return f"- **{words.CATEGORY[state.category].capitalize()}**: {reason}{remedy}\n"


def _blocking(decision: Decision) -> Section:
    verdicts = words.blockers(decision)
    return Section(
        list(_grouped(verdicts)),
        f"### {words.plural(len(verdicts), 'finding')} to fix before this can pass\n",
        "\n",
        "findings that block are",
    )


def _grouped(verdicts: Iterable[Verdict]) -> Iterable[Callable[[], str]]:
    """Give one item for each finding; the first of a file carries the file's heading."""
    for path, group in words.by_file(verdicts).items():
        for number, verdict in enumerate(group):
            yield called(_finding, verdict, "" if number else f"\n#### {safe.code(path or 'no file', 200)}\n\n")


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


def _warnings(decision: Decision) -> Section:
    groups = words.by_rule(words.warnings(decision))
    number = sum(len(group) for group in groups.values())
    return Section(
        [called(_warning, group) for group in groups.values()],
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


def _evidence(decision: Decision) -> Section:
    title = "### What was checked\n\n"
    if not decision.evidence:
        return Section([lambda: "Nothing: no scanner ran.\n"], title, "\n", "checks are")
    kept = [
        (name, edge, cell)
        for name, edge, cell in _COLUMNS
        if name not in _OPTIONAL or any(cell(each) for each in decision.evidence)
    ]
    head = f"| {' | '.join(name for name, _, _ in kept)} |\n| {' | '.join(edge for _, edge, _ in kept)} |\n"
    cells = [cell for _, _, cell in kept]
    return Section([called(_evidence_row, each, cells) for each in decision.evidence], title + head, "\n", "checks are")


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


def _foot(decision: Decision) -> str:
    ref = decision.policy
    text = (
        f"Judged on {safe.markdown(decision.now, 40)} by {safe.markdown(decision.tool, 60)} "
        f"with policy {safe.markdown(f'{ref.name} {ref.version}', 100)} ({safe.code(ref.digest, 80)})"
    )
    if origin := about.origin(decision):
        text += f", {safe.markdown(origin, 200)}"
    if feeds := about.feeds(decision):
        text += f", with {safe.markdown(feeds, 200)}"
    if base := about.base(decision):
        text += f", compared with {base}"
    effect, missing = about.effect(decision), about.missing_walls(decision)
    above = f"**{safe.markdown(effect, 300)}**\n\n" if effect else ""
    below = f"No full sandbox: {missing}.\n" if missing else ""
    return f"---\n\n{above}{text}.\n{below}"
