"""From a real tree through the real scanners to a verdict."""

import hashlib
import shutil

import pytest
from live.conftest import EXAMPLES
from support import image

from secgate import catalog
from secgate.model import Category, EvidenceState, Outcome, RuleSet
from secgate.provision import rules
from secgate.report import document, sarif_file
from secgate.sarif import read
from secgate.sarif.limits import problems

pytestmark = pytest.mark.live

BROKEN = {
    "removed": None,
    "exit code 3": "#!/bin/sh\nexit 3\n",
    "garbage": "#!/bin/sh\nhead -c 4096 /dev/urandom\n",
    "hangs": "#!/bin/sh\nsleep 600\n",
}


def test_a_clean_tree_is_a_pass(judged):
    decision = judged(EXAMPLES / "clean")
    assert decision.verdicts == ()
    # It lies inside another repository: a verdict on a folder is none on the whole.
    assert [one.id for one in decision.incomplete] in ([], ["whole-repository"])
    assert {one.state for one in decision.evidence} <= {EvidenceState.OK, EvidenceState.NOT_APPLICABLE}


@pytest.mark.slow
@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("name", sorted(catalog.scanners()))
def test_unplugging_a_scanner_is_never_a_pass(judged, tmp_path, name, how):
    tool = None
    if BROKEN[how] is not None:
        tool = tmp_path / name
        tool.write_text(BROKEN[how])
        tool.chmod(0o755)
        tmp_path.chmod(0o755)
    copy = tmp_path / "clean"
    shutil.copytree(EXAMPLES / "clean", copy)
    decision = judged(copy, {name: tool}, timeout_s=60 if how != "hangs" else 20)
    assert (decision.outcome, decision.exit) == (Outcome.INCOMPLETE, 3)
    states = {one.state for one in decision.evidence if one.scanner == name}
    assert not states & {EvidenceState.OK}


def test_the_shop_is_blocked_and_two_runs_give_the_same_bytes(judged, tmp_path):
    copy = tmp_path / "shop"
    shutil.copytree(EXAMPLES / "shop", copy)
    first, second = judged(copy, cores=1), judged(copy, cores=4)
    assert (first.outcome, first.exit, first.incomplete) == (Outcome.BLOCKED, 1, ())
    assert document.render(first) == document.render(second)
    written = sarif_file.render(first, catalog.scanners())
    assert written == sarif_file.render(second, catalog.scanners())
    assert problems(written) == []
    again = read(written, trusted=True)
    assert {one for run in again for one in run.findings} == {verdict.finding for verdict in first.verdicts}
    categories = {verdict.finding.category for verdict in first.verdicts}
    assert categories >= {Category.SAST, Category.SCA, Category.IAC, Category.SECRET}


def test_a_planted_password_is_written_nowhere(judged, tmp_path):
    root = tmp_path / "tree"
    root.mkdir()
    secret = "AKIA" + "Q3EGRT5Y7UXJ2MNB"
    (root / "a.py").write_text(f'aws_key = "{secret}"\npassword = "tr0ub4dor-and-3"\n')
    decision = judged(root)
    assert any(verdict.finding.category is Category.SECRET for verdict in decision.verdicts)
    written = document.render(decision) + sarif_file.render(decision, catalog.scanners())
    assert secret.encode() not in written
    assert b"tr0ub4dor-and-3" not in written


def test_an_image_is_judged_by_itself(judged, tmp_path):
    archive = tmp_path / "app.tar"
    image.write_image(archive, [image.system("alpine", "3.10.2", {"musl": "1.1.22-r2"})])
    decision = judged(None, images=(str(archive),))
    evidence = [one for one in decision.evidence if one.category is Category.CONTAINER]
    assert [one.expected for one in evidence] == [1]
    assert decision.exit in {1, 3}


def test_rules_that_a_policy_names_are_used_and_missing_ones_are_no_pass(judged, tmp_path):
    root, data = (
        tmp_path / "tree",
        b"rules: [{id: theirs, languages: [python], severity: INFO, message: m, pattern: f()}]",
    )
    root.mkdir()
    (root / "a.py").write_text("f()\n")
    one = RuleSet("semgrep", "p/theirs", "https://example.org/x", hashlib.sha256(data).hexdigest())
    policy = tmp_path / "policy.yaml"
    pack = (catalog.root() / "policies/packs/recommended/1.yaml").read_text()
    pin = f'{{scanner: semgrep, name: p/theirs, url: "{one.url}", sha256: "{one.sha256}"}}'
    policy.write_text(f"{pack}  ruleSets: [{pin}]\n")
    assert judged(root, policy=str(policy)).exit == 3
    rules.location(one).parent.mkdir(parents=True)
    rules.location(one).write_bytes(data)
    decision = judged(root, policy=str(policy))
    assert [verdict.finding.rule.id for verdict in decision.verdicts] == ["theirs"]
    assert decision.exit == 0
    assert any("p/theirs@sha256:" in evidence.label for evidence in decision.evidence)
