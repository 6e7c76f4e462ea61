"""From a tree to a decision: the story that secgate is there to tell."""

import dataclasses
import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from secgate import catalog
from secgate.gate.bench import bench_of
from secgate.gate.ground import Request, own_policy, settle
from secgate.gate.shelf import of_tree
from secgate.gate.verdict import circumstances, decide
from secgate.model import (
    Action,
    Decision,
    Effect,
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
from secgate.policy.circumstances import Circumstances
from secgate.policy.evaluate import judge
from secgate.policy.evidence import aged, listed, requirements
from secgate.policy.inline import accepted
from secgate.scan import own
from secgate.scan.canary import plant
from secgate.scan.duplicates import deduplicate
from secgate.scan.mask import Mask, masked
from secgate.scan.merge import identify
from secgate.scan.normalise import Known, Normalised, normalise
from secgate.scan.places import Places, places
from secgate.scan.plan import Wish, alone, longest_first, plan
from secgate.scan.run import Watcher, run
from secgate.scan.secrets import lines_of, secrets
from secgate.scan.since import Since
from secgate.scan.stage import stage
from secgate.scan.standing import honoured, stood
from secgate.scan.worth import combined, skipped
from secgate.scan.write import empty_copy


def check(request: Request, watcher: Watcher) -> Decision:
    """Scan a tree and judge it.

    Raises:
        SecgateError: there is nothing that could be judged (no such folder, no such pack, a full disk), or nobody
            knows by what. A scanner that fails is no error: it is evidence, and part of the decision.
    """
    ground = settle(request)
    scanners = catalog.scanners()
    with empty_copy() as (folder, scratch):
        staged = stage(ground.tree, folder, scanners.values())
        tasks, skips = plan(staged, folder, scanners, _wish(request))
        tasks = plant(tasks, folder, scratch / "tasks", catalog.folder)
        bench = bench_of(folder, scratch / "tasks", scanners, request.decides.pack.rule_sets)
        runs = run(longest_first(tasks), bench, request.jobs, watcher)
        found = _found(request, ground.compared, staged, runs, places(folder, staged.files), str(scratch))
    evidence = combined([*(result.evidence for result in found.results), *(skipped(skip) for skip in skips)])
    evidence = aged(evidence, _max_ages(scanners), request.now)
    demands = requirements(_demanding(request, scanners), evidence, staged, found.read, found.known)
    decision = decide(
        _subject(ground.tree, staged), request.decides, found.findings, evidence, demands, request.allowance,
        circumstances(request.context, request.now), found.left_out,
    )  # fmt: skip
    return msgspec.structs.replace(
        decision,
        suppressions=found.suppressions,
        missing_walls=_missing_walls(runs),
        base=ground.compared.base.commit if ground.compared else "",
        effect=_effect(found.own_policy, decision, circumstances(request.context, request.now)),
    )


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

    results: tuple[Normalised, ...]
    findings: tuple[Finding, ...]
    suppressions: tuple[Suppression, ...]
    read: Mapping[tuple[str, str], frozenset[str]]
    known: Callable[[str], bool]
    """Whether a file of the tree need not be read."""
    own_policy: Pack | str | None
    left_out: tuple[LeftOut, ...]


def _found(
    request: Request, compared: Since | None, staged: Tree, runs: Sequence[Run], copy: Places, scratch: str
) -> _Found:
    scanners = catalog.scanners()
    known = _known(request, compared, copy)
    results = [normalise(one, catalog.adapter(one.task.scanner.id), copy, scratch, known) for one in runs]
    findings = [finding for result in results for finding in copy.told(result.findings)]
    # A secret may stand in a file in another spelling than in what stands for it.
    in_copy = [finding for result in results for finding in result.findings]
    mask = Mask(secrets(in_copy, lines_of(Places(copy.root))) | secrets(findings, lines_of(copy)))
    suppressions = staged.suppressions
    findings += own.of_notices(staged.notices, compared)
    if compared:
        suppressions = stood(suppressions, compared, copy.content, scanners.values())
        believed = accepted(suppressions, request.decides.pack.inline)
        findings = list(honoured(findings, believed, compared, copy.content, scanners.values()))
        findings += own.of_changes(compared, scanners.values(), copy.content)
        findings += own.of_suppressions(suppressions)
        findings += own.of_absence(staged.left_out, compared)
    identified = identify(masked(tuple(findings), mask), copy, mask)
    return _Found(
        results=tuple(masked(result, mask) for result in results),
        findings=deduplicate(identified, catalog.equivalents()),
        suppressions=masked(suppressions, mask),
        known=lambda path: known(path, whole=False),
        read=_read([one.task for one in runs], results, copy),
        own_policy=masked(
            own_policy(
                request.decides,
                copy.content(source.PATH),
                of_tree(copy.content, [target.original for target in staged.files]),
            ),
            mask,
        ),
        left_out=masked(staged.left_out, mask),
    )


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


def _effect(pack: Pack | str | None, decision: Decision, given: Circumstances) -> Effect | None:
    """Return what the judged tree's own policy would have said of the same findings and evidence."""
    if pack is None or isinstance(pack, str):
        return Effect(error=pack) if pack else None
    verdicts = judge((one.finding for one in decision.verdicts), pack, given)
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
