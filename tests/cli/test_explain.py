"""`secgate explain`, `waive` and `replay`: why, how to let it pass, and whether a decision is what its inputs give."""

import json
import re
import sys
from pathlib import Path

import pytest
import yaml
from support.factories import decision, finding, location, verdict, vulnerability
from support.repositories import commit, git, repository

from secgate import catalog
from secgate.cli import main, output, waive
from secgate.model import Severity
from secgate.report import document, sarif_file

POLICY = """\
apiVersion: secgate.dev/v1
kind: Policy
metadata: {name: shop, version: "1.0.0"}
spec:
  waivers: {approvers: ["@acme/appsec"], minReason: 10, maxDays: {high: 90}, ticketPattern: "SEC-[0-9]+"}
  rules:
    - id: severe
      title: A severe finding
      match: {severity: ">=high"}
      action: block
    - {id: for-ever, match: {category: sca}, action: block, waivable: false, help: Upgrade it.}
    - {id: look, match: {severity: ">=low"}, action: warn}
    - {id: few, match: {severity: medium}, action: block, max: 1}
"""
TODAY = "2026-11-30"
CODE, PACKAGE = "1f2e3d4c5b6a", "77aa88bb99cc"
GOOD = ("--reason", "Only our own words.", "--owner", "@acme/payments", "--ticket", "SEC-1", "--expires", "2027-02-28",
        "--approved-by", "@jane")  # fmt: skip
FILE = Path(".secgate/waivers/2026.yaml")


@pytest.fixture
def secgate(tmp_path, monkeypatch, capsys):
    """Run a command in a folder with a policy and a decision, and return its exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SECGATE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(output, "today", lambda: TODAY)
    Path(".secgate").mkdir()
    Path(".secgate/policy.yaml").write_text(POLICY)

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["secgate", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        return (ended.value.code, *capsys.readouterr())

    def decide(*findings):
        made = decision(verdicts=tuple(map(verdict, findings)))
        Path("secgate.sarif").write_bytes(sarif_file.render(made, catalog.scanners()))
        run("evaluate", "secgate.sarif", "--trust-sarif", "--json", "decision.json", "--now", TODAY)

    run.decide = decide
    decide(finding(), vulnerability())
    return run


def flat(text):
    return " ".join(text.split())


def test_explain_says_what_where_why_and_how_in_this_order(secgate):
    code, out, err = secgate("explain", CODE)
    assert (code, err) == (0, "")
    order = ["What is wrong", "HIGH Subprocess popen", "Where", "shop/app.py:12", "Why it blocks", "rule severe blocks",
             ".secgate/policy.yaml:7", "A severe finding",
             "✓ severity >=high it is high", "rule look warns", "rule few does not match",
             "✗ severity medium it is high", "rule for-ever does not match", "How to fix it", "Pass the command",
             "What else would let it pass", "a waiver of severe, for at most 90 days, approved by 1 of @acme/appsec",
             f"secgate waive {CODE}"]  # fmt: skip
    places = [flat(out).index(each) for each in order]
    assert places == sorted(places)


def test_explain_says_that_there_is_no_way_around_a_fix(secgate):
    out = flat(secgate("explain", PACKAGE)[1])
    assert "Rule for-ever says: Upgrade it." in out
    assert "Upgrade lodash to 4.17.21." in out
    assert "no waiver: for-ever cannot be waived" in out


def test_explain_counts_what_a_limit_lets_through(secgate):
    secgate.decide(*(finding(severity=Severity.MEDIUM, location=location(line=line), fingerprint=f"{line:032x}")
                     for line in (0xA1234, 0xB1234, 0xC1234)))  # fmt: skip
    out = flat(secgate("explain", "000000000000000000000000000a1234")[1])
    assert "2 fewer matches of few: of 3, 1 may stay" in out


def test_explain_is_for_programs_too(secgate):
    told = json.loads(secgate("explain", CODE, "--format", "json")[1])
    assert told["verdict"]["action"] == "block"
    assert [step["rule"] for step in told["trace"]] == ["few", "for-ever", "look", "severe"]
    assert told["wouldPassIf"][0]["rules"] == ["severe"]


@pytest.mark.parametrize(
    ("name", "said"),
    [("1f2", "too short"), ("ffff", "no finding has a fingerprint"), ("1f2e3d4c5b6b", "no finding has a fingerprint")],
)
def test_what_is_no_fingerprint_is_said(secgate, name, said):
    code, _, err = secgate("explain", name)
    assert (code, said in err) == (2, True)


@pytest.mark.parametrize("words", [("explain", CODE), ("waive", CODE), ("replay",), ("report",)])
def test_where_there_is_no_decision_yet_how_to_get_one_is_said(secgate, words):
    code, _, told = secgate(*words, "absent.json")
    assert code == 2
    assert "absent.json: cannot be read" in told
    assert "secgate scan . --json" in told


def test_what_two_fingerprints_begin_with_is_neither(secgate):
    secgate.decide(*(finding(location=location(line=line), fingerprint=f"abcd{line:028x}") for line in (1, 2)))
    code, _, err = secgate("explain", "abcd")
    assert (code, "2 fingerprints begin with `abcd`" in err) == (2, True)


def test_without_its_policy_what_the_decision_says_is_shown(secgate):
    Path(".secgate/policy.yaml").write_text(POLICY.replace("90", "91"))
    code, out, _ = secgate("explain", CODE)
    assert (code, "rule severe blocks" in flat(out)) == (0, True)
    code, _, err = secgate("explain", CODE, "--policy", ".secgate/policy.yaml")
    assert (code, "is not here as it was" in flat(err)) == (4, True)


def test_a_waiver_is_written_counts_and_is_added_to_what_is_there(secgate):
    code, out, err = secgate("waive", CODE, *GOOD)
    assert (code, "waiver W-2026-0001 lifts severe until 2027-02-28" in out) == (0, True)
    assert "have it reviewed" in err
    (one,) = yaml.safe_load(FILE.read_text())["waivers"]
    assert (one["match"]["fingerprint"][:12], one["rules"]) == (CODE, ["severe"])
    assert secgate("policy", "lint", "--now", TODAY)[0] == 0
    FILE.write_text(FILE.read_text() + "# kept\n")
    before = FILE.read_text()
    secgate.decide(finding(), finding(fingerprint="5" * 32, location=location("other.py")))
    assert secgate("waive", "5555", *GOOD, "--id", "W-9")[0] == 0
    assert FILE.read_text().startswith(before.rstrip())
    assert [one["id"] for one in yaml.safe_load(FILE.read_text())["waivers"]] == ["W-2026-0001", "W-9"]
    secgate.decide(finding(), finding(fingerprint="5" * 32, location=location("other.py")))
    assert document.load(Path("decision.json").read_bytes()).outcome.value == "pass"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("--reason", "short"), "10 are wanted"),
        (("--ticket", "X-1"), "does not match"),
        (("--expires", "2027-03-01"), "it runs for 91 days, 90 are allowed"),
        (("--expires", "2026-11-29"), "before it was made"),
        (("--expires", "soon"), "soon"),
        (("--owner", "@jane"), "@jane asked for it or owns it"),
        (("--approved-by", "@jane=@acme/others"), "is not among @acme/appsec"),
        (("--rule", "sever"), "Did you mean `severe`?"),
        (("--rule", "for-ever"), "cannot be waived"),
        (("--rule", "look"), "the finding would still block, by severe"),
        (("--rule", "severe", "--rule", "few"), "it would not lift few"),
        (("--file", "waivers.yaml"), "does not read waivers from there"),
        (("--environment", "prod"), "there is no environment `prod`"),
        (("--id", "not an id"), "not an id"),
    ],
)
def test_what_the_policy_would_not_accept_is_not_written(secgate, changed, said):
    words = list(GOOD)
    if changed[0] in words:
        at = words.index(changed[0])
        words[at : at + 2] = changed
    else:
        words += changed
    code, _, err = secgate("waive", CODE, *words)
    assert code == 2
    assert said in flat(err)
    assert not FILE.exists()


def test_what_cannot_be_waived_is_refused_before_anybody_is_asked(secgate):
    code, _, err = secgate("waive", PACKAGE)
    assert (code, "for-ever cannot be waived" in err) == (2, True)


def test_the_same_id_twice_is_refused(secgate):
    assert secgate("waive", CODE, *GOOD)[0] == 0
    before = FILE.read_text()
    code, _, err = secgate("waive", CODE, *GOOD, "--id", "W-2026-0001")
    assert (code, FILE.read_text()) == (2, before)
    assert "does not block" in err or "twice" in err


@pytest.mark.parametrize("text", ["waivers: []\n", "waivers: [{}]\n", "a: 1\n", "[]\n", "waivers:\n  - id: [\n"])
def test_a_file_that_does_not_end_with_a_list_is_left_alone(secgate, text):
    FILE.parent.mkdir()
    FILE.write_text(text)
    assert secgate("waive", CODE, *GOOD)[0] == 2
    assert FILE.read_text() == text


def test_a_link_is_not_written_through(secgate, tmp_path):
    FILE.parent.mkdir()
    FILE.symlink_to(tmp_path / "elsewhere.yaml")
    assert secgate("waive", CODE, *GOOD)[0] == 2
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_without_a_policy_that_reads_waivers_none_is_written(secgate):
    Path(".secgate/policy.yaml").unlink()
    code, _, err = secgate("waive", CODE, *GOOD)
    assert (code, "built-in packs read no waivers" in err) == (2, True)


def test_what_is_missing_is_named_or_asked_for(secgate, monkeypatch):
    code, _, err = secgate("waive", CODE, "--owner", "@acme/payments")
    assert (code, "Give --reason, --ticket, --expires, --approved-by." in err) == (2, True)
    answers = iter(["Only our own words.", "SEC-1", "", "@jane"])
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    asked = []

    def prompt(text, default=None, **_):
        asked.append(text)
        return next(answers) or default

    monkeypatch.setattr(waive.click, "prompt", prompt)
    assert secgate("waive", CODE, "--owner", "@acme/payments")[0] == 0
    assert len(asked) == 4
    assert yaml.safe_load(FILE.read_text())["waivers"][0]["expires"] == "2027-02-28"


def test_a_decision_is_what_its_inputs_give(secgate):
    code, out, _ = secgate("replay")
    assert (code, out) == (0, "the same: blocked, exit code 1, 2 findings block\n")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"now":"2026-11-30"', '"now":"2026-12-30"', ""),
        (r'"severity":"high","severityLabel"', '"severity":"info","severityLabel"', "derived is"),
        (r'"rules":\["look","severe"\]', '"rules":["look"]', "on another ground"),
        (r'"digest":"sha256:[0-9a-f]{64}"', f'"digest":"sha256:{"0" * 64}"', "is not here as it was"),
    ],
)
def test_a_decision_that_was_changed_is_found(secgate, old, new, said):
    path = Path("decision.json")
    text, count = re.subn(old, new, path.read_text(), count=1)
    assert count == 1
    path.write_text(text)
    code, _, err = secgate("replay")
    assert code == (4 if said else 0)
    assert said in flat(err)


def test_what_became_of_waivers_and_requirements_is_held_against_the_inputs_too(secgate):
    assert secgate("waive", CODE, *GOOD)[0] == 0
    secgate.decide(finding(), vulnerability())
    for old, new, said in (
        ('"lifted":1', '"lifted":2', "the waivers"),
        ('"reason":"Only our', '"reason":"Our', "waivers"),
    ):
        text = Path("decision.json").read_text()
        Path("changed.json").write_text(text.replace(old, new))
        code, _, err = secgate("replay", "changed.json")
        assert (code, said in err) == (4, True)


def test_what_would_be_decided_at_another_time_is_shown(secgate):
    secgate.decide(finding())
    assert secgate("waive", CODE, *GOOD)[0] == 0
    secgate.decide(finding())
    assert secgate("replay")[0] == 0
    code, out, _ = secgate("replay", "--now", "2027-03-01")
    assert (code, "BLOCKED" in out) == (1, True)
    assert secgate("replay", "--now", "never")[0] == 2


def test_the_policy_of_the_commit_that_decided_is_found(secgate, tmp_path):
    root = repository(tmp_path)
    commit(root)
    loaded = json.loads(Path("decision.json").read_text())
    loaded["policy"]["commit"] = git(root, "rev-parse", "HEAD")
    Path("decision.json").write_text(json.dumps(loaded))
    Path(".secgate/policy.yaml").write_text(POLICY.replace("90", "91"))
    assert secgate("replay")[0] == 0


def test_a_policy_that_the_protected_branch_does_not_have_did_not_decide(secgate, tmp_path):
    root = repository(tmp_path)
    Path(".secgate/policy.yaml").write_text(POLICY.replace("90", "91"))
    commit(root)
    loaded = json.loads(Path("decision.json").read_text())
    loaded["policy"] |= {"commit": git(root, "rev-parse", "HEAD"), "protected": True}
    Path("decision.json").write_text(json.dumps(loaded))
    Path(".secgate/policy.yaml").write_text(POLICY)
    code, _, err = secgate("replay")
    assert (code, "is not here as it was" in flat(err)) == (4, True)
