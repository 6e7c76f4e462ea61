"""What the reports say about the tree that was judged, and about the machine on which that was done."""

from secgate.model import Decision, LeftOut, Suppression, Wall
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
    """Return by what it was judged: `recommended 1.0.0 (sha256:abababababab)`."""
    ref = decision.policy
    return f"{ref.name} {ref.version} ({ref.digest[:19]})"


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
    return f"Inline suppressions: {len(tools):,}, none obeyed ({each})" if tools else ""


def suppression(one: Suppression) -> str:
    """Return where a line tells which tool to look away, from what, and why."""
    words = [f"{one.path}:{one.line}", one.tool, one.rule or "everything", one.reason and f"({one.reason})"]
    return " ".join(word for word in words if word)
