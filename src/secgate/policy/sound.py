"""What one policy file must satisfy beyond its shape, whatever it extends."""

from collections.abc import Iterable, Mapping

from secgate import catalog
from secgate.catalog.document import Key
from secgate.model import SLA, Category, Exemption, Severity
from secgate.policy import expression
from secgate.policy.expression import Types
from secgate.policy.shape import Parent, Spec
from secgate.policy.written import Written, check_globs, check_match, check_when, unique


def check(written: Written) -> None:
    """Refuse a file that contradicts itself.

    Raises:
        UsageError: with its place and a remedy.
    """
    _parents(written)
    _rules(written)
    _lists(written)
    _adjustments(written)
    _sla(written)
    _waivers(written)
    _rule_sets(written)


def _parents(written: Written) -> None:
    for index, parent in enumerate(written.file.spec.extends):
        key = ("extends", index)
        forms = [name for name in ("source", "file", "pack") if getattr(parent, name)]
        if len(forms) != 1:
            remedy = "Write one of `source` (with `path`, `commit`, `digest`), `file` (with `digest`), `pack`."
            raise written.error(key, "it does not say which policy is extended", remedy)
        missing = [name for name in _NEEDED[forms[0]] if not getattr(parent, name)]
        if missing:
            raise written.error(key, f"`{missing[0]}` is missing: a parent is pinned", _PINNED[forms[0]])
        extra = [
            name for name in _FIELDS if getattr(parent, name) and name not in (*_NEEDED[forms[0]], *_MAY[forms[0]])
        ]
        if extra:
            raise written.error((*key, extra[0]), f"`{extra[0]}` does not go with `{forms[0]}`", "Remove it.")
        _inside(written, (*key, "path" if parent.source else "file"), parent)


_FIELDS = Parent.__struct_fields__
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "source": ("source", "path", "commit", "digest"),
    "file": ("file", "digest"),
    "pack": ("pack",),
}
_MAY: Mapping[str, tuple[str, ...]] = {"source": ("ref",), "file": (), "pack": ()}
_PINNED = {
    "source": "Name `path`, the full `commit` and the file's `digest` (`sha256sum`, with `sha256:` before it).",
    "file": "Give the file's `digest` (`sha256sum`, with `sha256:` before it).",
    "pack": "Write `pack: recommended@1`.",
}


def _inside(written: Written, key: tuple[str | int, ...], parent: Parent) -> None:
    place = parent.path or parent.file
    if place.startswith("/") or "\\" in place or (parent.source and ".." in place.split("/")):
        raise written.error(key, f"`{place}` leaves the repository", "Write a path relative to it.")


def _rules(written: Written) -> None:
    rules = written.file.spec.rules
    unique(written.document, ("spec", "rules"), [rule.id for rule in rules])
    for index, rule in enumerate(rules):
        key, whose = ("spec", "rules", index), f"rule `{rule.id}`"
        if rule.id == SLA:
            raise written.document.error(key, f"the id `{SLA}` belongs to the rule about age", "Rename it.")
        if not rule.match and not rule.when:
            raise written.document.error(key, f"{whose} has neither `match` nor `when`", "Say what it is about.")
        if rule.match:
            check_match(written.document, (*key, "match"), rule.match, whose)
        if rule.locked and rule.overridable:
            raise written.document.error(
                (*key, "overridable"), f"{whose} is locked: no child may loosen it", "Remove one of the two."
            )
        _exemptions(written, (*key, "except"), rule.exempt, whose)


def _exemptions(written: Written, key: tuple[str | int, ...], exempt: tuple[Exemption, ...], whose: str) -> None:
    for number, one in enumerate(exempt):
        if not one.match and not one.when:
            raise written.document.error(
                (*key, number), f"{whose}: an exemption has neither `match` nor `when`", "Say what it is about."
            )
        if one.match:
            check_match(written.document, (*key, number, "match"), one.match, whose)


def check_expressions(written: Written, types: Types) -> None:
    """Refuse a `when` that names what does not exist, a parameter for example; see `check`."""
    for key, when, whose in _expressions(written.file.spec):
        check_when(written.document, ("spec", *key, "when"), when, types, f"rule `{whose}`")


def _expressions(spec: Spec) -> Iterable[tuple[Key, str, str]]:
    """Yield every expression, with the place that holds it and the rule that it belongs to."""
    for index, rule in enumerate(spec.rules):
        if rule.when:
            yield ("rules", index), rule.when, rule.id
    holders = [("rules", index, rule.id, rule.exempt) for index, rule in enumerate(spec.rules)]
    holders += [("adjust", index, one.rule, one.exempt) for index, one in enumerate(spec.adjust)]
    for part, index, whose, exempt in holders:
        for number, exemption in enumerate(exempt):
            if exemption.when:
                yield (part, index, "except", number), exemption.when, whose


def _lists(written: Written) -> None:
    spec, told = written.file.spec, written.document
    demanded = [one.id for one in spec.evidence.required]
    unique(told, ("spec", "evidence", "required"), demanded)
    unique(told, ("spec", "evidence", "feeds"), [one.id for one in spec.evidence.feeds])
    unique(told, ("spec", "environments"), [one.name for one in spec.environments], "environment")
    unique(told, ("spec", "components"), [one.name for one in spec.components], "component")
    for index, feed in enumerate(spec.evidence.feeds):
        if feed.id in demanded:
            key = ("evidence", "feeds", index)
            raise written.error(key, f"`{feed.id}` is the id of a requirement too", "Rename one of the two.")
    for place, globs in _globs(spec):
        check_globs(told, ("spec", *place), globs)
    if spec.severity.unknown_as is Severity.UNKNOWN:
        raise written.error(("severity", "unknownAs"), "unknown cannot count as unknown", "Write `high`.")


def _globs(spec: Spec) -> Iterable[tuple[Key, tuple[str, ...]]]:
    """Yield every list of globs, with its place."""
    for index, part in enumerate(spec.components):
        yield ("components", index, "paths"), part.paths
    for index, one in enumerate(spec.evidence.required):
        if not isinstance(one.applies, str):
            yield ("evidence", "required", index, "applies", "paths"), one.applies.paths
    for index, listed in enumerate(spec.unreadable):
        yield ("unreadable", index, "paths"), listed.paths
    for index, environment in enumerate(spec.environments):
        yield ("environments", index, "when", "ref"), environment.when.ref or ()
        yield ("environments", index, "when", "label"), environment.when.label or ()
    yield ("waivers", "files"), spec.waivers.files
    yield ("vex", "files"), spec.vex.files


def _adjustments(written: Written) -> None:
    own = {rule.id for rule in written.file.spec.rules}
    unique(written.document, ("spec", "adjust"), [one.rule for one in written.file.spec.adjust], "adjustment of")
    for index, one in enumerate(written.file.spec.adjust):
        if one.rule in own:
            raise written.error(("adjust", index), f"rule `{one.rule}` is this file's own", "Write it in the rule.")
        _exemptions(written, ("spec", "adjust", index, "except"), one.exempt, f"rule `{one.rule}`")


def _sla(written: Written) -> None:
    for index, row in enumerate(written.file.spec.sla.rows):
        check_match(written.document, ("spec", "sla", "rows", index, "match"), row.match, "sla")


def _waivers(written: Written) -> None:
    asked = written.file.spec.waivers
    known = [*Severity, *Category]
    for name in asked.max_days:
        if name not in known:
            raise written.error(
                ("waivers", "maxDays", name),
                f"`{name}` is neither a severity nor a category",
                f"One of: {', '.join(known)}.",
            )
    if asked.ticket_pattern:
        try:
            expression.regex(asked.ticket_pattern)
        except expression.ExpressionError as error:
            raise written.error(("waivers", "ticketPattern"), f"it is refused: {error}", error.remedy) from error


def _rule_sets(written: Written) -> None:
    for index, one in enumerate(written.file.spec.rule_sets):
        key = ("ruleSets", index, "scanner")
        if one.scanner not in catalog.scanners():
            known = ", ".join(catalog.scanners())
            raise written.error(key, f"there is no scanner `{one.scanner}`", f"Known: {known}.")
        if not hasattr(catalog.adapter(one.scanner), "with_rules"):
            raise written.error(key, f"{one.scanner} takes no rules from elsewhere", "Remove the rule set.")
