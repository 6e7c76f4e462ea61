"""Findings in Markdown: what blocks in full and by file, everything else by rule and folded away."""

from collections.abc import Callable, Iterable, Sequence

from secgate.model import Action, Decision, Novelty, Verdict
from secgate.report import reasons, safe, words
from secgate.report.groups import Group, Groups, by_waiver
from secgate.report.section import Section, called, fold
from secgate.report.site import NOWHERE, Site

BREAK = "\\\n"
"""A line break both where a new line is one (comments) and where it is not (summaries)."""
_NOVELTY = {
    Novelty.INTRODUCED: "",
    Novelty.NEWLY_DISCLOSED: "it was there before this change, and became known after that",
    Novelty.EXISTING: "it was there before this change",
}
_NAMED = 3
_OPEN = 20
_MESSAGE = 600


def blocking(verdicts: Sequence[Verdict], site: Site) -> tuple[Section, Section]:
    """Return what blocks, grouped by file, each with severity, place, rule, reason and fix: the first, and the others.

    The others are folded away: nobody reads a hundred of them before the rest of the page.
    """
    ordered = [one for group in words.by_file(verdicts).values() for one in group]
    said = [
        f"\n**Rule {safe.markdown(name, 100)}:** {safe.markdown(text, 500)}\n"
        for name, text in reasons.rules_say(verdicts)[:_NAMED]
    ]
    head = f"### {words.plural(len(verdicts), 'finding')} to fix before this can pass\n{''.join(said)}"
    noun = "findings that block are"
    others = ordered[_OPEN:]
    return (
        Section(list(_grouped(ordered[:_OPEN], site)), head, "\n", noun),
        fold(list(_grouped(others, site)), f"{words.plural(len(others), 'more finding')} to fix", noun),
    )


def _grouped(verdicts: Iterable[Verdict], site: Site) -> Iterable[Callable[[], str]]:
    """Give one item for each finding; the first of a file carries the file's heading."""
    for path, group in words.by_file(verdicts).items():
        for number, verdict in enumerate(group):
            heading = "" if number else f"\n#### {safe.code(path or 'no file', 200)}\n\n"
            yield called(_finding, verdict, heading, site)


def _finding(verdict: Verdict, heading: str, site: Site) -> str:
    text = BREAK.join(lines(verdict, site)).replace("\n", "\n  ")
    return f"{heading}- {text}\n"


def lines(verdict: Verdict, site: Site) -> list[str]:
    """Return what is to be said of one finding, line by line, safe."""
    finding = verdict.finding
    place = words.lines(finding.location)
    where = [site.place(place, finding.location) if place else "", safe.markdown(words.subject(finding), 100)]
    head = [f"**{finding.severity.value.upper()}**", *filter(None, where), f"**{safe.markdown(finding.title, 200)}**"]
    found = [f"{' · '.join(head)} ({_rule(verdict)})"]
    if text := words.message(finding):
        found.append(safe.markdown(text, _MESSAGE))
    notes = [
        f"**Why it blocks:** {safe.markdown(words.why(verdict))}",
        _NOVELTY[finding.novelty],
        f"id {safe.code(finding.fingerprint[:12])}" if finding.fingerprint else "",
        safe.markdown(words.also(finding)),
    ]
    return [*found, f"**Fix:** {_fix(verdict)}", " · ".join(filter(None, notes))]


def _rule(verdict: Verdict) -> str:
    finding = verdict.finding
    return safe.link(safe.code(words.rule(finding), 160), finding.rule.help_uri)


def _fix(verdict: Verdict) -> str:
    text, page = words.fix(verdict.finding), verdict.finding.rule.help_uri
    return safe.link("see the rule", page) if page and text == f"See {page}" else safe.markdown(text, _MESSAGE)


def warnings(groups: Groups, site: Site) -> Section:
    """Return what warns and is new, by rule."""
    found = [one for one in groups[Group.WARN] if one.finding.is_new]
    return _by_rule(found, "{} from {}", "warning", "rules that warn are", site)


def earlier(groups: Groups, site: Site) -> Section:
    """Return what warns and was there before the change, by rule."""
    found = [one for one in groups[Group.WARN] if not one.finding.is_new]
    return _by_rule(found, "{} from before this change, by {}", "warning", "rules that warn are", site)


def existing(groups: Groups, site: Site) -> Section:
    """Return what was there before the change and does not block it, by rule."""
    return _by_rule(groups[Group.EXISTING], "{} from before this change, by {}", "finding", "rules are", site)


def _by_rule(verdicts: Sequence[Verdict], title: str, one: str, noun: str, site: Site) -> Section:
    found = words.by_rule(verdicts)
    told = title.format(words.plural(len(verdicts), one), words.plural(len(found), "rule"))
    return fold([called(_row, group, site) for group in found.values()], told, noun)


def _row(group: Sequence[Verdict], site: Site) -> str:
    first = group[0].finding
    head = f"- **{first.severity.value.upper()}** · {words.plural(len(group), 'finding')}"
    return f"{head} · {safe.markdown(first.title, 200)} ({_rule(group[0])}): {_places(group, site)}\n"


def _places(group: Sequence[Verdict], site: Site) -> str:
    found = {words.place(one.finding.location): one.finding.location for one in group}
    named = [site.place(safe.code(text, 160), place) for text, place in list(found.items())[:_NAMED]]
    rest = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
    return f"{', '.join(named)}{rest}"


def waived(decision: Decision, groups: Groups, site: Site) -> Section:
    """Return what somebody accepted, by whom, with the last day of a waiver."""
    verdicts = groups[Group.WAIVED]
    expires = {f"waiver {use.id}": f" until {use.expires}" for use in decision.waivers if use.expires}
    items = [called(_accepted, f"{by}{expires.get(by, '')}", group, site) for by, group in by_waiver(verdicts).items()]
    return fold(items, words.plural(len(verdicts), "waived finding"), "waivers are")


def _accepted(by: str, group: Sequence[Verdict], site: Site) -> str:
    what = ", ".join(sorted({words.rule(one.finding) for one in group})[:_NAMED])
    head = f"- {words.plural(len(group), 'finding')} by {safe.markdown(by, 200)}"
    return f"{head} · {safe.markdown(what, 200)}: {_places(group, site)}\n"


def fixed(decision: Decision) -> Section:
    """Return what the base has and the judged tree has not any more, by rule."""
    found = words.by_rule(Verdict(one, Action.PASS) for one in decision.fixed)
    number, by = words.plural(len(decision.fixed), "finding"), words.plural(len(found), "rule")
    title = f"{number} fixed by this change, by {by}"
    # Its lines are those of the base: there is nothing to link to in the judged commit.
    return fold([called(_row, group, NOWHERE) for group in found.values()], title, "rules are")
