"""A waiver for one finding of a decision: written only if the policy would accept it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from secgate.errors import UsageError
from secgate.gate.policies import Opened, opened
from secgate.gate.replay import given_in
from secgate.gate.shelf import Elsewhere
from secgate.globs import matcher
from secgate.model import Approval, Decision, Pack, Verdict, Waiver, WaiverKind
from secgate.model.rule import Match
from secgate.policy import waiver_files
from secgate.policy.compiled import compiled
from secgate.policy.evaluate import judgement
from secgate.policy.explain import Way, explained
from secgate.policy.load import held
from secgate.policy.source import PATH
from secgate.policy.waiver_entry import added
from secgate.policy.waivers import within_budget


@dataclass(frozen=True)
class Asked:
    """What somebody wants to have in a waiver; what is empty is not there."""

    id: str
    type: WaiverKind
    rules: tuple[str, ...]
    reason: str
    owner: str
    ticket: str
    created: str
    expires: str
    approved_by: tuple[Approval, ...]
    environments: tuple[str, ...] = ()
    requested_by: str = ""


@dataclass(frozen=True)
class Written:
    """A file as it is to be, with the waiver that is new in it."""

    path: str
    """Relative to the repository's root."""
    content: bytes
    waiver: Waiver


def policy(name: str, elsewhere: Elsewhere) -> Opened:
    """Return the policy that would have to accept a waiver: the one of this folder, or a named file.

    Raises:
        UsageError: there is none that reads waivers, or it is not valid.
    """
    if not name and not Path(PATH).is_file():
        remedy = "Go to the repository's root, or write one: `extends: [{pack: recommended@1}]`."
        raise UsageError(f"there is no {PATH} here, and built-in packs read no waivers", remedy)
    return opened(name, elsewhere)


def possible(decision: Decision, verdict: Verdict, one: Opened, now: str) -> Way:
    """Return what a waiver must be like that lets a finding pass.

    Raises:
        UsageError: nothing blocks, or what does cannot be waived.
    """
    findings = [each.finding for each in decision.verdicts]
    found = explained(
        findings, verdict.finding.fingerprint, compiled(one.pack, given_in(decision, now)), decision.fail_on
    )
    if not found.ways:
        raise UsageError(f"{verdict.finding.fingerprint[:12]} does not block by this policy", "It needs no waiver.")
    way = found.ways[-1]
    if not way.rules:
        raise UsageError(way.text, "Fix the finding: `secgate explain` says how.")
    return way


def free_id(pack: Pack, created: str) -> str:
    """Return the next id that no waiver has: `W-2026-0043`."""
    head = f"W-{created[:4]}-"
    taken = [
        int(found[1]) for one in pack.waivers if (found := re.fullmatch(re.escape(head) + r"([0-9]{1,9})", one.id))
    ]
    return f"{head}{max(taken, default=0) + 1:04}"


def default_file(pack: Pack, created: str) -> str:
    """Return the file that holds a year's waivers."""
    folder = re.split(r"[*?]", pack.waiver_policy.files[0])[0].rpartition("/")[0]
    return f"{folder}/{created[:4]}.yaml"


def written(decision: Decision, verdict: Verdict, one: Opened, file: str, asked: Asked) -> Written:
    """Return the file with the waiver in it, if the policy accepts it and it lifts what it names.

    Args:
        decision: whose findings it is about.
        verdict: on the finding.
        one: the policy.
        file: relative to the repository's root; it need not exist.
        asked: what is to be in the waiver.

    Raises:
        UsageError: it would not be accepted, or would lift nothing; with the reason.
    """
    if not matcher(one.pack.waiver_policy.files)(file):
        globs = ", ".join(one.pack.waiver_policy.files)
        raise UsageError(f"{file}: the policy does not read waivers from there", f"It reads {globs}.")
    match: Match = {"fingerprint": verdict.finding.fingerprint}
    fields = {name: getattr(asked, name) for name in Asked.__dataclass_fields__}
    new = Waiver(match=match, **fields)
    content = added(one.shelf.read(file), file, new)
    files = {**held(one.pack.waiver_policy.files, one.shelf), file: content}
    listed = waiver_files.read(files, one.pack)
    pack = msgspec.structs.replace(one.pack, waivers=tuple(each.waiver for each in listed))
    within_budget(pack, asked.created)
    _hold(decision, verdict, pack, new)
    return Written(file, content, new)


def _hold(decision: Decision, verdict: Verdict, pack: Pack, new: Waiver) -> None:
    """Refuse a waiver that does not lift what it names."""
    policy = compiled(pack, given_in(decision, new.created))
    fingerprint = verdict.finding.fingerprint
    after = explained([each.finding for each in decision.verdicts], fingerprint, policy, decision.fail_on)
    refused = [step.why for step in after.steps if step.waiver == new.id and step.result == "not applied"]
    if refused:
        raise UsageError(f"the policy would not accept it: {'; '.join(refused)}", "Change the waiver accordingly.")
    lifted = {step.rule for step in after.steps if step.result == "waived" and new.id in step.why.split(", ")}
    if idle := _idle(new.rules, lifted):
        raise UsageError(f"it would not lift {', '.join(idle)} from this finding", "Name the rules that match it.")
    found = next(one for one in judgement([each.finding for each in decision.verdicts], policy).verdicts
                 if one.finding.fingerprint == fingerprint)  # fmt: skip
    if found.action.rank >= decision.fail_on.rank:
        rest = ", ".join(found.decided_by)
        raise UsageError(f"the finding would still block, by {rest}", f"Name that too: --rule {found.decided_by[0]}.")


def _idle(rules: Iterable[str], lifted: set[str]) -> list[str]:
    return [rule for rule in rules if rule not in lifted]
