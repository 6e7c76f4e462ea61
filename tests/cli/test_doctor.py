"""What `secgate doctor` prints, and that it is content only where every scanner is there and finds its canaries."""

import json

import pytest
from support import repositories
from support.hub import Hub

from secgate import catalog
from secgate.cli import doctor as module
from secgate.cli import init_files, main
from secgate.github import client
from secgate.model import Category, Evidence, EvidenceState
from secgate.provision import place

OK = Evidence("one", Category.SAST, EvidenceState.OK, "code")
MISSED = Evidence("two", Category.SAST, EvidenceState.FAILED, "code", reason="missed\x1b[2Jit", remedy="type this")
ABSENT = Evidence("six", Category.SCA, EvidenceState.MISSING, "locks", reason="is not installed", remedy="type that")


@pytest.fixture
def doctor(monkeypatch, capsys):
    """Run the command; `found` stands for what the scanners came to, None for the real story."""

    def run(found, *words):
        if found is not None:
            monkeypatch.setattr(module, "examine", lambda jobs, watcher: found)
        monkeypatch.setattr("sys.argv", ["secgate", "doctor", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, capsys.readouterr().out

    return run


@pytest.mark.parametrize(
    ("found", "code"), [((OK,), 0), ((OK, MISSED), 3), ((OK, ABSENT), 3), ((MISSED, ABSENT), 3), ((), 3)]
)
def test_only_where_all_of_them_find_theirs_it_is_content(doctor, found, code):
    for words in ((), ("--format", "json")):
        assert doctor(found, *words)[0] == code


def test_the_table_says_what_is_wrong_and_what_to_type(doctor):
    _, told = doctor((OK, MISSED, ABSENT))
    rows = [line.split() for line in told.splitlines()]
    assert rows[0] == ["SCANNER", "COMMAND", "STATE", "WHY"]
    assert [row[:3] for row in rows[1:4]] == [
        ["one", "code", "ok"], ["two", "code", "failed"], ["six", "locks", "missing"],
    ]  # fmt: skip
    assert told.splitlines()[-2:] == ["→ type this", "→ type that"]
    assert "\x1b" not in told


def test_json_is_one_document(doctor):
    _, told = doctor((OK, ABSENT), "--format", "json")
    assert [
        (one["scanner"], one["command"], one["category"], one["state"]) for one in json.loads(told)["scanners"]
    ] == [
        ("one", "code", "sast", "ok"),
        ("six", "locks", "sca", "missing"),
    ]


def test_with_nothing_installed_every_scanner_is_named(doctor, monkeypatch, tmp_path):
    monkeypatch.setattr(place, "home", lambda: tmp_path / "home")
    code, told = doctor(None, "--format", "json")
    items = json.loads(told)["scanners"]
    assert code == 3
    assert {one["scanner"] for one in items} == set(catalog.scanners())
    assert {one["state"] for one in items} == {"missing"}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return GitHub, and stand in a clone with the workflow that init writes."""
    monkeypatch.setattr(client.connect, "__kwdefaults__", {"budget_s": 0.5, "between_s": (0, 0)})
    root = repositories.repository(tmp_path / "shop", "a.py")
    (root / ".github/workflows").mkdir(parents=True)
    (root / ".github/workflows/secgate.yml").write_text(init_files.workflow("main", f"acme/secgate@{'a' * 40}"))
    (root / "CODEOWNERS").write_text("* @acme/security\n")
    monkeypatch.chdir(root)
    for name in module.TOKENS:
        monkeypatch.delenv(name, raising=False)
    with Hub() as hub:
        monkeypatch.setenv("GITHUB_API_URL", hub.url)
        hub.rules["main"] = [
            {
                "type": "required_status_checks",
                "parameters": {"required_status_checks": [{"context": "The gate"}]},
            },
            {"type": "pull_request", "parameters": {"require_code_owner_review": True}},
        ]
        yield hub


def test_a_gate_that_is_binding_is_well(doctor, project, monkeypatch):
    monkeypatch.setenv("SECGATE_DOCTOR_TOKEN", project.token)
    code, told = doctor((OK,), "--repository", "acme/shop")
    assert code == 0
    names = [line.split("  ")[0] for line in told.splitlines() if line[:1].isalpha()]
    assert names == [
        "SCANNER", "one", "REPOSITORY", "event", "pin", "permissions", "job", "token: pull-requests",
        "token: security-events", "required check", "own workflow",
    ]  # fmt: skip


@pytest.mark.parametrize(("change", "state", "word"), [
    (lambda hub: hub.rules.clear(), "wrong", "advisory"),
    (lambda hub: hub.fail("GET", "rules", 403, times=9), "unknown", "rules"),
    (lambda hub: hub.fail("GET", "pulls", 403, times=9), "unknown", "pull-requests: read"),
    (lambda hub: hub.people.clear(), "unknown", "401"),
])  # fmt: skip
def test_what_is_wrong_or_unknown_is_never_well(doctor, project, monkeypatch, change, state, word):
    monkeypatch.setenv("GITHUB_TOKEN", project.token)
    change(project)
    code, told = doctor((OK,), "--repository", "acme/shop", "--format", "json")
    assert code == 3
    wrong = [one for one in json.loads(told)["repository"] if one["state"] != "ok"]
    assert state in {one["state"] for one in wrong}
    assert any(word in one["why"] + one["remedy"] for one in wrong)
    assert project.token not in told


def test_without_a_token_it_is_unknown_and_without_a_repository_nobody_is_asked(doctor, project):
    assert doctor((OK,), "--repository", "acme/shop")[0] == 3
    assert doctor((OK,))[0] == 0
    assert project.requests == []


@pytest.mark.parametrize("name", ["shop", "a/b/c", "../x", "a/..", "a b/c", ""])
def test_a_repository_is_named_by_owner_and_name(doctor, project, name):
    assert doctor((OK,), "--repository", name)[0] == 2
