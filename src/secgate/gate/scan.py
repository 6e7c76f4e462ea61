"""From a tree to a decision: the story that secgate is there to tell."""

import dataclasses
import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from secgate import catalog
from secgate.gate import feeds, proofs
from secgate.gate.ages import dated
from secgate.gate.bench import bench_of
from secgate.gate.ground import Ground, Request, own_policy, settle
from secgate.gate.shelf import of_tree
from secgate.gate.sides import Side, Then, compare, identified, ready, suppressed, told
from secgate.gate.verdict import circumstances, decide
from secgate.model import (
    Action,
    Decision,
    Effect,
    Evidence,
    EvidenceState,
    Finding,
    LeftOut,
    Pack,
    Run,
    Scanner,
    Subject,
    Suppression,
    Task,
    Tree,
    Wall,
    conclude,
)
from secgate.policy import source
from secgate.policy.baseline import counts
from secgate.policy.circumstances import Circumstances
from secgate.policy.evaluate import judge
from secgate.policy.evidence import aged, listed, requirements
from secgate.scan import own
from secgate.scan.detect import Origin, detect, only
from secgate.scan.duplicates import deduplicate
from secgate.scan.mask import Mask, masked
from secgate.scan.normalise import Known, Normalised
from secgate.scan.places import Places
from secgate.scan.plan import Wish, alone, longest_first
from secgate.scan.run import Watcher, run
from secgate.scan.since import Since, since
from secgate.scan.worth import combined, skipped
from secgate.scan.write import empty_copy


def check(request: Request, watcher: Watcher) -> Decision:
    """Scan a tree, and what it is compared with, and judge it.

    Raises:
        SecgateError: there is nothing that could be judged (no such folder, no such pack, a full disk), or nobody
            knows by what. A scanner that fails is no error: it is evidence, and part of the decision.
    """
    ground, pack, scanners = settle(request), request.decides.pack, catalog.scanners()
    with empty_copy() as (folder, scratch):
        head = ready(ground.tree, folder, scratch / "tasks", _wish(request), ground.compared)
        base, runs = _ran(request, ground, head, scratch, watcher)
        found = _found(request, ground, head, base, runs, scratch)
    evidence = aged(found.evidence, _max_ages(scanners), request.now)
    decides = dataclasses.replace(request.decides, pack=_demanding(request, scanners))
    demands = requirements(decides.pack, evidence, head.staged, found.read, found.known)
    given = found.given(request, pack)
    findings, history = dated(found.findings, found.base.findings if found.base else None, ground, request, given)
    decision = decide(
        _subject(ground.tree, head.staged), decides, findings, evidence, (*demands, *history),
        request.allowance, given, found.left_out,
    )  # fmt: skip
    return msgspec.structs.replace(
        decision,
        suppressions=found.suppressions,
        missing_walls=_missing_walls(runs),
        base=ground.compared.base.commit if ground.compared else "",
        comparison=found.base.comparison(ground.committed, given) if found.base else None,
        fixed=found.base.fixed if found.base else (),
        context=request.context,
        effect=_effect(found, decision, request),
    )


def _ran(
    request: Request, ground: Ground, head: Side, scratch: Path, watcher: Watcher
) -> tuple[Side | None, tuple[Run, ...]]:
    """Scan the judged tree together with its base; the few files of a commit first, and their base only if need be."""
    folder, tasks = head.copy.root, scratch / "tasks"
    bench = bench_of(folder, tasks, catalog.scanners(), request.decides.pack.rule_sets)
    runs: tuple[Run, ...] = ()
    if request.origin.changed:
        runs = tuple(run(longest_first(head.tasks), bench, request.jobs, watcher))
        if not told(head, runs, _known(request, head.since, head.copy), scratch).findings:
            return None, runs
    base = _base(request, ground, head, scratch / "base" / folder.relative_to(scratch), tasks)
    bench = dataclasses.replace(bench, base=base.copy.root if base else None)
    left = (*(() if runs else head.tasks), *(base.tasks if base else ()))
    more = run(longest_first(proofs.unproved(left, bench)), bench, request.jobs, watcher)
    proofs.keep(more, bench)
    return base, (*runs, *more)


def _base(request: Request, ground: Ground, head: Side, folder: Path, tasks: Path) -> Side | None:
    """Return the base as it is to be scanned; None where there is none. Images and bills have none."""
    compared = ground.compared
    if compared is None or request.path is None:
        return None
    tree = detect(request.path, Origin(commit=compared.base.commit))
    if request.origin.changed:
        tree = only(tree, {one.path for one in ground.tree.files})
    folder.mkdir(parents=True)
    wish = dataclasses.replace(_wish(request), images=(), sboms=())
    return ready(tree, folder, tasks, wish, since(tree, compared.base), head)


def _wish(request: Request) -> Wish:
    return dataclasses.replace(request.wish, alone=True) if request.origin.changed else request.wish


def _demanding(request: Request, scanners: Mapping[str, Scanner]) -> Pack:
    """Return the policy; of a part of the tree it demands only what can be said of single files."""
    pack = request.decides.pack
    if not request.origin.changed:
        return pack
    told = {command.category for one in scanners.values() for command in one.commands.values() if alone(command)}
    required = tuple(one for one in pack.required if one.category in told)
    return msgspec.structs.replace(pack, required=required, feeds=())


@dataclass(frozen=True)
class _Found:
    """What came of the runs, told of the tree, without any secret."""

    findings: tuple[Finding, ...]
    evidence: tuple[Evidence, ...]
    suppressions: tuple[Suppression, ...]
    read: Mapping[tuple[str, str], frozenset[str]]
    known: Callable[[str], bool]
    """Whether a file of the tree need not be read."""
    own_policy: Pack | str | None
    left_out: tuple[LeftOut, ...]
    base: Then | None

    def given(self, request: Request, pack: Pack) -> Circumstances:
        """Return when and where a policy judges, and what the base has that it counts."""
        given = dataclasses.replace(circumstances(request.context, request.now), feeds=feeds.known(pack))
        return dataclasses.replace(given, baseline=counts(self.base.findings, pack, given)) if self.base else given


def _found(
    request: Request, ground: Ground, head: Side, base: Side | None, runs: Sequence[Run], scratch: Path
) -> _Found:
    scanners, pack = catalog.scanners(), request.decides.pack
    own_runs = [one for one in runs if not one.task.at_base]
    known = _known(request, head.since, head.copy)
    now = told(head, own_runs, known, scratch)
    then = None
    if base:
        let_be = _known(request, head.since, base.copy)
        then = told(base, [one for one in runs if one.task.at_base], let_be, scratch, now)
    mask = Mask(now.secrets | (then.secrets if then else frozenset()))
    suppressions = suppressed(head, scanners)
    more = own.of_tree(head.since, suppressions, head.staged, scanners.values(), head.copy.content)
    findings = identified(now, suppressions, pack.inline, mask, more)
    evidence = combined([*(masked(one.evidence, mask) for one in now.results), *map(skipped, head.skips)])
    before = None
    if then:
        findings, before = compare(now, then, findings, evidence, ground.committed, pack, mask)
    return _Found(
        findings=deduplicate(findings, catalog.equivalents()),
        evidence=evidence,
        suppressions=masked(suppressions, mask),
        known=lambda path: known(path, whole=False),
        read=_read([one.task for one in own_runs], now.results, head.copy),
        own_policy=masked(_own_policy(request, head), mask),
        left_out=masked(head.staged.left_out, mask),
        base=before,
    )


def _own_policy(request: Request, head: Side) -> Pack | str | None:
    content = head.copy.content
    shelf = of_tree(content, [target.original for target in head.staged.files])
    return own_policy(request.decides, content(source.PATH), shelf)


def _known(request: Request, compared: Since | None, copy: Places) -> Known:
    """Return what says of a file of the copy that the policy lists it, or that the base has it as it is.

    Under the name of a link it is not what the base has; what stands for its folder is, with all of that.
    """
    excused = listed(request.decides.pack, request.now)

    def known(path: str, /, *, whole: bool) -> bool:
        original = copy.original(path)
        if excused(original) or compared is None or copy.is_linked(path):
            return excused(original)
        return compared.same_folder(posixpath.dirname(original)) if whole else compared.same(original)

    return known


def _effect(found: _Found, decision: Decision, request: Request) -> Effect | None:
    """Return what the judged tree's own policy would have said of the same findings and evidence."""
    pack = found.own_policy
    if pack is None or isinstance(pack, str):
        return Effect(error=pack) if pack else None
    verdicts = judge((one.finding for one in decision.verdicts), pack, found.given(request, pack))
    outcome, _ = conclude(verdicts, decision.requirements, decision.fail_on, ())
    return Effect(outcome, sum(one.action is Action.BLOCK for one in verdicts))


def _subject(tree: Tree, staged: Tree) -> Subject:
    return Subject(
        name=Path(tree.root).name or "images",
        source=tree.source,
        commit=tree.commit,
        scope=tree.scope,
        files=len({one.original for one in staged.files}),
        included=tuple(one.path for one in tree.files if one.included),
    )


def _missing_walls(runs: Iterable[Run]) -> tuple[Wall, ...]:
    return tuple(wall for wall in Wall if any(one.walls is not None and wall not in one.walls for one in runs))


def _max_ages(scanners: Mapping[str, Scanner]) -> dict[tuple[str, str], int]:
    return {
        (scanner.id, database.id): database.max_age_days
        for scanner in scanners.values()
        for database in scanner.databases
    }


def _read(tasks: Sequence[Task], results: Sequence[Normalised], copy: Places) -> dict[tuple[str, str], frozenset[str]]:
    """Return, by scanner and category, the files of the tree that were certainly read."""
    read: dict[tuple[str, str], set[str]] = {}
    for task, result in zip(tasks, results, strict=True):
        if result.evidence.state in {EvidenceState.OK, EvidenceState.PARTIAL}:
            seen = set(map(copy.original, task.files)) - set(result.evidence.unread)
            read.setdefault((task.scanner.id, task.command.category), set()).update(seen)
    return {key: frozenset(paths) for key, paths in read.items()}
