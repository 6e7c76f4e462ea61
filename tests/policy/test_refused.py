"""Each mistake in a policy, its waivers or its tests is refused, with file, line, column and what to do."""

import re

import pytest
from support.policies import FULL, NAME, PLACE, WAIVERS, changed, load

from secgate.errors import UsageError
from secgate.policy import cases
from secgate.policy.shape import MAX_PARAMS

MANY = ", ".join(f"p{number}: 1" for number in range(MAX_PARAMS))

IN_A_POLICY = [
    # shape
    ("apiVersion: secgate.dev/v1", "apiVersion: secgate.dev/v2", "apiVersion cannot be `secgate.dev/v2`"),
    ("kind: Policy", "kind: policy", "kind cannot be `policy`"),
    ("kind: Policy", "kind: Policy\nkind: Policy", "the key `kind` stands here twice"),
    ("name: mine", "name: Mine", "`Mine` does not match"),
    ('version: "1.0.0"', "version: 1.10", "metadata.version must be text, not `1.1`"),
    ('version: "1.0.0"', 'version: "1.0"', "`1.0` does not match"),
    ('"2027-03-31"', '"2027-02-31"', "there is no day `2027-02-31`"),
    ('"2027-03-31"', '"31.3.2027"', "does not match"),
    ('requires: {secgate: ">=0.0.1"}', 'requires: {secgate: ">=99"}', "it needs secgate >=99"),
    ('requires: {secgate: ">=0.0.1"}', 'requires: {secgate: "newest"}', "`newest` is no range of versions"),
    ("  params:", "  parms:", "unknown key `parms`"),
    ("minEpss: 0.1}", "minEpss: [0.1]}", "params.minEpss"),
    ("minEpss: 0.1}", f"minEpss: 0.1, {MANY}}}", "too many"),
    # evidence
    ("maxAge: 24h", "maxAge: 24", "evidence.maxAge must be text, not `24`"),
    ("maxAge: 24h", "maxAge: 1 day", "does not match"),
    ("onMissing: block\n", "onMissing: blocked\n", "cannot be `blocked`"),
    ("anyOf: [alpha]", "anyOf: []", "anyOf"),
    ("anyOf: [alpha]", "anyof: [alpha]", "unknown key `anyof`"),
    ("category: sast, anyOf", "category: sats, anyOf", "cannot be `sats`"),
    ("id: iac", "id: code", "the id `code` is defined twice"),
    ("id: iac", "id: kev", "`kev` is the id of a requirement too"),
    ("id: kev", "id: kve", "cannot be `kve`"),
    ("maxAge: 72h", "maxAge: 72", "evidence.feeds[0].maxAge must be text, not `72`"),
    ("maxAge: 72h", "maxAge: 0h", "does not match"),
    ("maxAge: 72h", "maxage: 72h", "unknown key `maxage`"),
    ("maxAge: 72h, onMissing: block", "maxAge: 72h, onMissing: fail", "cannot be `fail`"),
    ("clock: first-seen", "clock: firstSeen", "cannot be `firstSeen`"),
    ("clock: first-seen", "clock: first-seen\n    warnBeforeDays: 7d", "must be a whole number, not `7d`"),
    ("prefer: [alpha]", "prefer: alpha", "severity.prefer"),
    ("{mode: ratchet}", "{mode: rachet}", "cannot be `rachet`"),
    ("{mode: ratchet}", "{mode: allow, neverFor: [secrets]}", "cannot be `secrets`"),
    ("budget: {active: 2}", "budget: {active: 2}\n    unused: {after: 14, action: warn}", "unused.after"),
    ("budget: {active: 2}", "budget: {active: 2}\n    unused: {after: 14d, action: block}", "cannot be `block`"),
    ("budget: {active: 2}", "budget: {active: 2}\n    notifyBeforeDays: [-1]", "notifyBeforeDays"),
    ("budget: {active: 2}", "budget: {active: 2}\n    from: head", "waivers.from"),
    ("inlineSuppressions:", "vex: {files: [/abs.json]}\n  inlineSuppressions:", "leaves the root"),
    ("inlineSuppressions:", "vex: {status: [fixed]}\n  inlineSuppressions:", "unknown key `status`"),
    ("inlineSuppressions:", 'vex: {products: [""]}\n  inlineSuppressions:', "vex.products"),
    ("applies: always", "applies: sometimes", "cannot be `sometimes`"),
    ('paths: ["**/*.tf"]', "paths: []", "paths"),
    ('paths: ["**/*.tf"]', 'paths: ["**/*.{tf,hcl}"]', "holds `{`"),
    ('paths: ["**/*.tf"]', 'paths: ["a**b*c*d"]', "many wildcards"),
    ("onMissingBaseline: all-new", "onMissingBaseline: all", "cannot be `all`"),
    # environments
    ("event: [pull_request]", "event: [pull-request]", "cannot be `pull-request`"),
    ("event: [pull_request]", "events: [pull_request]", "unknown key `events`"),
    ("event: [pull_request]", "event: []", "event"),
    ("{name: dev, when: {}}", "{name: dev, when: {event: [push]}}", "does not hold for every run"),
    ('{ref: ["refs/tags/v*"]}', "{}", "`pr` is never chosen: `release` comes first"),
    ("{name: pr,", "{name: release,", "the environment `release` is defined twice"),
    ("enforcement: {dev: audit}", "enforcement: {deb: audit}", "there is no environment `deb`"),
    ("enforcement: {dev: audit}", "enforcement: {dev: audi}", "cannot be `audi`"),
    ("{default: warn, pr: block}", "{pr: block}", "it says nothing for release, dev"),
    ("{default: warn, pr: block}", "{default: warn, prs: block}", "there is no environment `prs`"),
    ("{default: warn, pr: block}", "{}", "action"),
    # components and severity
    ('paths: ["services/api/**"]', 'paths: ["/services/api/**"]', "leaves the root"),
    ("exposure: internet", "exposure: public", "cannot be `public`"),
    ("unknownAs: high", "unknownAs: unknown", "unknown cannot count as unknown"),
    # rules
    ("id: exploitable", "id: severe", "the id `severe` is defined twice"),
    ("id: exploitable", "id: sla", "belongs to the rule about age"),
    ("action: block\n      waivable", "acton: block\n      waivable", "unknown key `acton`"),
    ("action: block\n      waivable", "action: deny\n      waivable", "cannot be `deny`"),
    ("      match: {category: secret}\n", "", "has neither `match` nor `when`"),
    ("match: {category: secret}", "match: {}", "match"),
    ("match: {category: secret}", "match: {categry: secret}", "there is no field `categry`"),
    ("match: {category: secret}", "match: {category: [secret, sectet]}", "cannot be `sectet`"),
    ("match: {category: secret}", "match: {category: []}", "an empty list matches no `category`"),
    ("match: {category: secret}", 'match: {severity: ">=hgih"}', "cannot be compared with `hgih`"),
    ("match: {category: secret}", 'match: {severity: ">=unknown"}', "cannot be compared with `unknown`"),
    ("match: {category: secret}", 'match: {severity: ">critical"}', "is never `>critical`"),
    ("match: {category: secret}", 'match: {confidence: "<low"}', "is never `<low`"),
    ("match: {category: secret}", "match: {vuln.epss: {gte: 10}}", "no `vuln.epss` can be so"),
    ("match: {category: secret}", "match: {vuln.cvss: {gt: 10}}", "no `vuln.cvss` can be so"),
    ("match: {category: secret}", "match: {vuln.epss: {gt: 0.5, lt: 0.1}}", "no `vuln.epss` can be so"),
    ("match: {category: secret}", "match: {vuln.epss: {gt: 0.5, lte: 0.5}}", "no `vuln.epss` can be so"),
    ("match: {category: secret}", "match: {ageDays: {lt: 0}}", "no `ageDays` can be so"),
    ("match: {category: secret}", "match: {ageDays: -1}", "no `ageDays` can be so"),
    ("match: {category: secret}", "match: {severityRank: [3, 5]}", "no `severityRank` can be so"),
    ("match: {category: secret}", 'match: {package.scope: ">=dev"}', "has no order"),
    ("match: {category: secret}", 'match: {ageDays: ">=5"}', "has no order of words"),
    ("match: {category: secret}", "match: {ageDays: {gte: many}}", "cannot be tested with `many`"),
    ("match: {category: secret}", "match: {ageDays: {ge: 5}}", "cannot be tested with `ge`"),
    ("match: {category: secret}", "match: {secret.verified: yes}", "cannot be tested with `yes`"),
    ("match: {category: secret}", "match: {rule.id: {glob: []}}", "an empty list matches no `rule.id`"),
    ("match: {category: secret}", "match: {rule.cwe: {any: []}}", "an empty list matches no `rule.cwe`"),
    ("match: {category: secret}", 'match: {rule.id: {regex: "(?=a)"}}', "the regular expression is refused"),
    ("match: {category: secret}", 'match: {rule.id: {regex: "(a)\\\\1"}}', "the regular expression is refused"),
    ("match: {category: secret}", 'match: {rule.id: {regex: "a)|(b"}}', "the regular expression is refused"),
    ("match: {category: secret}", 'match: {location.path: {glob: "a[bc]"}}', "holds `[`"),
    ("match: {category: secret}", "match: {anyOf: []}", "`anyOf` takes a list of maps"),
    ("match: {category: secret}", "match: {not: [{category: secret}]}", "`not` takes a map"),
    ("match: {category: secret}", "match: {anyOf: [{category: secret}, {severty: low}]}", "no field `severty`"),
    ("match: {category: secret}", "match: {category: 12:30}", "cannot be `12:30`"),
    ("finding.vuln.epss", "finding.vuln.eps", "column 14: undefined field 'eps'"),
    ("finding.vuln.epss >=", "finding.vuln.epss >= >=", "Syntax error"),
    ("finding.vuln.epss >= params.minEpss", 'finding.severity == "hihg"', "column 21: `severity` cannot be `hihg`"),
    ("finding.vuln.epss >= params.minEpss", 'finding.severity in ["low", "hgih"]', "column 29: `severity` cannot be"),
    ("finding.vuln.epss >= params.minEpss", 'finding.vuln.reachable != "maybe"', "`vuln.reachable` cannot be `maybe`"),
    ("finding.vuln.epss >= params", "finding.vuln.epss >= param", "undeclared reference"),
    ("params.minEpss'", "params.minEps'", "undefined field 'minEps'"),
    ("finding.vuln.epss >= params.minEpss", "finding.vuln.epss", "gives a value of type double"),
    ("finding.vuln.epss >= params.minEpss", "finding.vuln.epss > 1", "no matching overload"),
    ("finding.vuln.epss >= params.minEpss", "(" * 101 + "true" + ")" * 101, "nested deeper than 100"),
    ("finding.vuln.epss >= params.minEpss", "true" + " || true" * 1500, "when"),
    ("      locked: true\n", "      locked: true\n      overridable: [action]\n", "no child may loosen it"),
    ("reason: only tests", "reason: ''", "reason"),
    (", reason: only tests", "", "'reason' is a required property"),
    ("{match: {location.path: {glob: [\"tests/**\"]}}, reason: only tests}", "{reason: all}", "neither `match` nor"),
    ("max: 3", "max: -1", "max"),
    ("max: 3", "max: base", "cannot be `base`"),
    ("max: 3", "max: yes", "max"),
    ('"2026-10-01"', '"2026-13-01"', "there is no day `2026-13-01`"),
    # the rest
    ("days: 15", "days: 15d", "days"),
    ("match: {severity: critical}, days", "match: {severity: crit}, days", "cannot be `crit`"),
    ("maxDays: {critical: 30,", "maxDays: {crtical: 30,", "`crtical` is neither a severity nor a category"),
    ('ticketPattern: "SEC-[0-9]+"', 'ticketPattern: "SEC-[0-9"', "it is refused"),
    ("require: [owner,", "require: [ownr,", "cannot be `ownr`"),
    ("mode: ratchet", "mode: ratchte", "cannot be `ratchte`"),
    ("loosen: overridable-only", "loosen: all", "cannot be `all`"),
    ("  requires:", "  extends: [{pack: recommended@9}]\n  requires:", "there is no pack `recommended@9`"),
    ("  requires:", "  extends: [{file: org.yaml}]\n  requires:", "`digest` is missing"),
    ("  requires:", "  extends: [{}]\n  requires:", "does not say which policy is extended"),
    ("  requires:", "  extends: [{pack: a@1, file: b.yaml}]\n  requires:", "does not say which policy is extended"),
    ("  requires:", "  extends: [{source: 'http://a', path: b}]\n  requires:", "does not match"),
    ("  requires:", "  extends: [{source: 'git+https://a', path: b, commit: main}]\n  requires:", "does not match"),
    ("  requires:", "  extends: [{source: 'git+https://a', path: b}]\n  requires:", "`commit` is missing"),
    ("  requires:", "  adjust: [{rule: severe, action: block}]\n  requires:", "is this file's own"),
    ("  requires:", "  adjust: [{rule: sever, action: block}]\n  requires:", "no parent has a rule `sever`"),
    ("  requires:", "  rules: &a [*a]\n  requires:", "deeper"),
]  # fmt: skip


@pytest.mark.parametrize(("was", "becomes", "said"), IN_A_POLICY, ids=[one[2] for one in IN_A_POLICY])
def test_in_a_policy(was, becomes, said):
    with pytest.raises(UsageError) as refused:
        load(changed(FULL, was, becomes))
    held(refused.value, NAME, said)


ABOUT = '{rule.id: B602, location.path: "src/a.py"}'
IN_A_WAIVER = [
    ("kind: WaiverList", "kind: Waivers", "kind cannot be `Waivers`"),
    ("    expires:", "    expire:", "unknown key `expire`"),
    ("    expires:", "    expires_at:", "unknown key `expires_at`"),
    ('"2026-11-10"', '"2026-11-31"', "there is no day `2026-11-31`"),
    ('"2026-11-10"', "never", "does not match"),
    ('    expires: "2026-11-10"\n', "", "`expires` is missing"),
    ('"2026-11-10"', '"2026-08-19"', "before it was made"),
    ("type: risk-accepted", "type: accepted", "cannot be `accepted`"),
    ("rules: [severe]", 'rules: ["*"]', "`*` is no rule"),
    ("rules: [severe]", "rules: [sever]", "there is no rule `sever`"),
    ("rules: [severe]", "rules: [sacred]", "rule `sacred` cannot be waived"),
    ("rules: [severe]", "rules: []", "rules"),
    ("environments: [pr]", "environments: [prod]", "there is no environment `prod`"),
    (ABOUT, "{rule.id: B602}", "it is too broad"),
    (ABOUT, "{vuln.id: CVE-2026-1}", "it is too broad"),
    (ABOUT, "{category: sast, severity: high}", "it is too broad"),
    (ABOUT, '{fingerprint: {glob: "*"}}', "`*` meets everything"),
    (ABOUT, "{fingerprint: 1f2e3d4c5b6a}", "is no whole fingerprint"),
    ('"src/a.py"', '{glob: "**"}', "`**` meets everything"),
    ('"src/a.py"', '{regex: ".*"}', "is too broad"),
    ("{rule.id: B602,", "{not: {severity: low}, rule.id: B602,", "`not` is not for waivers"),
    ("{rule.id: B602,", "{anyOf: [{severity: low}], rule.id: B602,", "`anyOf` is not for waivers"),
    ("{rule.id: B602,", "{rule.ids: B602,", "there is no field `rule.ids`"),
    (ABOUT, '{vuln.id: CVE-1, package.purl: "pkg:pypi/*"}', "more than the version"),
    (ABOUT, '{vuln.id: CVE-1, package.purl: {glob: "pkg:**"}}', "is too broad"),
    ("    reason: Only ever called with a constant of ours.\n", "", "`reason` is missing"),
    ("Only ever called with a constant of ours.", "too short", "the reason has 9 characters"),
    ("    ticket: SEC-1\n", "", "`ticket` is missing"),
    ("ticket: SEC-1", "ticket: JIRA-1", "does not match `SEC-[0-9]+`"),
    ('    owner: "@acme/payments"\n', "", "`owner` is missing"),
    ('    created: "2026-08-20"\n', "", "'created' is a required property"),
    ("    approvedBy: [{who: \"@jane\", team: \"@acme/appsec\", on: \"2026-08-21\"}]\n", "", "`approvedBy` is missing"),
    ('on: "2026-08-21"', 'on: "2026-08-32"', "there is no day"),
    ("{kev: true,", "{kevs: true,", "unknown key `kevs`"),
    ("expectedMatches: 1", "expectedMatches: all", "expectedMatches"),
    ("expectedMatches: 1", "expectedMatches: 1\n  - id: W-1\n    type: deferred\n    match: {fingerprint: a}\n"
     "    rules: [severe]\n    created: '2026-08-20'", "the id is there twice"),
]  # fmt: skip


@pytest.mark.parametrize(("was", "becomes", "said"), IN_A_WAIVER, ids=[one[2] for one in IN_A_WAIVER])
def test_in_a_waiver(was, becomes, said):
    load(FULL, {PLACE: WAIVERS})
    with pytest.raises(UsageError) as refused:
        load(FULL, {PLACE: changed(WAIVERS, was, becomes)})
    held(refused.value, PLACE, said)


CASES = """\
apiVersion: secgate.dev/v1
kind: PolicyTest
defaults:
  now: "2026-09-15T00:00:00Z"
  context: {event: pull_request, ref: refs/pull/7/merge}
  evidence: complete
cases:
  - name: severe
    finding: {category: sast, severity: high, location: {path: a.py}}
    evidence: {code: missing}
    baseline: {many: 1}
    expect: {decision: block, rules: [severe], exit: 1}
"""
IN_A_TEST = [
    ("severity: high", "severty: high", "there is no field `severty`"),
    ("severity: high", "severity: hihg", "the finding is none"),
    ("location: {path", "location: {pth", "there is no field `location.pth`"),
    ("    finding: {category: sast, severity: high, location: {path: a.py}}\n", "", "has no finding"),
    ("    evidence:", "    findings: []\n    evidence:", "has `finding` and `findings`"),
    ("{code: missing}", "{cod: missing}", "asks for no evidence `cod`"),
    ("{code: missing}", "{code: absent}", "cannot be `absent`"),
    ("{code: missing}", "{code: not-applicable}", "always applies"),
    ("{code: missing}", "{kev: not-applicable}", "always applies"),
    ("{many: 1}", "{may: 1}", "there is no rule `may`"),
    ("rules: [severe]", "rules: [sever]", "there is no rule `sever`"),
    ("decision: block", "decison: block", "unknown key `decison`"),
    ("decision: block", "decision: blocked", "cannot be `blocked`"),
    ("{decision: block, rules: [severe], exit: 1}", "{}", "expects nothing"),
    ("exit: 1", "exit: 9", "expect"),
    ('  now: "2026-09-15T00:00:00Z"\n', "", "does not say when it is"),
    ('"2026-09-15T00:00:00Z"', '"yesterday"', "there is no time `yesterday`"),
    ("cases:", "cases: []\nmore:", "cases: [] should be non-empty"),
]  # fmt: skip


@pytest.mark.parametrize(("was", "becomes", "said"), IN_A_TEST, ids=[one[2] for one in IN_A_TEST])
def test_in_a_test(was, becomes, said):
    pack = load()
    assert cases.read(CASES.encode(), "t.yaml", pack)
    with pytest.raises(UsageError) as refused:
        cases.read(changed(CASES, was, becomes).encode(), "t.yaml", pack)
    held(refused.value, "t.yaml", said)


def held(refused, name, said):
    assert said in refused.message, refused.message
    assert re.match(rf"{re.escape(name)}:\d+:\d+: ", refused.message), refused.message
    assert refused.remedy, refused.message
    assert "`\n" not in refused.message


def test_a_policy_without_any_rule_is_an_error():
    text = "apiVersion: secgate.dev/v1\nkind: Policy\nmetadata: {name: a, version: '1.0.0'}\nspec: {}\n"
    with pytest.raises(UsageError, match="has no rule"):
        load(text)
    assert load(text.replace("spec: {}", "spec: {extends: [{pack: recommended@1}]}")).rules


def test_more_active_waivers_than_the_budget_are_an_error_that_names_one():
    assert load(FULL, {PLACE: WAIVERS}).waiver_policy.budget.active == 2
