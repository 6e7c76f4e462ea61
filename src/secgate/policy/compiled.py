"""A policy made ready to judge: each rule one function of a finding, for one environment and one day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from secgate.model import (
    DEFAULT,
    SLA,
    Action,
    Category,
    Exemption,
    Finding,
    Pack,
    PolicyRule,
    Scope,
)
from secgate.policy import expression
from secgate.policy.circumstances import Circumstances, environment
from secgate.policy.completed import Completed, completing
from secgate.policy.inline import honours
from secgate.policy.match import Conditions, Matcher, conditions
from secgate.policy.view import View


@dataclass(frozen=True)
class CompiledExemption:
    """What a rule does not mean."""

    holds: Matcher
    reason: str


@dataclass(frozen=True)
class CompiledRule:
    """One rule, ready to be asked."""

    id: str
    rule: PolicyRule
    action: Action
    """What it asks for here and today."""
    announced: bool
    """True where it will ask for more from a later day on."""
    in_scope: Matcher
    conditions: Conditions | None
    when: Callable[[Finding], expression.Answer] | None
    exemptions: tuple[CompiledExemption, ...]
    holds: Matcher
    """Whether it matches a finding of a category that it is about, exemptions aside."""


@dataclass(frozen=True)
class Compiled:
    """A whole policy, ready to judge."""

    pack: Pack
    given: Circumstances
    environment: str
    rules: tuple[CompiledRule, ...]
    by_category: Mapping[Category, tuple[tuple[Matcher, CompiledRule], ...]]
    """Those that can match a finding of the category, each with what is to be asked."""
    due_days: Callable[[Finding], int | None]
    overdue: CompiledRule
    """The rule that speaks where a finding is older than that."""
    completed: Completed
    """Gives a finding its component, and what the feeds say of its vulnerability."""
    honours: Matcher
    """Whether a comment that suppresses the finding is honoured."""


def compiled(pack: Pack, given: Circumstances) -> Compiled:
    """Make a policy ready for the findings of one run."""
    name = environment(pack, given)
    view = View(pack, given, name)
    rules = tuple(_rule(rule, pack, given, name, view) for rule in pack.rules)
    return Compiled(
        pack=pack,
        given=given,
        environment=name,
        rules=rules,
        by_category={
            category: tuple((one.holds, one) for one in rules if _about(one, category)) for category in Category
        },
        due_days=_due_days(pack),
        overdue=_overdue(pack),
        completed=completing(pack, given),
        honours=honours(pack.inline),
    )


def _about(rule: CompiledRule, category: Category) -> bool:
    named = rule.conditions.categories if rule.conditions else None
    return named is None or category in named


def action_in(rule: PolicyRule, name: str) -> Action:
    """Return what a rule asks for in an environment."""
    if isinstance(rule.action, Action):
        return rule.action
    return rule.action.get(name, rule.action.get(DEFAULT, Action.BLOCK))


def _rule(rule: PolicyRule, pack: Pack, given: Circumstances, name: str, view: View) -> CompiledRule:
    action = action_in(rule, name)
    announced = bool(rule.effective_from) and given.now < rule.effective_from and action is Action.BLOCK
    tests = conditions(rule.match, pack.severity.unknown_as) if rule.match else None
    when = view.asking(rule.when) if rule.when else None
    in_scope = _scope(rule.scope, pack, given)
    return CompiledRule(
        id=rule.id,
        rule=rule,
        action=Action.WARN if announced else action,
        announced=announced,
        in_scope=in_scope,
        conditions=tests,
        when=when,
        exemptions=tuple(_exemption(one, pack, view) for one in rule.exempt),
        holds=_conjunction([*_beyond(tests), *_if_narrow(rule, in_scope), *_answering(when)]),
    )


def _exemption(one: Exemption, pack: Pack, view: View) -> CompiledExemption:
    tests = [conditions(one.match, pack.severity.unknown_as).holds] if one.match else []
    if not one.when:
        return CompiledExemption(_conjunction(tests), one.reason)
    ask = view.asking(one.when)

    def surely(finding: Finding) -> bool:
        # Here an error must not help: an exemption without an answer is none.
        answer = ask(finding)
        return answer.holds and not answer.error

    return CompiledExemption(_conjunction([*tests, surely]), one.reason)


def _beyond(tests: Conditions | None) -> list[Matcher]:
    return [tests.beyond] if tests and tests.beyond else []


def _if_narrow(rule: PolicyRule, in_scope: Matcher) -> list[Matcher]:
    return [] if rule.scope is Scope.ALL else [in_scope]


def _answering(when: Callable[[Finding], expression.Answer] | None) -> list[Matcher]:
    return [lambda finding: when(finding).holds] if when else []


def _conjunction(tests: Sequence[Matcher]) -> Matcher:
    if not tests:
        return lambda _: True
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda finding: first(finding) and second(finding)
    return lambda finding: all(test(finding) for test in tests)


def _scope(scope: Scope, pack: Pack, given: Circumstances) -> Matcher:
    if scope is Scope.ALL:
        return lambda _: True
    if given.baseline is None and pack.new_code.on_missing_baseline == "ignore":
        return lambda _: False
    if scope is Scope.NEW or pack.new_code.newly_disclosed == "introduced":
        return lambda finding: finding.is_new
    return lambda finding: finding.is_new and not finding.newly_disclosed


def _due_days(pack: Pack) -> Callable[[Finding], int | None]:
    rows = [(conditions(row.match, pack.severity.unknown_as).holds, row.days) for row in pack.sla.rows]
    rows.sort(key=lambda row: row[1])
    return lambda finding: next((days for holds, days in rows if holds(finding)), None)


def _overdue(pack: Pack) -> CompiledRule:
    rule = PolicyRule(SLA, pack.sla.on_breach, title="Older than the policy allows")
    return CompiledRule(SLA, rule, pack.sla.on_breach, False, lambda _: True, None, None, (), lambda _: True)
