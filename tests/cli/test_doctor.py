"""What `secgate doctor` prints, and that it is content only where every scanner is there and finds its canaries."""

import json

import pytest

from secgate import catalog
from secgate.cli import doctor as module
from secgate.cli import main
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
    assert [(one["scanner"], one["command"], one["category"], one["state"]) for one in json.loads(told)] == [
        ("one", "code", "sast", "ok"),
        ("six", "locks", "sca", "missing"),
    ]


def test_with_nothing_installed_every_scanner_is_named(doctor, monkeypatch, tmp_path):
    monkeypatch.setattr(place, "home", lambda: tmp_path / "home")
    code, told = doctor(None, "--format", "json")
    items = json.loads(told)
    assert code == 3
    assert {one["scanner"] for one in items} == set(catalog.scanners())
    assert {one["state"] for one in items} == {"missing"}
