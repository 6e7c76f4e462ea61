"""The judged tree and what it is compared with: staged, scanned and told in the same way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from secgate import catalog
from secgate.model import (
    Comparison,
    Evidence,
    Finding,
    InlinePolicy,
    Pack,
    Run,
    Scanner,
    Skip,
    Suppression,
    Task,
    Tree,
)
from secgate.policy.baseline import Eyes, held
from secgate.policy.circumstances import Circumstances
from secgate.policy.inline import accepted
from secgate.scan import own
from secgate.scan.canary import plant
from secgate.scan.changed import Changed
from secgate.scan.duplicates import deduplicate
from secgate.scan.mask import Mask, masked
from secgate.scan.merge import identify
from secgate.scan.normalise import Known, Normalised, normalise
from secgate.scan.places import Places, places
from secgate.scan.plan import Wish, plan
from secgate.scan.reuse import Reused, lightened, said_of
from secgate.scan.secrets import lines_of, secrets
from secgate.scan.since import Since
from secgate.scan.stage import stage
from secgate.scan.standing import covered, honoured, stood
from secgate.scan.worth import combined, looking


@dataclass(frozen=True)
class Side:
    """One of the two trees, with what is to be started for it."""

    staged: Tree
    copy: Places
    tasks: tuple[Task, ...]
    skips: tuple[Skip, ...]
    since: Since | None
    """Compares it with the base, which the base itself equals; None where there is none."""
    reused: Reused = field(default_factory=dict)
    """Of the base: what the judged tree's runs say of it too."""


@dataclass(frozen=True)
class Told:
    """What came of one side's runs, in places of its tree. Secrets are still in it."""

    side: Side
    results: tuple[Normalised, ...]
    findings: tuple[Finding, ...]
    secrets: frozenset[str]


def ready(tree: Tree, folder: Path, scratch: Path, wish: Wish, since: Since | None, head: Side | None = None) -> Side:
    """Stage a tree and plan what is started for it.

    Args:
        tree: as it was detected.
        folder: an empty one, for the copy.
        scratch: the folder of the processes' own folders, one for both sides.
        wish: what the caller asked for.
        since: compares the tree with the base.
        head: the judged tree, where this is its base.

    Raises:
        SecgateError: the copy cannot be written.
    """
    scanners = catalog.scanners()
    staged = stage(tree, folder, scanners.values())
    tasks, skips = plan(staged, folder, scanners, wish)
    reused: Reused = {}
    if head:
        tasks = tuple(msgspec.structs.replace(one, at_base=True) for one in tasks)
        tasks, reused = lightened(tasks, (staged, folder), (head.staged, head.copy.root), head.tasks)
    tasks = plant(tasks, folder, scratch, catalog.folder)
    return Side(staged, places(folder, staged.files), tasks, skips, since, reused)


def told(side: Side, runs: Iterable[Run], known: Known, scratch: Path, head: Told | None = None) -> Told:
    """Read what the scanners wrote about one side.

    Args:
        side: the side.
        runs: those of its tasks.
        known: says which files of the copy need not be read.
        scratch: the folder that holds everything of this scan.
        head: what came of the judged tree's, where this is its base.
    """
    copy = side.copy
    results = [normalise(one, catalog.adapter(one.task.scanner.id), copy, str(scratch), known) for one in runs]
    said = [result.findings for result in results]
    for other in head.results if head else ():
        paths = side.reused.get((other.evidence.scanner, other.evidence.command), frozenset())
        said.append(tuple(said_of(other.findings, paths)))
    findings = [finding for some in said for finding in copy.told(some)]
    # A secret may stand in a file in another spelling than in what stands for it.
    in_copy = [finding for some in said for finding in some]
    hidden = secrets(in_copy, lines_of(Places(copy.root))) | secrets(findings, lines_of(copy))
    return Told(side, tuple(results), tuple(findings), frozenset(hidden))


def suppressed(side: Side, scanners: Mapping[str, Scanner]) -> tuple[Suppression, ...]:
    """Return the comments of a side that tell scanners to look away, those marked that stand at the base."""
    found = side.staged.suppressions
    return stood(found, side.since, side.copy.content, scanners.values()) if side.since else found


def identified(
    one: Told, suppressions: Sequence[Suppression], asked: InlinePolicy, mask: Mask, more: Iterable[Finding] = ()
) -> tuple[Finding, ...]:
    """Return all findings about one side, each with its fingerprint, in canonical order.

    Args:
        one: what the scanners said.
        suppressions: as `suppressed` gives them.
        asked: what the policy asks of such comments.
        mask: what no text may show.
        more: findings that the gate has beside those.
    """
    side = one.side
    # What a tool says that a comment suppresses says nothing of what the policy asks of the comment.
    said = (
        msgspec.structs.replace(each, suppressed_inline=False) if each.suppressed_inline else each
        for each in one.findings
    )
    findings = (*said, *own.of_notices(side.staged.notices))
    believed = accepted(suppressions, asked)
    if asked.mode == "allow":
        findings = covered(findings, believed, side.copy.content)
    if side.since:
        findings = honoured(findings, believed, side.since, side.copy.content, catalog.scanners().values())
    return identify(masked((*findings, *more), mask), side.copy, mask)


@dataclass(frozen=True)
class Then:
    """The base's findings, and what became of them."""

    findings: tuple[Finding, ...]
    """All of them, each existing, the same problem once."""
    fixed: tuple[Finding, ...]
    lost: int
    gaps: tuple[Evidence, ...]

    def comparison(self, committed: str, given: Circumstances) -> Comparison:
        """Return what a decision says of it."""
        return Comparison(committed, self.gaps, self.lost, dict(given.baseline or {}))


def compare(
    now: Told,
    then: Told,
    findings: Iterable[Finding],
    evidence: Sequence[Evidence],
    committed: str,
    pack: Pack,
    mask: Mask,
) -> tuple[tuple[Finding, ...], Then]:
    """Hold the findings of the judged tree against those of the base.

    Args:
        now: what the scanners said of the judged tree.
        then: what they said of the base.
        findings: of the judged tree, identified.
        evidence: of the judged tree.
        committed: when the base was, RFC 3339.
        pack: the policy, which says what counts as new.
        mask: what no text may show.

    Returns:
        The findings of the judged tree, each with what it is to the base; and what became of those of the base.
    """
    before = identified(then, suppressed(then.side, catalog.scanners()), pack.inline, mask)
    changed = Changed(now.side.copy.content, then.side.copy.content, mask)
    eyes = Eyes(changed.lines, changed.secret, looking(evidence, now.side.staged.left_out))
    found = held(findings, before, committed, pack.new_code.basis, eyes)
    existing = (msgspec.structs.replace(one, is_new=False) for one in before)
    worth = combined(masked(one.evidence, mask) for one in then.results)
    same = {(one.scanner, one.command, one.state, one.reason) for one in evidence}
    # What is lacking on both sides is said once.
    gaps = [one for one in worth if not one.complete and (one.scanner, one.command, one.state, one.reason) not in same]
    twins = catalog.equivalents()
    return found.findings, Then(deduplicate(existing, twins), deduplicate(found.fixed, twins), found.lost, tuple(gaps))
