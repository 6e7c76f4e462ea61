"""The report for a pull request comment or a step summary: the verdict, the counts, what to do, then the details.

Everything that counts is text: headings for those who listen, no meaning in colour or pictures. All text of others
passes through `safe`. A report that would be too long is cut between findings and says how many are missing.
"""

from collections.abc import Sequence

from secgate.model import Decision, Outcome, Severity, Verdict
from secgate.report import about, checked, folds, listed, safe, words
from secgate.report.groups import Group, Groups, groups
from secgate.report.section import Section, size
from secgate.report.site import NOWHERE, Site

LIMIT_BYTES = 65_000
"""A comment may have 65,536 characters; the rest is for the marker by which the comment is found again."""

_SHORTEST = 6_000
_ALERT = {"BLOCKED": "CAUTION", "INCOMPLETE": "CAUTION", "PASS": "TIP"}


def render(decision: Decision, *, limit_bytes: int = LIMIT_BYTES, site: Site = NOWHERE) -> str:
    """Return the report as GitHub-flavoured Markdown.

    Args:
        decision: what to show.
        limit_bytes: how long it may be in UTF-8; fewer than 6,000 count as 6,000.
        site: where it will stand.
    """
    grouped = groups(decision)
    head, foot = _head(decision, grouped, site), _foot(decision, site)
    room = max(limit_bytes, _SHORTEST) - size(head) - size(foot)
    return safe.commands(head + _fitted(_sections(decision, grouped, site), room) + foot)


def _sections(decision: Decision, grouped: Groups, site: Site) -> Sequence[tuple[Section, int, float]]:
    """Return the parts as they are read: each with its turn when there is too little room, and its share of it then."""
    # What is incomplete and what blocks get their room first, whatever stands between them.
    first, others = listed.blocking(grouped[Group.BLOCK], site)
    return (
        (checked.incomplete(decision), 0, 0.5),
        (first, 1, 0.6),
        (others, 1, 0.6),
        (listed.warnings(grouped, site), 9, 1.0),
        (listed.waived(decision, grouped, site), 7, 0.5),
        (listed.earlier(grouped, site), 11, 1.0),
        (listed.existing(grouped, site), 8, 0.5),
        (listed.fixed(decision), 10, 1.0),
        (checked.evidence(decision), 2, 0.5),
        *((part(decision), 3 + at, 0.5) for at, part in enumerate(folds.FOLDS.values())),
    )


def _fitted(parts: Sequence[tuple[Section, int, float]], room: int) -> str:
    """Return the parts in their order: whole where all fit together, else each within its share."""
    texts: dict[int, str] = {}
    left = room
    for index, (section, _, _) in enumerate(parts):
        text = section.whole(left)
        if text is None:
            break
        texts[index] = text
        left -= size(text)
    else:
        return "".join(texts.values())
    turns = sorted(range(len(parts)), key=lambda one: parts[one][1])
    texts = dict.fromkeys(turns, "")
    # First each within its share, then what is left goes to whoever was cut.
    for shares in ([part[2] for part in parts], [1.0] * len(parts)):
        for index in turns:
            room += size(texts[index])
            texts[index] = parts[index][0].fit(max(int(room * shares[index]), size(texts[index])))
            room -= size(texts[index])
    return "".join(texts[index] for index in range(len(parts)))


def _head(decision: Decision, grouped: Groups, site: Site) -> str:
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
    for note in site.notes:
        lines += ["", "> [!WARNING]", f"> {safe.markdown(note, 600)}"]
    lines += ["", safe.markdown(about.judged(decision), 300)]
    if text := about.compared(decision):
        lines[-1] += f"{listed.BREAK}Compared with {safe.markdown(about.base(decision))}: {safe.markdown(text, 200)}"
    lines.append("")
    return "\n".join([*lines, *_counts(decision, grouped), *_next(decision, grouped), ""])


def _counts(decision: Decision, grouped: Groups) -> list[str]:
    """Return the table of findings by group and severity; its sums are all findings."""
    if not decision.verdicts:
        return []
    kinds = [each for each in Severity if any(verdict.finding.severity is each for verdict in decision.verdicts)]
    rows = [_row(group.value, some, kinds) for group, some in grouped.by.items()]
    total = _row("All", decision.verdicts, kinds)
    return [
        f"| Findings | {' | '.join(kind.value.capitalize() for kind in kinds)} | All |",
        f"| :-- |{' --: |' * (len(kinds) + 1)}",
        *(rows if len(rows) == 1 else [*rows, total]),
        "",
    ]


def _row(name: str, some: Sequence[Verdict], kinds: Sequence[Severity]) -> str:
    numbers = [sum(verdict.finding.severity is kind for verdict in some) for kind in kinds]
    return f"| {name} | {' | '.join(f'{number:,}' for number in [*numbers, len(some)])} |"


def _next(decision: Decision, grouped: Groups) -> list[str]:
    """Return what whoever made the change does now; nothing where it passes."""
    steps: list[str] = []
    if grouped[Group.BLOCK]:
        steps += [
            "Fix what stands under *to fix before this can pass*, and push. `secgate scan .` finds the same locally.",
            "Is one of them no problem here? `secgate waive` with its id writes a waiver for the owners of the policy.",
        ]
    if decision.incomplete:
        steps.append("Do what stands under *What was not checked*, and run the job again: not looked at is not clean.")
    if not steps or decision.outcome is Outcome.PASS:
        return []
    return ["**What to do now**", "", *(f"{number}. {step}" for number, step in enumerate(steps, 1)), ""]


def _foot(decision: Decision, site: Site) -> str:
    ref = decision.policy
    text = (
        f"{site.stamp()} on {safe.markdown(decision.now, 40)} by {safe.markdown(decision.tool, 60)} "
        f"with policy {safe.markdown(f'{ref.name} {ref.version}', 100)} ({safe.code(ref.digest, 80)})"
    )
    if origin := about.origin(decision):
        text += f", {safe.markdown(origin, 200)}"
    if feeds := about.feeds(decision):
        text += f", with {safe.markdown(feeds, 200)}"
    effect, missing = about.effect(decision), about.missing_walls(decision)
    above = f"**{safe.markdown(effect, 300)}**\n\n" if effect else ""
    below = f"No full sandbox: {missing}.\n" if missing else ""
    return f"---\n\n{above}{text}.\n{below}"
