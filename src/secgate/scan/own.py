"""What the gate itself finds: changes to what it stands on, and what hides from those who look.

These findings are of the category `gate`. None of what they are about was obeyed: the policy, the waivers and the
suppressions that count are the base's.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from secgate.globs import matcher
from secgate.model import (
    GATE,
    Category,
    Confidence,
    Finding,
    LeftOut,
    Location,
    Notice,
    Rule,
    Scanner,
    Severity,
    Suppression,
    Tree,
)
from secgate.scan import jobs
from secgate.scan.since import Since

Content = Callable[[str], bytes | None]
"""Gives the content of a file of the judged tree; None where it has none."""

_LFS = b"version https://git-lfs.github.com/spec/"


@dataclass(frozen=True)
class Kind:
    """A rule of the gate itself."""

    title: str
    severity: Severity
    help: str


_REVIEW = "Have it reviewed by whoever answers for the gate. It takes effect when it is merged."
KINDS = {
    "new-inline-suppression": Kind(
        "A new comment tells a scanner to look away", Severity.MEDIUM,
        "It is not obeyed here. Mend what it is about, or have the comment reviewed: once merged it is honoured.",
    ),
    "policy-changed": Kind("The gate's policy is changed", Severity.MEDIUM, _REVIEW),
    "waivers-changed": Kind("Waivers are changed", Severity.MEDIUM, _REVIEW),
    "baseline-changed": Kind("The baseline is changed", Severity.MEDIUM, _REVIEW),
    "gate-workflow-changed": Kind(
        "What runs the gate is changed", Severity.MEDIUM,
        "See that the gate still runs, and that nothing of the tree runs before it in its job.",
    ),
    "scanner-configuration-changed": Kind(
        "A scanner's configuration is changed", Severity.LOW,
        "The gate does not obey it. Other uses of the scanner do: see that they still find what they should.",
    ),
    "content-moved-away": Kind(
        "A file's content is moved to where no scanner sees it", Severity.HIGH,
        "Leave the content in the repository, or have its new place scanned by itself.",
    ),
    "package-from-elsewhere": Kind(
        "A package comes from no public registry", Severity.MEDIUM,
        "Scanners know packages by name and version: look at what is fetched from there, or take it from a registry.",
    ),
    "names-that-merge": Kind(
        "A name is the same as another one on some file systems", Severity.MEDIUM, "Rename one of the two."
    ),
    "misleading-name": Kind("A name does not look like what it is", Severity.MEDIUM, "Rename it."),
    "bidirectional-text": Kind(
        "Source is not shown in the order in which it runs", Severity.HIGH, "Remove them, or write them as escapes."
    ),
    "hidden-characters": Kind(
        "Source holds characters that nobody sees", Severity.MEDIUM, "Remove them, or write them as escapes."
    ),
    "hidden-from-review": Kind(
        "An attribute keeps source out of reviews", Severity.MEDIUM, "Remove the attribute, or have the files reviewed."
    ),
}  # fmt: skip


def of_tree(
    since: Since | None,
    suppressions: Iterable[Suppression],
    staged: Tree,
    scanners: Iterable[Scanner],
    content: Content,
) -> Iterator[Finding]:
    """Give a finding for all that a tree does to what the gate stands on; nothing where it is compared with nothing.

    Args:
        since: compares the tree with its base.
        suppressions: of the tree, those marked that stand at the base.
        staged: the tree as it is in the copy.
        scanners: whose configuration counts.
        content: gives that of a file of the tree.
    """
    if since:
        yield from of_changes(since, scanners, content)
        yield from of_suppressions(suppressions)
        yield from of_absence(staged.left_out, since)


def of_changes(since: Since, scanners: Iterable[Scanner], content: Content) -> Iterator[Finding]:
    """Give a finding for each file on which the gate stands and which the tree changes.

    Args:
        since: compares the tree with its base.
        scanners: whose configuration counts.
        content: gives that of a file of the tree.
    """
    configuration = [glob for one in scanners for glob in one.configuration]
    for rule, globs in (
        ("policy-changed", [".secgate/*", ".secgate/tests/**", ".secgate/packs/**"]),
        ("waivers-changed", [".secgate/waivers/**", ".secgate/vex/**"]),
        ("baseline-changed", [".secgate/baseline/**"]),
        ("scanner-configuration-changed", configuration),
    ):
        for path in since.changed(matcher(globs)):
            yield _finding(rule, path, _how(since, path))
    yield from _of_jobs(since, content)


def _of_jobs(since: Since, content: Content) -> Iterator[Finding]:
    """Give a finding for each file that runs the gate, and for each new job that passes for one that does."""
    gate = jobs.gate(since.base.entries, since.read)
    for path in since.changed(gate.stands_on):
        yield _finding("gate-workflow-changed", path, _how(since, path))
    changed = since.changed(jobs.is_workflow)
    before = since.read(changed)
    for path in changed:
        now, then = (one.decode(errors="replace") for one in (content(path) or b"", before.get(path, b"")))
        for name in gate.namesakes(path, now, then):
            message = f"Its job `{name}` has the name of the job that runs the gate: a required check takes either."
            yield _finding("gate-workflow-changed", path, message, anchor=f"job {name}")


def _how(since: Since, path: str) -> str:
    if not since.has(path):
        return f"`{path}` is removed."
    return f"`{path}` is changed." if path in since.base.entries else f"`{path}` is new."


def of_suppressions(suppressions: Iterable[Suppression]) -> Iterator[Finding]:
    """Give a finding for each suppression that does not stand at the base."""
    for one in suppressions:
        if not one.stands:
            what = f"It names {one.rule}." if one.rule else "It names no rule."
            why = f" Its reason: {one.reason}" if one.reason else ""
            message = f"A comment tells {one.tool} to look away. {what}{why}"
            yield _finding("new-inline-suppression", one.path, message, one.line, anchor=f"{one.tool} {one.rule}")


def of_absence(left_out: Iterable[LeftOut], since: Since) -> Iterator[Finding]:
    """Give a finding for each file of the base whose content the tree has moved to where nobody sees it.

    Args:
        left_out: of the staged tree.
        since: compares it with its base.
    """
    lost = [one for one in left_out if one.matters and not since.same(one.path)]
    before = since.read([one.path for one in lost])
    below = sorted(since.base.entries)
    for one in lost:
        content = before.get(one.path, b"")
        had = bool(content) and not content.startswith(_LFS)
        if had or (one.folder and any(path.startswith(f"{one.path}/") for path in below)):
            yield _finding("content-moved-away", one.path, f"At the base it was here. Now: {one.reason}.")


def of_notices(notices: Sequence[Notice]) -> Iterator[Finding]:
    """Give a finding for each notice. With another part in it, or where it stands for more, it is another one."""
    for one in notices:
        anchor = one.other or (f"{one.rule} and {one.more}" if one.more else "")
        yield _finding(one.rule, one.path, one.message, one.line, anchor=anchor)


def _finding(rule: str, path: str, message: str, line: int = 0, *, anchor: str = "") -> Finding:
    kind = KINDS[rule]
    return Finding(
        tool=GATE,
        category=Category.GATE,
        severity=kind.severity,
        rule=Rule(id=rule, name=rule, title=kind.title, help=kind.help),
        message=message,
        location=Location(path, max(line, 1), max(line, 1), known=line > 0),
        confidence=Confidence.HIGH,
        severity_label=kind.severity.value,
        fix=kind.help,
        anchor=anchor or ("" if line else rule),
    )
