"""What the reports say about the tree that was judged, and about the machine on which that was done."""

from collections import Counter

from secgate.model import Decision, LeftOut, Novelty, Suppression, Wall
from secgate.report.words import plural

_WALLS = {
    Wall.FILES: "could read files outside the tree",
    Wall.GATE: "were the user that the gate is",
    Wall.NETWORK: "had a network, with proxies that lead nowhere",
}


def judged(decision: Decision) -> str:
    """Return what was judged: `shop · 214 files · working tree at 9c1d2e3f4a5b`, or `commit 9c1d2e3f4a5b`."""
    about = decision.subject
    parts = [about.name or "unnamed"]
    if about.scope:
        parts.append(f"only {about.scope}")
    if about.files:
        parts.append(plural(about.files, "file"))
    if about.included:
        parts.append(f"{len(about.included):,} of them included, untrusted")
    commit = about.commit[:12] if about.source == "commit" else f"at {about.commit[:12]}" if about.commit else ""
    if about.source or commit:
        parts.append(f"{about.source} {commit}".strip())
    return " · ".join(parts)


def policy(decision: Decision) -> str:
    """Return by what it was judged: `recommended 1.0.0 (sha256:abababababab) · built in, unprotected`."""
    ref = decision.policy
    named = f"{ref.name} {ref.version} ({ref.digest[:19]})"
    return " · ".join(filter(None, (named, origin(decision))))


def origin(decision: Decision) -> str:
    """Return where the policy comes from, and whether the change could have written it; or nothing."""
    ref = decision.policy
    return ref.origin if ref.protected or not ref.origin else f"{ref.origin}, unprotected"


def feeds(decision: Decision) -> str:
    """Return with which feeds, and of when they are: `epss of 2026-11-25, kev of 2026-11-24`; or nothing."""
    return ", ".join(f"{one.id} of {one.released[:10]}" for one in decision.feeds)


def base(decision: Decision) -> str:
    """Return with what the tree was compared, or nothing."""
    return f"commit {decision.base[:12]}" if decision.base else ""


def compared(decision: Decision) -> str:
    """Return what the findings are to the base: `2 introduced · 14 existing · 3 fixed`; or nothing."""
    if not decision.base:
        return ""
    number = Counter(verdict.finding.novelty for verdict in decision.verdicts)
    parts = [f"{number[each]:,} {each.value}" for each in Novelty if number[each] or each is Novelty.INTRODUCED]
    parts += [f"{len(decision.fixed):,} fixed"] if decision.fixed else []
    if decision.comparison and decision.comparison.lost:
        parts.append(f"{decision.comparison.lost:,} of the base where nobody looked now")
    return " · ".join(parts)


def gaps(decision: Decision) -> tuple[str, ...]:
    """Return what was not looked at in full at the base, in sentences."""
    found = decision.comparison.gaps if decision.comparison else ()
    return tuple(f"{one.label or one.scanner} {one.reason or one.state.value}" for one in found)


def effect(decision: Decision) -> str:
    """Return what the judged tree's own policy would have said, or nothing."""
    own = decision.effect
    if own is None:
        return ""
    if own.error:
        return f"The policy of the judged tree cannot be read: {own.error}"
    blocking = plural(own.blocking, "finding")
    return f"The judged tree changes the policy. Its own would say {own.outcome.value} and block {blocking}."


def known(decision: Decision) -> list[str]:
    """Return the files that no scanner could read and that need not be read, sorted."""
    return sorted({path for one in decision.evidence for path in one.known})


def left_out(decision: Decision) -> dict[str, list[LeftOut]]:
    """Return what no scanner got to see, by reason, the most frequent reason first."""
    found: dict[str, list[LeftOut]] = {}
    for each in decision.left_out:
        found.setdefault(each.reason, []).append(each)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def included(decision: Decision) -> str:
    """Return how many files came in beside what git holds, and what that means."""
    return f"Included: {plural(len(decision.subject.included), 'file')} from the disk, untrusted"


def missing_walls(decision: Decision) -> str:
    """Return what scanners could do that a full sandbox prevents, or nothing: `scanners could read …`."""
    told = [_WALLS[wall] for wall in decision.missing_walls]
    return f"on this machine scanners {', '.join(told)}" if told else ""


def suppressions(decision: Decision) -> str:
    """Return how many lines tell scanners to look away, by tool, and what came of it; or nothing."""
    tools = [one.tool for one in decision.suppressions]
    each = ", ".join(f"{tools.count(tool):,} {tool}" for tool in sorted(set(tools)))
    stood = sum(one.stands for one in decision.suppressions)
    obeyed = f"{stood:,} of them stand at the base and are honoured" if stood else "none obeyed"
    return f"Inline suppressions: {len(tools):,}, {obeyed} ({each})" if tools else ""


def suppression(one: Suppression) -> str:
    """Return where a line tells which tool to look away, from what, and why."""
    new = "" if one.stands else "not obeyed"
    words = [f"{one.path}:{one.line}", one.tool, one.rule or "everything", one.reason and f"({one.reason})", new]
    return " ".join(word for word in words if word)
