"""`secgate policy` as a person types it: what it prints, and the exit codes."""

import hashlib
import json
import sys
from pathlib import Path

import jsonschema
import pytest
from support.facts import ORG, REPO, TESTS, WAIVERS, printed
from support.policies import FULL, PLACE, changed
from support.policies import WAIVERS as GOOD_WAIVERS
from support.repositories import commit, git, repository

from secgate.catalog import document
from secgate.cli import main
from secgate.policy import canonical, shape

POLICY = ".secgate/policy.yaml"


@pytest.fixture
def secgate(tmp_path, monkeypatch, capsys):
    """Run a command in an empty folder and return its exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SECGATE_HOME", str(tmp_path / "home"))

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["secgate", "policy", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        return (ended.value.code, *capsys.readouterr())

    return run


def put(name, content):
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def test_lint_says_that_a_policy_is_valid_and_what_is_worth_a_look(secgate):
    put(POLICY, FULL)
    put(PLACE, GOOD_WAIVERS)
    code, out, err = secgate("lint", "--now", "2026-09-15")
    assert (code, err) == (0, "")
    assert out.startswith(f"{POLICY}: valid, ")
    for line in ("`alpha` is no scanner of secgate", "rule `exploitable` has no title",
                 "rule `many` blocks and has no help", "the glob `services/api/**` meets no file"):  # fmt: skip
        assert line in out
    code, out, _ = secgate("lint", "--now", "2026-11-11", "--format", "json", "--strict")
    assert code == 2
    assert f"{PLACE}:4: waiver `W-1` expired on 2026-11-10" in [
        f"{one['at']}: {one['message']}" for one in json.loads(out)
    ]


def test_lint_names_the_place_of_a_mistake(secgate):
    put(POLICY, changed(FULL, "scope: introduced", "scope: introducd"))
    code, out, err = secgate("lint")
    assert (code, out) == (2, "")
    assert f"{POLICY}:27:7: spec.rules[0].scope cannot be `introducd`" in err
    assert "Did you mean `introduced`?" in err
    code, _, err = secgate("lint", "absent.yaml")
    assert code == 2
    assert "cannot be read" in err


def test_more_waivers_than_the_budget(secgate):
    put(POLICY, changed(FULL, "active: 2", "active: 0"))
    put(PLACE, GOOD_WAIVERS)
    code, _, err = secgate("lint", "--now", "2026-09-15")
    assert code == 2
    assert "waiver `W-1`: 1 waivers are active, and the policy allows 0" in err
    assert secgate("lint", "--now", "2026-12-15")[0] == 0


CASES = """\
apiVersion: secgate.dev/v1
kind: PolicyTest
defaults: {now: "2026-09-15", context: {event: pull_request}}
cases:
  - name: a high finding of the change blocks
    finding: {category: sast, severity: high}
    expect: {decision: DECISION, rules: [severe]}
"""


def test_a_case_that_fails_ends_with_2_and_says_what_came_out(secgate):
    put(POLICY, FULL)
    put(".secgate/tests/a.yaml", CASES.replace("DECISION", "block"))
    assert secgate("test")[:2] == (0, "✓ a high finding of the change blocks\n1 case passed\n")
    put("more/b.yaml", CASES.replace("DECISION", "pass"))
    code, out, _ = secgate("test", "more", "--policy", POLICY)
    assert code == 2
    assert "✗ a high finding of the change blocks\n    more/b.yaml:5\n    decision: block, not pass\n" in out
    code, out, _ = secgate("test", "more/b.yaml", "--format", "json")
    assert (code, json.loads(out)[0]["wrong"]) == (2, ["decision: block, not pass"])


def test_no_case_at_all_is_an_error(secgate):
    put(POLICY, FULL)
    assert secgate("test")[0] == 2
    Path("empty").mkdir()
    assert secgate("test", "empty")[0] == 2


@pytest.mark.parametrize("pack", ["recommended@1", "strict@1", "audit@1"])
def test_each_pack_is_valid_without_a_warning_and_passes_its_cases(secgate, pack):
    assert secgate("lint", pack, "--strict")[:2] == (0, f"{pack}: valid, 0 warnings\n")
    assert secgate("test", "--policy", pack)[0] == 0


def test_show_says_every_rule_and_where_it_comes_from(secgate):
    put(POLICY, FULL)
    code, out, _ = secgate("show")
    assert code == 0
    for line in ("  dev · audit: never changes the exit code\n", "  severe · default: warn, pr: block · introduced\n",
                 "  sacred · block · all · locked · not waivable\n", "  many · block · all · max 3 · from 2026-10-01\n",
                 f"    mine@1.0.0, {POLICY}:25\n"):  # fmt: skip
        assert line in out
    shown = json.loads(secgate("show", "--format", "json")[1])
    assert [rule["id"] for rule in shown["rules"]] == ["exploitable", "many", "sacred", "severe"]


@pytest.mark.parametrize("kind", shape.KINDS)
def test_the_schemas_are_schemas(secgate, kind):
    code, out, _ = secgate("schema", kind)
    assert code == 0
    made = json.loads(out)
    jsonschema.Draft202012Validator.check_schema(made)
    assert made["$id"] == f"https://secgate.dev/schema/{kind}/v1.json"


def test_fmt_orders_keys_and_keeps_comments_and_meaning(secgate):
    lines = ["\ufeffkind: Policy", "# about it", "metadata:", "  version: '1.0.0'   ", "  name: a", "", "", "", "spec:",
             "  # the rules", "  rules:", "  - {id: a, match: {tool: a}, action: warn}", "  requires: {secgate: '>=0'}",
             "apiVersion: secgate.dev/v1", ""]  # fmt: skip
    put("p.yaml", "\r\n".join(lines))
    code, _, err = secgate("fmt", "--check", "p.yaml")
    assert (code, err) == (2, "p.yaml: would change\n")
    assert secgate("fmt", "p.yaml")[0] == 0
    assert Path("p.yaml").read_text() == (
        "apiVersion: secgate.dev/v1\nkind: Policy\n# about it\nmetadata:\n  name: a\n  version: '1.0.0'\n\nspec:\n"
        "  requires: {secgate: '>=0'}\n  # the rules\n  rules:\n  - {id: a, match: {tool: a}, action: warn}\n"
    )
    assert secgate("fmt", "--check", "p.yaml")[0] == 0


def test_fmt_leaves_at_the_top_what_a_file_begins_with():
    text = b"# yaml-language-server: $schema=x\nkind: Policy\n# said\napiVersion: secgate.dev/v1\n"
    assert canonical.formatted(text, "f").splitlines() == [
        b"# yaml-language-server: $schema=x", b"# said", b"apiVersion: secgate.dev/v1", b"kind: Policy",
    ]  # fmt: skip


@pytest.mark.parametrize("text", [FULL, GOOD_WAIVERS, CASES])
def test_fmt_changes_nothing_twice_and_never_what_is_said(text):
    once = canonical.formatted(text.encode(), "f")
    assert canonical.formatted(once, "f") == once
    assert document.parse(once, "f").value == document.parse(text.encode(), "f").value


def test_a_parent_is_found_in_a_mirror_and_kept(secgate, tmp_path):
    org = "apiVersion: secgate.dev/v1\nkind: Policy\nmetadata: {name: org, version: '1.0.0'}\n" \
          "spec: {rules: [{id: a, match: {tool: a}, action: warn}]}\n"  # fmt: skip
    put("mirror/team/org.yaml", org)
    digest = hashlib.sha256(org.encode()).hexdigest()
    put(
        POLICY,
        "apiVersion: secgate.dev/v1\nkind: Policy\nmetadata: {name: p, version: '1.0.0'}\nspec:\n"
        f"  extends: [{{source: 'git+https://h.example/team', path: org.yaml, commit: {'a' * 40},\n"
        f"    digest: sha256:{digest}}}]\n",
    )
    code, _, err = secgate("lint", "--offline")
    assert code == 4
    assert "neither in a mirror nor in the cache" in err
    assert secgate("lint", "--offline", "--mirror", "https://h.example=mirror")[0] == 0
    assert secgate("lint", "--offline")[0] == 0
    put("mirror/team/org.yaml", org + "# other\n")
    code, _, err = secgate("lint", "--mirror", "https://h.example/team=mirror/team")
    assert code == 4
    assert "has the digest" in err
    assert secgate("lint", "--mirror", "nonsense")[0] == 2
    next((tmp_path / "home" / "policies").iterdir()).write_text("forged")
    assert secgate("lint", "--offline")[0] == 4


@pytest.mark.skipif(not printed(), reason="the facts are not here")
def test_the_printed_files_run_as_they_stand(secgate):
    for name, what in (("m/org/policy.yaml", ORG), (POLICY, REPO), (".secgate/waivers/2026.yaml", WAIVERS),
                       (".secgate/tests/a.yaml", TESTS)):  # fmt: skip
        put(name, printed()[what])
    code, out, _ = secgate("test", ".secgate/tests", "--mirror", "https://github.com/acme/security-policies=m")
    assert (code, out.splitlines()[-1]) == (0, "17 cases passed")
    assert secgate("lint", "--offline")[0] == 0
    for name in ("m/org/policy.yaml", POLICY, ".secgate/waivers/2026.yaml", ".secgate/tests/a.yaml"):
        assert secgate("fmt", "--check", name)[0] == 0


UNPINNED = """\
# who answers for it: appsec
apiVersion: secgate.dev/v1
kind: Policy
metadata: {name: child, version: "1.0.0"}
spec:
  extends:
    - source: git+https://h.example/team   # the org's
      path: org.yaml
      ref: v1    # for people
    - {file: near.yaml}  # ours
    - {pack: recommended@1}
  rules:
    - {id: mine, match: {tool: a}, action: warn}
"""


def parent(name, rule):
    return f"""\
apiVersion: secgate.dev/v1
kind: Policy
metadata: {{name: {name}, version: "1.0.0"}}
spec: {{rules: [{{id: {rule}, match: {{tool: b}}, action: warn}}]}}
"""


@pytest.fixture
def team(tmp_path):
    """A repository with a policy that has a tag."""
    root = repository(tmp_path / "team")
    (root / "org.yaml").write_text(parent("org", "theirs"))
    commit(root)
    git(root, "tag", "-a", "v1", "-m", "x")
    return root


def digest_of(text):
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def test_a_lock_pins_what_a_policy_extends_and_keeps_everything_else(secgate, team):
    put(POLICY, UNPINNED)
    put(".secgate/near.yaml", near := parent("near", "nearby"))
    mirror = ("--mirror", f"https://h.example/team={team}")
    assert secgate("lint", *mirror)[0] == 2
    assert secgate("lock", "--check", *mirror)[0] == 2
    assert Path(POLICY).read_text() == UNPINNED
    code, out, err = secgate("lock", *mirror)
    first = git(team, "rev-parse", "HEAD")
    assert (code, err) == (0, "")
    assert f"https://h.example/team org.yaml v1: pinned\n  {first}\n  {digest_of(parent('org', 'theirs'))}\n" in out
    theirs, ours = digest_of(parent("org", "theirs")), digest_of(near)
    assert Path(POLICY).read_text() == UNPINNED.replace(
        "ref: v1    #", f"ref: v1\n      commit: {first}\n      digest: {theirs}    #"
    ).replace("{file: near.yaml}", f'{{file: near.yaml, digest: "{ours}"}}')
    assert secgate("lint", *mirror)[0] == 0
    assert secgate("lint", "--offline")[0] == 0  # it was kept by its digest
    assert secgate("lock", "--check", *mirror)[0] == 0
    (team / "org.yaml").write_text(parent("org", "other"))
    second = commit(team)
    git(team, "tag", "-f", "v1")
    code, out, _ = secgate("lock", "--format", "json", *mirror)
    assert [(one["commit"], one["changed"]) for one in json.loads(out)] == [(second, True), ("", False)]
    assert first not in Path(POLICY).read_text()
    assert "# for people" in Path(POLICY).read_text()


def test_a_lock_asks_the_source_where_there_is_no_mirror(secgate, team):
    put(
        POLICY,
        UNPINNED.replace("git+https://h.example/team", f"git+file://{team}").replace(
            "    - {file: near.yaml}  # ours\n", ""
        ),
    )
    assert secgate("lock", "--offline")[0] == 4
    assert secgate("lock")[0] == 0
    assert git(team, "rev-parse", "HEAD") in Path(POLICY).read_text()
    git(team, "branch", "v1")
    put(POLICY, UNPINNED.replace("git+https://h.example/team", f"git+file://{team}"))
    code, _, err = secgate("lock")
    assert (code, "`v1` is a branch and a tag" in err) == (4, True)


@pytest.mark.parametrize(
    ("was", "becomes", "code", "said"),
    [
        ("ref: v1", "ref: v9", 4, "no repository with `v9`"),
        ("      ref: v1    # for people\n", "", 2, "neither `ref` nor `commit` says what is meant"),
        ("      path: org.yaml\n", "", 2, "`path` is missing"),
        ("{file: near.yaml}", "{file: far.yaml}", 4, "far.yaml is not in this repository"),
        ("id: mine", "id: theirs", 2, "rule `theirs` is defined by"),
        ("  extends:\n", "  extends: none\n  x:\n", 2, "is no list of parents"),
    ],
)
def test_where_a_policy_would_not_be_valid_nothing_is_written(secgate, team, was, becomes, code, said):
    put(POLICY, text := changed(UNPINNED, was, becomes))
    put(".secgate/near.yaml", parent("near", "nearby"))
    found, _, err = secgate("lock", "--mirror", f"https://h.example/team={team}")
    assert (found, said in err) == (code, True), err
    assert Path(POLICY).read_text() == text


def test_a_page_says_of_every_rule_what_it_matches_and_asks_for(secgate):
    put(POLICY, FULL)
    code, out, err = secgate("docs")
    assert (code, err) == (0, "")
    assert out.startswith("# mine 1.0.0\n\nOwned by `@acme/appsec`.\n")
    for line in (
        "### `severe`",
        "| matches | `severity: >=high` |",
        "| and | `confidence: >=medium` |",
        "| asks for | **block** in `pr`, **warn** elsewhere |",
        "| except | `location.path: {glob: [tests/**]}`: only tests |",
        "| and | `finding.vuln.epss >= params.minEpss` |",
        "| can be waived | yes, for 14 days at most, by 2 approvers |",
        "| can be waived | no |",
        "| who extends this may | neither loosen nor exempt it |",
        "| lets through | 3 of them in each component |",
        "| from | 2026-10-01 on; before that day it warns at most |",
        "| `severity: critical` | 15 |",
        "| `kev` | feed | at most 72h old | missing: the verdict is incomplete (exit code 3) |",
        "| `pr` | event `pull_request` | the verdict's |",
        "| `dev` | otherwise | always 0 |",
        "Comments in the code that stand at the base suppress findings, never of `secret`.",
    ):
        assert line in out, line


def test_the_page_of_each_pack_is_generated_whole(secgate):
    for name in ("recommended@1", "strict@1", "audit@1"):
        page = Path(__file__).parents[2] / "docs" / "packs" / f"{name.replace('@', '-')}.md"
        assert page.read_text().startswith(secgate("docs", name)[1])
