"""From the text of a pack to its rules, strictly: what is not understood is an error, never ignored."""

import datetime
import hashlib
import re
from pathlib import Path

import msgspec

from secgate import catalog
from secgate.catalog import document
from secgate.errors import UsageError
from secgate.model import Pack, PolicyRule, Requirement, RuleSet, Unreadable
from secgate.policy.match import MatchError, matcher

_NAME = re.compile(r"([a-z][a-z0-9-]*)@([0-9]+)")


def load(name: str) -> Pack:
    """Load the built-in pack `name@major`, or the policy file at a path that ends in `.yaml` or `.yml`.

    Raises:
        UsageError: there is no such pack or file, or it is not valid; with file, line and remedy.
    """
    if name.endswith((".yaml", ".yml")):
        return parse(document.read(Path(name), name), name)
    found = _NAME.fullmatch(name)
    known = ", ".join(catalog.packs())
    if not found:
        raise UsageError(f"`{name}` does not name a pack", f"Write name@major. Known: {known}.")
    if name not in catalog.packs():
        raise UsageError(f"there is no pack `{name}`", f"Known: {known}.")
    path = catalog.packs()[name]
    pack = parse(path.read_bytes(), f"policies/packs/{found[1]}/{found[2]}.yaml")
    if (pack.name, pack.version.partition(".")[0]) != found.groups():
        raise UsageError(
            f"{path}: says that it is `{pack.name}` {pack.version}, not `{name}`", "Install secgate-ci again."
        )
    return pack


def parse(data: bytes, name: str) -> Pack:
    """Read and check one pack.

    Args:
        data: the file's bytes; the pack's digest is taken over exactly these.
        name: what to call it in errors.

    Raises:
        UsageError: it is not valid; with file, line and remedy.
    """
    loaded = document.parse(data, name)
    catalog.check(loaded, "policies/policy.schema.json")
    raw = msgspec.convert(loaded.value, _File)
    rules, required = raw.spec.rules, raw.spec.evidence.required
    _unique(loaded, ("spec", "rules"), [rule.id for rule in rules])
    _unique(loaded, ("spec", "evidence", "required"), [requirement.id for requirement in required])
    _known(loaded, raw.spec.rule_sets)
    _dated(loaded, raw.spec.unreadable)
    for index, rule in enumerate(rules):
        try:
            matcher(rule.match)
        except MatchError as error:
            key = ("spec", "rules", index, "match", error.field)
            raise loaded.error(key, f"rule `{rule.id}`: {error}", error.remedy) from error
    return Pack(
        name=raw.metadata.name,
        version=raw.metadata.version,
        digest=f"sha256:{hashlib.sha256(data).hexdigest()}",
        rules=tuple(rules),
        required=tuple(required),
        accept_producers=tuple(raw.spec.evidence.accept_producers),
        rule_sets=tuple(raw.spec.rule_sets),
        protected_branches=tuple(raw.spec.protected_branches),
        allow_options=tuple(raw.spec.allow_options),
        unreadable=tuple(raw.spec.unreadable),
    )


def _known(loaded: document.Document, rule_sets: list[RuleSet]) -> None:
    for index, one in enumerate(rule_sets):
        key = ("spec", "ruleSets", index, "scanner")
        if one.scanner not in catalog.scanners():
            known = ", ".join(catalog.scanners())
            raise loaded.error(key, f"there is no scanner `{one.scanner}`", f"Known: {known}.")
        if not hasattr(catalog.adapter(one.scanner), "with_rules"):
            raise loaded.error(key, f"{one.scanner} takes no rules from elsewhere", "Remove the rule set.")


def _dated(loaded: document.Document, unreadable: list[Unreadable]) -> None:
    for index, one in enumerate(unreadable):
        try:
            datetime.date.fromisoformat(one.expires)
        except ValueError as error:
            key = ("spec", "unreadable", index, "expires")
            raise loaded.error(key, f"there is no day `{one.expires}`", "Write YYYY-MM-DD.") from error


class _Metadata(msgspec.Struct, rename="camel"):
    name: str
    version: str


class _Evidence(msgspec.Struct, rename="camel"):
    required: list[Requirement]
    accept_producers: list[str] = []


class _Spec(msgspec.Struct, rename="camel"):
    evidence: _Evidence
    rules: list[PolicyRule]
    rule_sets: list[RuleSet] = []
    protected_branches: list[str] = []
    allow_options: list[str] = []
    unreadable: list[Unreadable] = []


class _File(msgspec.Struct, rename="camel"):
    metadata: _Metadata
    spec: _Spec


def _unique(loaded: document.Document, part: document.Key, ids: list[str]) -> None:
    for index, one in enumerate(ids):
        if one in ids[:index]:
            raise loaded.error((*part, index), f"the id `{one}` is defined twice", "Rename one of the two.")
