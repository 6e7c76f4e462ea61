"""VEX statements lift what they are about, as far as the policy believes them, and nothing else."""

import pytest
from support.factories import finding
from support.factories import vulnerability as about
from support.policies import load
from support.vex import CVE, LODASH, cyclonedx, openvex, statement, vulnerability

from secgate.errors import UsageError
from secgate.model import Action, Package, Vulnerability
from secgate.policy import vex_files
from secgate.policy.circumstances import Circumstances
from secgate.policy.evaluate import judge
from secgate.policy.vex import covers

PLACE = ".secgate/vex/a.json"
POLICY = """\
apiVersion: secgate.dev/v1
kind: Policy
metadata: {name: p, version: "1.0.0"}
spec:
  rules:
    - {id: severe, match: {severity: ">=high"}, action: block}
    - {id: sacred, match: {package.name: sacred}, action: block, waivable: false}
  sla: {rows: [{match: {severity: high}, days: 30}]}
  vex: {files: [".secgate/vex/*.json"]VEX}
"""


def verdict(*documents, one=None, now="2026-11-25", more="", waivers=""):
    files = {f".secgate/vex/{name}.json": text for name, text in zip("abc", documents, strict=False)}
    if waivers:
        files[".secgate/waivers/1.yaml"] = waivers
    pack = load(POLICY.replace("VEX", more), files)
    return judge([one or about(age_days=31)], pack, Circumstances(now))[0]


@pytest.mark.parametrize("document", [openvex(), cyclonedx()], ids=["OpenVEX", "CycloneDX"])
def test_a_statement_lifts_every_rule_from_what_it_is_about_and_the_trace_says_which(document):
    made = verdict(document)
    assert (made.action, made.rules, made.waived_by) == (Action.PASS, ("severe", "sla"), ())
    place, _, line = made.vex.rpartition(":")
    following = document.split("\n")[int(line) : int(line) + 3]
    assert (place, any(CVE in one for one in following)) == (PLACE, True)
    assert made.why.startswith("not_affected (")
    assert made.why.endswith(f"says {made.vex}")


def test_what_lifts_is_in_the_trace_of_what_still_blocks():
    sacred = about(package=Package("sacred", "1", "pkg:npm/sacred@1", "npm"))
    made = verdict(openvex(statement(products=[{"@id": "pkg:npm/sacred@1"}])), one=sacred)
    assert (made.action, made.decided_by) == (Action.BLOCK, ("sacred",))
    (step,) = [one for one in made.trace if one.vex]
    assert (step.vex, step.result) == (made.vex, "applied")
    assert step.why == "it says not_affected (vulnerable_code_not_in_execute_path) and lifts severe"
    assert next(one for one in made.trace if one.rule == "severe").why == made.vex


NOT = [
    ("another package", {"products": [{"@id": "pkg:npm/lodash.template@4.17.20"}]}),
    ("another version", {"products": [{"@id": "pkg:npm/lodash@4.17.2"}]}),
    ("another kind", {"products": [{"@id": "pkg:pypi/lodash@4.17.20"}]}),
    ("another namespace", {"products": [{"@id": "pkg:npm/%40acme/lodash@4.17.20"}]}),
    ("one architecture", {"products": [{"@id": f"{LODASH}?arch=arm64"}]}),
    ("another vulnerability", {"vulnerability": {"name": "CVE-2021-2333"}}),
    ("affected", {"status": "affected", "action_statement": "Upgrade."}),
    ("nobody knows yet", {"status": "under_investigation"}),
    ("tomorrow", {"timestamp": "2026-11-26T00:00:00Z"}),
    ("part of what is not ours", {"products": [{"@id": "pkg:oci/shop", "subcomponents": [{"@id": LODASH}]}]}),
    ("our product itself", {"products": [{"@id": "pkg:oci/shop"}]}),
]


@pytest.mark.parametrize("changes", [changes for _, changes in NOT], ids=[name for name, _ in NOT])
def test_a_statement_about_something_else_lifts_nothing(changes):
    made = verdict(openvex(statement(**changes)))
    assert (made.action, made.vex) == (Action.BLOCK, "")


MEANT = [
    {"products": [{"@id": "pkg:npm/lodash"}]},
    {"products": [{"@id": "https://acme.example/l", "identifiers": {"purl": LODASH}}]},
    {"products": [{"@id": "pkg:npm/other@1"}, {"@id": LODASH}]},
    {"vulnerability": {"name": "GHSA-35jh-r3h4-6jhm", "aliases": [CVE]}},
    {"status": "fixed"},
    {"timestamp": "2026-11-25T23:59:59Z"},
]


@pytest.mark.parametrize("changes", MEANT, ids=str)
def test_a_statement_may_name_package_and_vulnerability_in_every_way(changes):
    assert verdict(openvex(statement(**changes))).action is Action.PASS


def test_any_name_of_the_finding_counts():
    one = about(vuln=Vulnerability("SNYK-JS-1", aliases=("CVE-2000-1", CVE)))
    assert verdict(openvex(), one=one).action is Action.PASS


def test_parts_of_a_product_count_where_the_policy_names_the_product():
    parts = statement(products=[{"@id": "pkg:oci/shop@sha256%3Aabc", "subcomponents": [{"@id": LODASH}]}])
    assert verdict(openvex(parts), more=', products: ["pkg:oci/shop"]').action is Action.PASS
    assert verdict(openvex(parts), more=', products: ["pkg:oci/other"]').action is Action.BLOCK
    assert verdict(openvex(parts), more=', products: ["https://acme.example/shop"]').action is Action.BLOCK
    made = verdict(openvex(parts))
    (step,) = [one for one in made.trace if one.vex]
    assert (step.result, step.why) == ("not applied", "it is about pkg:oci/shop@sha256%3Aabc, not us")
    named = statement(products=[{"@id": "https://acme.example/shop", "subcomponents": [{"@id": LODASH}]}])
    assert verdict(openvex(named), more=', products: ["https://acme.example/shop"]').action is Action.PASS


def test_the_latest_statement_counts_whatever_file_it_is_in():
    old, new = "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"
    affected = {"status": "affected", "action_statement": "Upgrade."}
    lifted, not_lifted = openvex(statement(timestamp=new)), openvex(statement(timestamp=new, **affected))
    assert verdict(openvex(statement(timestamp=old, **affected)), lifted).action is Action.PASS
    assert verdict(openvex(statement(timestamp=old)), not_lifted).action is Action.BLOCK
    assert verdict(not_lifted, openvex(statement(timestamp=old))).action is Action.BLOCK
    assert verdict(lifted, not_lifted).action is verdict(not_lifted, lifted).action is Action.BLOCK


def test_what_is_about_no_vulnerability_is_named_by_no_statement():
    nameless = about(vuln=Vulnerability("", aliases=(CVE,)), age_days=31)
    assert verdict(openvex(), one=nameless).action is Action.BLOCK


def test_what_the_policy_does_not_believe_lifts_nothing():
    made = verdict(openvex(), more=", statuses: [fixed]")
    assert made.action is Action.BLOCK
    assert [one.why for one in made.trace if one.vex] == ["it says not_affected, and the policy believes only fixed"]
    made = verdict(openvex(), more=", statuses: []")
    assert made.action is Action.BLOCK
    assert "believes only nothing" in made.trace[-1].why


def test_what_is_exploited_is_lifted_by_no_statement_where_the_policy_says_so():
    exploited = about(vuln=Vulnerability(CVE, kev=True))
    assert verdict(openvex(), one=exploited).action is Action.PASS
    made = verdict(openvex(), one=exploited, more=", neverFor: [kev]")
    assert made.action is Action.BLOCK
    assert "known to be exploited" in next(one.why for one in made.trace if one.vex)
    assert verdict(openvex(), more=", neverFor: [kev]").action is Action.PASS


def test_a_rule_of_which_the_policy_says_so_is_never_lifted():
    made = verdict(openvex(), more=", neverFor: [sla]")
    assert (made.decided_by, made.vex != "") == (("sla",), True)


def test_waivers_are_about_what_statements_leave():
    waiver = """\
apiVersion: secgate.dev/v1
kind: WaiverList
waivers:
  - id: W-1
    type: risk-accepted
    match: {vuln.id: CVE-2021-23337, package.purl: "pkg:npm/lodash@*"}
    rules: [severe, sla]
    reason: r
    owner: "@acme/a"
    ticket: T-1
    created: "2026-11-01"
    expires: "2026-12-01"
    approvedBy: [{who: "@jane", on: "2026-11-02"}]
"""
    made = verdict(openvex(), more=", neverFor: [sla]", waivers=waiver)
    assert (made.action, made.waived_by, made.vex != "") == (Action.PASS, ("W-1",), True)
    assert made.why.endswith("waived by W-1")
    affected = verdict(openvex(statement(status="affected")), waivers=waiver)
    assert (affected.action, affected.why, affected.vex) == (Action.PASS, "waived by W-1", "")
    files = {PLACE: openvex(), ".secgate/waivers/1.yaml": waiver}
    other = about(package=Package("lodash", "4.17.19", "pkg:npm/lodash@4.17.19", "npm"))
    both = judge([about(), other], load(POLICY.replace("VEX", ""), files), Circumstances("2026-11-25"))
    assert {(one.action, one.finding.package.version, one.waived_by) for one in both} == {
        (Action.PASS, "4.17.20", ()), (Action.PASS, "4.17.19", ("W-1",)),
    }  # fmt: skip


def test_what_has_no_vulnerability_or_no_package_is_never_meant():
    assert verdict(openvex(), one=finding()).action is Action.BLOCK
    assert verdict(openvex(), one=about(package=Package("lodash", "4.17.20", "", "npm"))).action is Action.BLOCK


def test_without_files_in_the_policy_no_statement_counts():
    text = POLICY.replace('vex: {files: [".secgate/vex/*.json"]VEX}', "vex: {statuses: [fixed]}")
    assert load(text, {PLACE: "no JSON"}).statements == ()


@pytest.mark.parametrize(
    ("stated", "purl", "means"),
    [
        ("pkg:npm/a", "pkg:npm/a@1", True),
        ("pkg:npm/a@1", "pkg:npm/a", False),
        ("pkg:deb/debian/a@1?distro=debian-12", "pkg:deb/debian/a@1?arch=amd64&distro=debian-12", True),
        ("pkg:pypi/Foo_Bar@1", "pkg:pypi/foo-bar@1", True),
        ("pkg:npm/a@1", "", False),
        ("pkg:npm/a@1", "nonsense", False),
    ],
)
def test_a_package_url_means_what_it_names(stated, purl, means):
    assert covers(stated, purl) is means


def test_states_of_cyclonedx_are_those_of_vex():
    states = ["resolved", "resolved_with_pedigree", "exploitable", "in_triage", "false_positive", "not_affected"]
    given = [vulnerability(analysis={"state": one, "detail": "d"}) for one in states]
    made = vex_files.read({"a": cyclonedx(*given).encode()})
    assert [one.status for one in made] == [
        "fixed", "fixed", "affected", "under_investigation", "not_affected", "not_affected"
    ]  # fmt: skip
    assert {one.packages for one in made} == {(LODASH,)}
    assert {one.timestamp for one in made} == {"2026-11-19T09:00:00Z"}
    assert made[0].vulnerability == (CVE, "GHSA-35jh-r3h4-6jhm")


def test_references_of_cyclonedx_are_followed():
    def packages(ref):
        return vex_files.read({"a": cyclonedx(vulnerability(affects=[{"ref": ref}])).encode()})[0].packages

    assert packages("urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg%3Anpm%2Flodash%404.17.20") == (LODASH,)
    assert packages(LODASH) == (LODASH,)


def test_vulnerabilities_of_which_nothing_is_said_are_no_statements():
    said = {key: value for key, value in vulnerability().items() if key != "analysis"}
    assert vex_files.read({"a": cyclonedx(said).encode()}) == ()


def of(text, was, becomes):
    assert was in text, was
    return text.replace(was, becomes, 1)


V, C = openvex(), cyclonedx()
REFUSED = [
    ("", "a.json:1:1: is not JSON"),
    ("- yaml", "is not JSON"),
    (V[:-2], "is not JSON"),
    ('{"@context": ' + "[" * 100_000, "is not JSON"),
    (openvex(timestamp="0001-01-01T00:00:00+14:00"), "there is no time `0001-01-01T00:00:00+14:00`"),
    (of(V, '"version": 1', '"version": 1, "version": 2'), "the key `version` stands here twice"),
    ("[]", "a.json:1:1: is no VEX document"),
    ("{}", "is no VEX document"),
    ('{"payloadType": "x", "payload": "", "signatures": []}', "is a signed envelope"),
    ('{"document": {"category": "csaf_vex"}}', "is CSAF"),
    (of(V, "ns/v0.2.0", "ns/v0.0.1"), "a.json:2:3: "),
    (of(V, '"author"', '"autor"'), "unknown key `autor`"),
    (of(V, '"justification"', '"justifcation"'), "a.json:23:7: "),
    (of(V, "vulnerable_code_not_in_execute_path", "not_needed"), "cannot be `not_needed`"),
    (of(V, '"status": "not_affected"', '"status": "unaffected"'), "cannot be `unaffected`"),
    (openvex(statements=[]), "statements"),
    (openvex(statement(products=[])), "products"),
    (openvex(statement(products=[{"@id": "lodash"}])), "`lodash` is no package URL"),
    (openvex(statement(products=[{"identifiers": {"cpe23": "cpe:2.3:a:x"}}])), "there is no package URL"),
    (openvex(statement(products=[{"subcomponents": [{"@id": LODASH}]}])), "the product has no name"),
    (openvex(statement(products=[{"@id": "x", "subcomponents": [{"@id": "y"}]}])), "`y` is no package URL"),
    (openvex(statement(justification=None, impact_statement="")), "and not why"),
    (openvex({k: v for k, v in statement(impact_statement="").items() if k != "justification"}), "and not why"),
    (openvex(statement(status="fixed", products=[{"@id": "pkg:npm/lodash"}])), "is fixed in no version"),
    (openvex(statement(vulnerability=CVE)), "vulnerability"),
    (openvex(statement(vulnerability={"name": ""})), "name"),
    (openvex(timestamp="2026-11-20"), "timestamp"),
    (openvex(timestamp="2026-13-20T00:00:00Z"), "there is no time `2026-13-20T00:00:00Z`"),
    (of(C, '"specVersion": "1.6"', '"specVersion": "1.3"'), "specVersion"),
    (cyclonedx(vulnerabilities=[]), "vulnerabilities"),
    (cyclonedx(vulnerability(affects=[{"ref": "nowhere"}])), "`nowhere` is no package URL, and leads to none"),
    (cyclonedx(vulnerability(affects=[{"ref": "web"}])), "`web` is no package URL"),
    (cyclonedx(vulnerability(affects=[{"ref": "lodash", "versions": [{"version": "1"}]}])), "lists of versions"),
    (cyclonedx(vulnerability(analysis={"state": "not_affected"})), "and not why"),
    (cyclonedx(vulnerability(analysis={"state": "harmless"})), "cannot be `harmless`"),
    (cyclonedx(vulnerability(analysis={"state": "resolved", "sate": 1})), "unknown key `sate`"),
    (cyclonedx(vulnerability(analysis={"state": "resolved"}), metadata={}), "nothing says when that was known"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_a_mistake_in_a_document_is_refused_with_its_place(text, said):
    with pytest.raises(UsageError) as refused:
        load(POLICY.replace("VEX", ""), {PLACE: text})
    assert said in refused.value.message, refused.value.message
    assert refused.value.message.startswith(f"{PLACE}:")
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("vex: {issuers: [x]}", "5:9: vex.issuers: issuers of VEX documents cannot be verified yet"),
        ("vex: {trust: {}}", "5:9: vex.trust: issuers of VEX documents cannot be verified yet"),
        ("waivers: {from: head-approved}", "5:13: waivers.from cannot be `head-approved`: approvals of a head"),
        ("vex: {neverFor: [kve]}", "`kve` is neither `kev` nor a rule"),
        ("vex: {statuses: [affected]}", "cannot be `affected`"),
    ],
)
def test_what_cannot_be_verified_or_meant_is_refused_by_name(block, said):
    text = POLICY.partition("  sla:")[0].replace("  rules:", f"  {block}\n  rules:")
    with pytest.raises(UsageError) as refused:
        load(text)
    assert said in refused.value.message, refused.value.message
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"impact_statement": ""}, "not_affected (vulnerable_code_not_in_execute_path)"),
        ({"justification": None}, "not_affected (No template is made of anything that users send.)"),
        ({"status": "fixed", "justification": None, "impact_statement": ""}, "fixed"),
    ],
)
def test_a_statement_is_told_with_its_justification_or_its_words(changes, said):
    held = {key: value for key, value in statement(**changes).items() if value is not None}
    made = verdict(openvex(held))
    assert made.why == f"{said}, says {made.vex}"


def test_of_statements_that_do_not_count_yet_the_first_is_told():
    first, second = (statement(timestamp=f"2026-12-0{day}T10:00:00Z") for day in (1, 2))
    for both in ((first, second), (second, first)):
        made = verdict(openvex(*both))
        (step,) = [one for one in made.trace if one.vex]
        assert (step.result, step.why) == ("not applied", "it begins on 2026-12-01")


def test_of_what_is_about_us_and_what_is_not_the_former_is_told():
    ours = statement(timestamp="2026-12-01T10:00:00Z")
    parts = statement(
        timestamp="2026-11-30T10:00:00Z", products=[{"@id": "pkg:oci/x", "subcomponents": [{"@id": LODASH}]}]
    )
    (step,) = [one for one in verdict(openvex(parts, ours)).trace if one.vex]
    assert step.why == "it begins on 2026-12-01"
