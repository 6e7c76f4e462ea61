"""A child only tightens. What it sets looser is refused, and the refusal names the parent's value."""

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.judged import actions, findings

from secgate.errors import TrustError, UsageError
from secgate.model import Action, Scope
from secgate.policy.circumstances import Circumstances
from secgate.policy.load import parse
from secgate.policy.parents import Shelf, Spot

HEAD = 'apiVersion: secgate.dev/v1\nkind: Policy\nmetadata: {name: NAME, version: "1.0.0"}\nspec:\n'
PARENT = (
    HEAD.replace("NAME", "org")
    + """\
  params: {free: 1, fixed: 2}
  evidence:
    maxAge: 24h
    onMissing: warn
    required: [{id: one, category: sast, anyOf: [alpha]}]
    feeds: [{id: kev}, {id: epss, maxAge: 4d, onMissing: warn}]
    acceptProducers: [CodeQL, Other]
  newCode: {basis: baseline, onMissingBaseline: all-new}
  environments:
    - {name: pr, when: {event: [pull_request]}}
    - {name: dev, when: {}}
  enforcement: {dev: audit}
  rules:
    - {id: plain, match: {category: sast}, action: warn, max: 5, scope: new, effectiveFrom: "2026-10-01",
       waiver: {maxDays: 30, requireApprovers: 2}}
    - {id: open, match: {category: sca}, action: {pr: block, dev: warn}, overridable: [action, max, except, scope]}
    - {id: shut, match: {category: iac}, action: block, locked: true, waivable: false}
  sla: {clock: first-seen, onBreach: warn, warnBeforeDays: 5, rows: [{match: {severity: high}, days: 30}]}
  waivers:
    files: [".secgate/waivers/*.yaml"]
    approvers: ["@a/b", "@a/c"]
    require: [owner, reason]
    ticketPattern: "A-[0-9]+"
    minReason: 10
    maxDays: {high: 90}
    unused: {after: 14d, action: warn}
    budget: {active: 5}
  vex: {files: ["vex/*.json"], statuses: [fixed], neverFor: [kev]}
  inlineSuppressions: {mode: ratchet, requireRule: true, neverFor: [secret]}
  severity: {unknownAs: medium, prefer: [alpha]}
  allowOptions: [skip]
  protectedBranches: ["release/*"]
  children: {params: [free]}
"""
)


def sha(text):
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def extend(spec, parent=PARENT, files=None):
    text = HEAD.replace("NAME", "repo") + f'  extends: [{{file: org.yaml, digest: "{sha(parent)}"}}]\n' + spec
    held = {".secgate/org.yaml": parent, **(files or {})}
    held = {name: content.encode() for name, content in held.items()}
    return parse(text.encode(), ".secgate/policy.yaml", Shelf(held.get, lambda _: ()))


LOOSER = [
    ("evidence: {onMissing: ignore}", "evidence.onMissing: ignore is looser than warn"),
    ("evidence: {maxAge: 2d}", "evidence.maxAge: 2d is looser than 24h"),
    ("evidence: {feeds: [{id: epss, maxAge: 97h, onMissing: warn}]}", "evidence.feeds"),
    ("evidence: {feeds: [{id: epss, maxAge: 4d, onMissing: ignore}]}", "evidence.feeds"),
    ("evidence: {feeds: [{id: kev, onMissing: warn}]}", "is looser than [{id: kev}, {id: epss, maxAge: 4d"),
    ("evidence: {acceptProducers: [Foreign]}", "is looser than [CodeQL, Other]"),
    ("newCode: {onMissingBaseline: ignore}", "ignore is looser than all-new"),
    ("newCode: {basis: diff}", "newCode.basis: diff differs from baseline"),
    ("sla: {onBreach: info}", "sla.onBreach: info is looser than warn"),
    ("sla: {clock: fix-available}", "sla.clock"),
    ("sla: {warnBeforeDays: 4}", "4 is looser than 5"),
    ('waivers: {files: ["**/*.yaml"]}', "waivers.files"),
    ('waivers: {approvers: ["@a/b", "@me"]}', "waivers.approvers"),
    ("waivers: {require: [owner]}", "waivers.require: [owner] is looser than [owner, reason]"),
    ('waivers: {ticketPattern: ".*"}', "waivers.ticketPattern"),
    ("waivers: {minReason: 9}", "9 is looser than 10"),
    ("waivers: {maxDays: {high: 91}}", "waivers.maxDays.high: 91 is looser than 90"),
    ("waivers: {unused: {after: 15d}}", "15d is looser than 14d"),
    ("waivers: {unused: {action: ignore}}", "ignore is looser than warn"),
    ("waivers: {budget: {active: 6}}", "6 is looser than 5"),
    ('vex: {files: ["*.json"]}', "vex.files"),
    ("vex: {statuses: [fixed, not_affected]}", "vex.statuses"),
    ("vex: {neverFor: []}", "vex.neverFor"),
    ("inlineSuppressions: {mode: allow}", "allow is looser than ratchet"),
    ("inlineSuppressions: {requireRule: false}", "false is looser than true"),
    ("inlineSuppressions: {neverFor: [sast]}", "inlineSuppressions.neverFor"),
    ("severity: {unknownAs: low}", "low is looser than medium"),
    ("severity: {prefer: [beta]}", "severity.prefer"),
    ("enforcement: {pr: audit}", "enforcement.pr: audit is looser than enforce"),
    ("allowOptions: [policy]", "allowOptions"),
    ('protectedBranches: ["*"]', "protectedBranches"),
    ("params: {fixed: 3}", "the parameter `fixed` is 2"),
    ("environments: [{name: all, when: {}}]", "`environments` belongs to org@1.0.0"),
    ("children: {addRules: true}", "`children` belongs to org@1.0.0"),
    ("rules: [{id: plain, match: {category: sca}, action: block}]", "rule `plain` is defined by org@1.0.0"),
    ("adjust: [{rule: plain, action: info}]", "info is looser than warn"),
    ("adjust: [{rule: plain, action: {dev: pass}}]", "pass in dev is looser than warn"),
    ("adjust: [{rule: plain, max: 6}]", "6 is looser than 5"),
    ("adjust: [{rule: plain, max: baseline}]", "baseline is looser than 5"),
    ("adjust: [{rule: plain, scope: introduced}]", "introduced is looser than new"),
    ('adjust: [{rule: plain, effectiveFrom: "2026-10-02"}]', "2026-10-02 is looser than 2026-10-01"),
    ("adjust: [{rule: plain, waiver: {maxDays: 31}}]", "maxDays 31 is looser than 30"),
    ("adjust: [{rule: plain, waiver: {requireApprovers: 1}}]", "requireApprovers 1 is looser than 2"),
    ("adjust: [{rule: plain, waiver: {maxDays: 20, requireApprovers: 0}}]", "requireApprovers 0 is looser than 2"),
    ("adjust: [{rule: plain, except: [{match: {tool: a}, reason: b}]}]", "a further exemption is looser"),
    ("adjust: [{rule: open, waivable: true, effectiveFrom: '2027-01-01'}]", "2027-01-01 is looser than at once"),
    ("adjust: [{rule: shut, action: warn}]", "the rule is locked"),
    ("adjust: [{rule: shut, waivable: true}]", "true is looser than false"),
    ("adjust: [{rule: shut, max: 1}]", "1 is looser than none"),
    ("adjust: [{rule: shut, except: [{match: {tool: a}, reason: b}]}]", "the rule is locked"),
    ("adjust: [{rule: shutt, action: block}]", "no parent has a rule `shutt`"),
    ("evidence: {required: [{id: one, category: iac, anyOf: [beta]}]}", "the id `one` is defined twice"),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "said"), LOOSER, ids=[one[0] for one in LOOSER])
def test_what_loosens_is_refused_with_the_parents_value(spec, said):
    with pytest.raises(UsageError) as refused:
        extend(f"  {spec}\n")
    assert said in f"{refused.value.message} {refused.value.remedy}", refused.value.message
    assert re.match(r"\.secgate/policy\.yaml:\d+:\d+: ", refused.value.message)
    assert refused.value.remedy


def test_what_tightens_is_taken():
    pack = extend("""\
  params: {free: 9, own: x}
  evidence: {maxAge: 12h, onMissing: block, required: [{id: two, category: iac, anyOf: [beta]}], acceptProducers: []}
  newCode: {onMissingBaseline: block, newlyDisclosed: introduced}
  enforcement: {dev: enforce}
  adjust:
    - {rule: plain, action: block, max: 4, scope: all, effectiveFrom: "2026-09-01", waivable: false,
       waiver: {maxDays: 10, requireApprovers: 3}}
    - {rule: shut, action: block}
  rules: [{id: mine, match: {category: secret}, action: block}]
  sla: {onBreach: block, warnBeforeDays: 6, rows: [{match: {severity: low}, days: 3}]}
  waivers: {approvers: ["@a/b"], require: [owner, reason, ticket], minReason: 20, maxDays: {high: 9, low: 1}}
  vex: {statuses: [], neverFor: [kev, plain]}
  inlineSuppressions: {mode: deny, neverFor: [secret, iac]}
  severity: {unknownAs: critical}
""")
    rules = {rule.id: rule for rule in pack.rules}
    assert sorted(rules) == ["mine", "open", "plain", "shut"]
    plain = rules["plain"]
    assert (plain.action, plain.max, plain.scope, plain.waivable) == (Action.BLOCK, 4, Scope.ALL, False)
    assert (plain.effective_from, plain.waiver.max_days, plain.waiver.require_approvers) == ("2026-09-01", 10, 3)
    assert plain.match == {"category": "sast"}
    assert (pack.max_age, pack.on_missing, pack.accept_producers, pack.audited) == ("12h", "block", (), ())
    assert [one.id for one in pack.required] == ["one", "two"]
    assert [row.days for row in pack.sla.rows] == [30, 3]
    assert pack.sla.clock == "first-seen"
    assert pack.waiver_policy.max_days == {"high": 9, "low": 1}
    assert pack.waiver_policy.ticket_pattern == "A-[0-9]+"
    assert set(pack.waiver_policy.require) == {"owner", "reason", "ticket"}
    assert (pack.inline.mode, pack.inline.require_rule, pack.severity.unknown_as) == ("deny", True, "critical")
    assert pack.params == {"free": 9, "fixed": 2, "own": "x"}
    assert [layer.title for layer in pack.layers] == ["org@1.0.0", "repo@1.0.0"]
    assert pack.places["plain"].layer == "org@1.0.0"
    assert pack.places["mine"].at == ".secgate/policy.yaml:14"


@pytest.mark.parametrize(
    ("feeds", "known"),
    [
        ("{id: kev, maxAge: 24h}", [("kev", "24h", "block"), ("epss", "4d", "warn")]),
        ("{id: epss, maxAge: 72h, onMissing: warn}", [("kev", "", "block"), ("epss", "72h", "warn")]),
        ("{id: epss}", [("kev", "", "block"), ("epss", "4d", "block")]),
    ],
)
def test_of_a_feed_that_several_ask_for_the_stricter_counts(feeds, known):
    found = extend(f"  evidence: {{feeds: [{feeds}]}}\n").feeds
    assert [(one.id, one.max_age, one.on_missing) for one in found] == known


def test_a_knob_that_the_parent_lists_may_be_loosened():
    pack = extend("  adjust: [{rule: open, action: {pr: warn}, max: 3, except: [{match: {tool: a}, reason: b}]}]\n")
    rule = next(one for one in pack.rules if one.id == "open")
    assert rule.action == {"pr": Action.WARN, "dev": Action.WARN}
    assert (rule.max, len(rule.exempt)) == (3, 1)
    with pytest.raises(UsageError, match="is looser"):
        extend(
            "  adjust: [{rule: open, action: {pr: warn}}]\n", PARENT.replace("{params:", "{loosen: nothing, params:")
        )


def test_a_parent_may_want_no_rules_from_its_children():
    spec = "  rules: [{id: mine, match: {category: secret}, action: block}]\n"
    with pytest.raises(UsageError, match="lets no policy that extends it add rules"):
        extend(spec, PARENT.replace("{params:", "{addRules: false, params:"))


def test_a_parent_says_whether_its_children_may_list_unreadable_files():
    spec = "  unreadable: [{paths: [a.py], owner: me, reason: generated, expires: '2027-01-01'}]\n"
    with pytest.raises(UsageError, match="lets no policy that extends it list files"):
        extend(spec)
    pack = extend(spec, PARENT.replace("{params:", "{unreadable: true, params:"))
    assert pack.unreadable[0].paths == ("a.py",)


def test_what_no_parent_says_is_free_but_for_what_is_strict_by_default():
    bare = HEAD.replace("NAME", "org") + "  rules: [{id: a, match: {category: sast}, action: block}]\n"
    assert extend("  sla: {onBreach: warn, rows: [{match: {severity: low}, days: 3}]}\n", bare).sla.on_breach == "warn"
    assert extend("  waivers: {require: [owner]}\n", bare).waiver_policy.require == ("owner",)
    for spec in ("evidence: {onMissing: warn}", "inlineSuppressions: {mode: allow}", "severity: {unknownAs: low}",
                 "enforcement: {default: audit}"):  # fmt: skip
        with pytest.raises(UsageError, match="which the default of what it extends sets"):
            extend(f"  {spec}\n", bare)


def chain(depth):
    """Return a policy that extends a chain of so many others."""
    text = HEAD.replace("NAME", "p0") + "  rules: [{id: a, match: {category: sast}, action: block}]\n"
    held = {"p0.yaml": text}
    for number in range(1, depth + 1):
        text = (
            HEAD.replace("NAME", f"p{number}") + f'  extends: [{{file: p{number - 1}.yaml, digest: "{sha(text)}"}}]\n'
        )
        held[f"p{number}.yaml"] = text
    return text, {name: content.encode() for name, content in held.items()}


def test_three_parents_may_stand_above_and_not_four():
    text, held = chain(3)
    assert len(parse(text.encode(), "p3.yaml", Shelf(held.get)).layers) == 4
    text, held = chain(4)
    with pytest.raises(UsageError, match="more than 3 policies"):
        parse(text.encode(), "p4.yaml", Shelf(held.get))


def test_a_policy_that_extends_itself_is_an_error():
    text = HEAD.replace("NAME", "p") + f'  extends: [{{file: p.yaml, digest: "{sha("x")}"}}]\n'
    with pytest.raises(UsageError, match="extends itself"):
        parse(text.encode(), "p.yaml", Shelf({"p.yaml": text.encode()}.get))


def test_a_parent_that_is_not_there_or_cannot_be_fetched_is_a_matter_of_trust():
    with pytest.raises(TrustError, match="is not in this repository"):
        parse((HEAD.replace("NAME", "p") + f'  extends: [{{file: a.yaml, digest: "{sha("x")}"}}]\n').encode(), "p.yaml")
    git = f'  extends: [{{source: "git+https://h/r", path: a.yaml, commit: {"a" * 40}, digest: "{sha("x")}"}}]\n'
    with pytest.raises(TrustError, match="cannot be fetched"):
        parse((HEAD.replace("NAME", "p") + git).encode(), "p.yaml")


def test_a_file_beside_a_fetched_parent_comes_from_its_commit():
    base = HEAD.replace("NAME", "base") + "  rules: [{id: a, match: {category: sast}, action: block}]\n"
    org = HEAD.replace("NAME", "org") + f'  extends: [{{file: ../base.yaml, digest: "{sha(base)}"}}]\n'
    git = f'  extends: [{{source: "git+https://h/r", path: org/a.yaml, commit: {"a" * 40}, digest: "{sha(org)}"}}]\n'
    asked = []

    def fetch(spot, digest):
        asked.append(spot)
        return {"org/a.yaml": org, "base.yaml": base}[spot.path].encode()

    pack = parse((HEAD.replace("NAME", "p") + git).encode(), "p.yaml", Shelf(fetch=fetch))
    assert [rule.id for rule in pack.rules] == ["a"]
    assert asked == [Spot("git+https://h/r", "a" * 40, "org/a.yaml"), Spot("git+https://h/r", "a" * 40, "base.yaml")]


def test_several_parents_are_joined_to_the_stricter():
    one = (
        HEAD.replace("NAME", "one")
        + "  severity: {unknownAs: high}\n  rules: [{id: a, match: {tool: a}, action: warn}]\n"
    )
    two = (
        HEAD.replace("NAME", "two")
        + "  severity: {unknownAs: critical}\n  rules: [{id: b, match: {tool: b}, action: warn}]\n"
    )
    held = {"1.yaml": one, "2.yaml": two}
    for order in (("1.yaml", "2.yaml"), ("2.yaml", "1.yaml")):
        listed = ", ".join(f'{{file: {name}, digest: "{sha(held[name])}"}}' for name in order)
        text = HEAD.replace("NAME", "p") + f"  extends: [{listed}]\n"
        pack = parse(text.encode(), "p.yaml", Shelf({name: content.encode() for name, content in held.items()}.get))
        assert ([rule.id for rule in pack.rules], pack.severity.unknown_as) == (["a", "b"], "critical")


def test_a_pack_can_be_extended_and_keeps_what_it_refuses():
    text = HEAD.replace("NAME", "p") + "  extends: [{pack: recommended@1}]\n  environments: [{name: all, when: {}}]\n"
    pack = parse(text.encode(), "p.yaml")
    assert [rule.id for rule in pack.rules] == ["everything-else", "severe", "sure-secret"]
    with pytest.raises(UsageError, match="warn is looser than block"):
        parse((text + "  adjust: [{rule: severe, action: warn}]\n").encode(), "p.yaml")


def test_parents_that_contradict_each_other_are_refused():
    one = HEAD.replace("NAME", "one") + "  newCode: {basis: diff}\n  rules: [{id: a, match: {tool: a}, action: warn}]\n"
    for other, said in (
        (
            one.replace("name: one", "name: two").replace("diff", "both").replace("id: a", "id: b"),
            "newCode.basis is diff",
        ),
        (one.replace("name: one", "name: two"), "rule `a` is defined by one@1.0.0 and by two@1.0.0"),
    ):
        held = {"1.yaml": one, "2.yaml": other}
        listed = ", ".join(f'{{file: {name}, digest: "{sha(text)}"}}' for name, text in held.items())
        shelf = Shelf({name: text.encode() for name, text in held.items()}.get)
        with pytest.raises(UsageError, match=said):
            parse((HEAD.replace("NAME", "p") + f"  extends: [{listed}]\n").encode(), "p.yaml", shelf)


@pytest.mark.parametrize(
    ("parent", "said"),
    [
        ("{file: ../../x.yaml, digest: 'sha256:%s'}", "leaves the repository"),
        ("{file: /x.yaml, digest: 'sha256:%s'}", "leaves the repository"),
        ("{source: 'git+https://h/r', path: ../x, commit: %.40s, digest: 'sha256:%s'}", "leaves the repository"),
        ("{pack: recommended@1, ref: v1}", "`ref` does not go with `pack`"),
    ],
)
def test_a_parent_must_be_named_as_it_can_be_found(parent, said):
    zeros = "0" * 64
    text = HEAD.replace("NAME", "p") + f"  extends: [{parent % ((zeros,) * parent.count('%'))}]\n"
    with pytest.raises(UsageError, match=said):
        parse(text.encode(), "p.yaml")


TIGHTER = (
    "sla: {onBreach: block, rows: [{match: {severity: low}, days: 3}]}",
    "inlineSuppressions: {mode: deny}",
    "newCode: {newlyDisclosed: introduced}",
    "rules: [{id: mine, match: {category: secret}, action: block}]",
    "adjust: [{rule: plain, action: block, max: 2, scope: all, effectiveFrom: '2026-09-01'}]",
    "adjust: [{rule: plain, waivable: false}, {rule: open, action: {dev: block}}]",
    "enforcement: {dev: enforce}",
    "extends: [{file: org.yaml, digest: DIGEST}, {pack: recommended@1}]",
)


@given(findings(), st.sets(st.sampled_from(TIGHTER)), st.sampled_from(["pull_request", "push"]))
def test_a_child_is_never_milder_than_its_parent(found, chosen, event):
    keys = {spec.partition(":")[0]: spec for spec in sorted(chosen)}
    text = HEAD.replace("NAME", "repo") + "".join(f"  {spec}\n" for spec in keys.values()).replace(
        "DIGEST", f"'{sha(PARENT)}'"
    )
    if "extends" not in keys:
        text += f"  extends: [{{file: org.yaml, digest: '{sha(PARENT)}'}}]\n"
    given_now = Circumstances("2026-11-25", event)
    child = parse(text.encode(), "p.yaml", Shelf({"org.yaml": PARENT.encode()}.get))
    was, now = (actions(found, pack, given_now) for pack in (parse(PARENT.encode(), "org.yaml"), child))
    assert all(now[key] >= was[key] for key in was)
    assert set(child.audited) <= {"dev"}
