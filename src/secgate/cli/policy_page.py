"""A page about a policy, in Markdown: what `secgate policy docs` prints, and what the packs' pages are made of."""

from collections.abc import Iterable, Mapping, Sequence

from secgate.gate.policies import Opened
from secgate.model import ANYWHERE, DEFAULT, Action, Applies, Circumstance, Pack, PolicyRule
from secgate.policy.match import told
from secgate.report import safe

_SCOPES = {
    "introduced": "what the change introduces",
    "new": "what the change introduces, and what became known since",
    "all": "old and new findings",
}
_CLOCKS = {
    "first-seen": "since it has been in the tree",
    "disclosed": "since it became public",
    "fix-available": "since it became public, once there is a fix",
}
LIMIT = 2_000


def page(one: Opened) -> str:
    """Return the page about a policy with all that it extends."""
    pack, about = one.pack, one.written.file.metadata
    parts = [
        f"# {safe.markdown(f'{pack.name} {pack.version}', LIMIT)}",
        safe.markdown(about.description, LIMIT),
        _owners(about.owners),
        _extends(pack),
        "## What is refused?",
        "Every rule that matches a finding counts, and the strictest action wins.",
        *(part for rule in pack.rules for part in _rule(rule, pack)),
        *_ages(pack),
        "## What must have been looked at?",
        *_evidence(pack),
        *_environments(pack),
        *_exceptions(pack),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _owners(owners: Sequence[str]) -> str:
    return f"Owned by {_codes(owners)}." if owners else ""


def _extends(pack: Pack) -> str:
    parents = ", ".join(_code(layer.title) for layer in pack.layers[:-1])
    return f"Extends {parents}: what they refuse is refused here too." if parents else ""


def _rule(rule: PolicyRule, pack: Pack) -> Iterable[str]:
    yield f"### {_code(rule.id)}" + (f": {safe.markdown(rule.title, LIMIT)}" if rule.title else "")
    layer = pack.places[rule.id].layer
    rows = [
        *_conditions(rule.match),
        ("and" if rule.match else "matches", _code(rule.when)) if rule.when else ("", ""),
        ("looks at", _SCOPES[rule.scope.value]),
        ("asks for", _action(rule, pack)),
        ("except", "<br>".join(f"{_exempted(one.match, one.when)}: {safe.markdown(one.reason, LIMIT)}"
                               for one in rule.exempt)),
        ("lets through", _max(rule)),
        ("from", f"{rule.effective_from} on; before that day it warns at most" if rule.effective_from else ""),
        ("can be waived", _waiver(rule)),
        ("who extends this may", "neither loosen nor exempt it" if rule.locked else _codes(rule.overridable)),
        ("controls", _codes(rule.controls)),
        ("what to do", safe.markdown(rule.help, LIMIT)),
        ("comes from", _code(layer) if len(pack.layers) > 1 else ""),
    ]  # fmt: skip
    yield _table(("", ""), [row for row in rows if row[1]])


def _conditions(match: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    for index, (field, wanted) in enumerate(match.items()):
        yield ("and" if index else "matches"), _code(f"{field}: {told(wanted)}")


def _exempted(match: Mapping[str, object], when: str) -> str:
    parts = [*(f"{field}: {told(wanted)}" for field, wanted in match.items()), *([when] if when else [])]
    return " and ".join(_code(part) for part in parts)


def _action(rule: PolicyRule, pack: Pack) -> str:
    if isinstance(rule.action, Action):
        return f"**{rule.action}**"
    otherwise = rule.action.get(DEFAULT)
    names = [one.name for one in pack.environments if one.name in rule.action]
    told_of = [f"**{rule.action[name]}** in {_code(name)}" for name in names]
    rest = [f"**{otherwise}** elsewhere"] if otherwise and len(names) < len(pack.environments) else []
    return ", ".join([*told_of, *rest])


def _max(rule: PolicyRule) -> str:
    if rule.max is None:
        return ""
    return "as many as there were at the base" if rule.max == "baseline" else f"{rule.max} of them in each component"


def _waiver(rule: PolicyRule) -> str:
    if not rule.waivable:
        return "no"
    days, who = rule.waiver.max_days, rule.waiver.require_approvers
    limits = [f"for {days} days at most" if days is not None else "", f"by {who} approvers" if who > 1 else ""]
    return ", ".join(filter(None, ("yes", *limits))) if any(limits) else ""


def _ages(pack: Pack) -> Iterable[str]:
    if not pack.sla.rows:
        return
    yield "## How old may a finding get?"
    counted = f"Counted {_CLOCKS[pack.sla.clock]}; of several rows the shortest counts."
    yield f"{counted} What is older: **{pack.sla.on_breach}**."
    yield _table(
        ("what", "days"),
        [(_exempted(row.match, ""), str(row.days)) for row in sorted(pack.sla.rows, key=lambda row: row.days)],
    )


def _evidence(pack: Pack) -> Iterable[str]:
    words = {"block": "the verdict is incomplete (exit code 3)", "warn": "that is said", "ignore": "nothing happens"}
    yield f"Where it is missing {words[pack.on_missing]}."
    rows = []
    for one in pack.required:
        globs = one.applies.paths if isinstance(one.applies, Applies) else ()
        when = {"always": "always", "found": "where there is something to read"}.get(str(one.applies), "")
        shown = f"where a file meets {_codes(globs[:8])}{f' or {len(globs) - 8} more globs' if len(globs) > 8 else ''}"
        rows.append((_code(one.id), one.category.value, " or ".join(one.any_of), when or shown))
    rows += [
        (_code(feed.id), "feed", f"at most {feed.max_age} old" if feed.max_age else "of any age",
         f"missing: {words[feed.on_missing]}")
        for feed in pack.feeds
    ]  # fmt: skip
    yield _table(("evidence", "of", "by", "when"), rows) if rows else "Nothing is asked for."


def _environments(pack: Pack) -> Iterable[str]:
    if pack.environments == ANYWHERE:
        return
    yield "## Which environments are there?"
    yield "The first that holds counts."
    yield _table(
        ("environment", "when", "exit code"),
        [
            (_code(one.name), _when(one.when), "always 0" if one.name in pack.audited else "the verdict's")
            for one in pack.environments
        ],
    )


def _when(when: Circumstance) -> str:
    named = (("event", when.event), ("ref", when.ref), ("label", when.label))
    return " and ".join(f"{name} {_codes(values)}" for name, values in named if values) or "otherwise"


def _exceptions(pack: Pack) -> Iterable[str]:
    yield "## How is a finding let through?"
    asked = pack.waiver_policy
    yield f"By a waiver in {_codes(asked.files)}, with {_codes(asked.require)}."
    if asked.max_days:
        yield _table(
            ("severity or category", "days at most"), [(one, str(days)) for one, days in asked.max_days.items()]
        )
    if pack.vex.files:
        believed = f"{_codes(pack.vex.statuses)} of VEX documents in {_codes(pack.vex.files)}"
        yield f"By {believed}" + (f", never {_codes(pack.vex.never_for)}." if pack.vex.never_for else ".")
    modes = {
        "allow": "Comments in the code suppress findings, new ones too",
        "ratchet": "Comments in the code that stand at the base suppress findings",
        "deny": "No comment in the code suppresses anything",
    }
    never = (
        f", never of {_codes(pack.inline.never_for)}" if pack.inline.mode != "deny" and pack.inline.never_for else ""
    )
    yield f"{modes[pack.inline.mode]}{never}."


def _codes(words: Iterable[str]) -> str:
    return ", ".join(map(_code, words))


def _code(text: str) -> str:
    """Return text as code; a line of a policy is its owner's, so backticks do where it holds none."""
    plain = text.isprintable() and text.strip() == text and "`" not in text
    return f"`{text}`" if plain else safe.code(text, LIMIT)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
