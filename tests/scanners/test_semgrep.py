"""Semgrep's report in the shapes that the samples do not show, and the rule pack: what it promises about itself."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from secgate import catalog
from secgate.model import Confidence, EvidenceState, Report, ReportError, Run, Severity, Status, Task
from secgate.scan.normalise import normalise
from secgate.scan.places import Places
from secgate.scan.run import Bench
from secgate.scan.run import run as run_all

CORPUS = Path(os.environ.get("SECGATE_CORPUS", catalog.root().parent / "shared" / "corpus")) / "defectdojo" / "semgrep"
RULES = catalog.folder("semgrep") / "rules"
FILES = sorted(path for path in RULES.rglob("*.yaml") if path.name != "pack.yaml")
PACK = yaml.safe_load((RULES / "pack.yaml").read_text(encoding="utf-8"))
COMMAND = catalog.scanner("semgrep").commands["code"]
adapter = catalog.adapter("semgrep")


def read(raw: bytes) -> Report:
    result: Report = adapter.report(raw)
    return result


def report(**parts: Any) -> Report:
    return read(json.dumps({"results": [], "errors": [], **parts}).encode())


def result(line: int = 3, end: int = 3, **extra: Any) -> dict[str, Any]:
    return {
        "check_id": "a.b.some-rule",
        "path": "/tree/a.py",
        "start": {"line": line, "col": 5},
        "end": {"line": end, "col": 9},
        "extra": {"message": "Words.", "severity": "ERROR", "metadata": {}, **extra},
    }


def one(**extra: Any) -> Any:
    (finding,) = report(results=[result(**extra)]).findings
    return finding


# The report.


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("CRITICAL", Severity.CRITICAL),
        ("HIGH", Severity.HIGH),
        ("ERROR", Severity.HIGH),
        ("MEDIUM", Severity.MEDIUM),
        ("WARNING", Severity.MEDIUM),
        ("LOW", Severity.LOW),
        ("INFO", Severity.LOW),
        ("warning", Severity.MEDIUM),
        ("INVENTORY", Severity.UNKNOWN),
        ("", Severity.UNKNOWN),
    ],
)
def test_every_word_for_severity_has_a_rank_and_an_unknown_one_is_never_low(word: str, severity: Severity) -> None:
    finding = one(severity=word)
    assert (finding.severity, finding.severity_label) == (severity, word)


def test_our_own_rating_wins_and_nonsense_in_its_place_does_not() -> None:
    assert one(severity="INFO", metadata={"secgate-severity": "critical"}).severity is Severity.CRITICAL
    assert one(severity="ERROR", metadata={"secgate-severity": "harmless"}).severity is Severity.HIGH


@pytest.mark.parametrize(
    ("cwe", "expected"),
    [
        (["CWE-89: SQL", "CWE-78"], ("CWE-78", "CWE-89")),
        ("CWE-696: Order", ("CWE-696",)),
        (None, ()),
        ([], ()),
        ([None, "none"], ()),
        ({"id": 79}, ()),
    ],
)
def test_weaknesses_come_as_a_list_a_string_or_not_at_all(cwe: object, expected: tuple[str, ...]) -> None:
    assert one(metadata={"cwe": cwe}).rule.cwe == expected


def test_what_a_rule_says_about_itself_arrives() -> None:
    finding = one(
        metadata={
            "title": "A title",
            "confidence": "LOW",
            "fix": "Do this.",
            "references": ["http://plain.example", "https://example.org/page"],
            "owasp": ["A03:2021 - Injection", "A1: Injection"],
        }
    )
    assert finding.confidence is Confidence.LOW
    assert (finding.rule.title, finding.rule.help, finding.fix) == ("A title", "Do this.", "Do this.")
    assert finding.rule.help_uri == "https://example.org/page"
    assert finding.rule.tags == ("owasp-a03-2021", "owasp-a1")
    assert (finding.rule.id, finding.rule.name, finding.rule.varies) == ("a.b.some-rule", "some-rule", False)


def test_the_same_result_counts_once_and_another_end_is_another_result() -> None:
    found = report(results=[result(), result(), result(end=4)]).findings
    assert [(finding.location.line, finding.location.end_line) for finding in found] == [(3, 3), (3, 4)]


@pytest.mark.parametrize("lines", ["requires login", "", "größe = 1 + eval(x)", "x"])
def test_columns_are_unknown_where_bytes_may_not_be_characters(lines: str) -> None:
    location = one(lines=lines).location
    assert (location.column, location.end_column) == (0, 0)


def test_columns_are_known_where_the_quoted_line_is_ascii() -> None:
    location = one(lines="x = eval(y)").location
    assert (location.column, location.end_column) == (5, 9)


def test_a_place_without_a_line_is_the_file() -> None:
    (finding,) = report(results=[result(line=0, end=0)]).findings
    assert (finding.location.line, finding.location.known) == (1, False)


@pytest.mark.parametrize(
    "error",
    [
        {"type": "Timeout", "rule_id": "r", "message": "Timeout when running r on /tree/a.py:\n "},
        {"type": ["PartialParsing", [{"path": "/tree/a.py"}]], "message": "Syntax error at line /tree/a.py:2"},
        {"type": "Syntax error", "message": "Syntax error at line /tree/a.py:2"},
        {"type": ["FixpointTimeout", []], "message": ""},
        {"type": [], "message": ""},
        {},
    ],
)
def test_a_file_that_an_error_names_is_not_covered(error: dict[str, Any]) -> None:
    found = report(errors=[{**error, "path": "/tree/a.py"}], paths={"scanned": ["/tree/a.py", "/tree/b.py"]})
    assert found.covered == ("/tree/b.py",)
    (said,) = found.errors
    assert said.path == "/tree/a.py"
    assert said.message


def test_an_error_of_the_whole_run_and_a_skipped_file_are_errors() -> None:
    found = report(
        errors=[{"type": "Rule parse error", "rule_id": "b", "message": "Rule parse error in rule b:\n Invalid"}],
        paths={"scanned": [], "skipped": [{"path": "/tree/huge.js", "reason": "exceeded_size_limit"}]},
    )
    assert [(error.path, error.message) for error in found.errors] == [
        ("", "Rule parse error: rule b: Rule parse error in rule b: Invalid"),
        ("/tree/huge.js", "not scanned: exceeded_size_limit"),
    ]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"results": []}',
        b'{"errors": []}',
        b'{"results": [{}], "errors": []}',
        b'{"results": [], "errors": []}{"results": [], "errors": []}',
        b'{"version": "2.1.0", "runs": []}',
        b'{"vulns": [], "hasMore": false, "cursor": ""}',
        b'{"results": [], "errors": [',
    ],
)
def test_what_is_not_its_report_is_refused(raw: bytes) -> None:
    with pytest.raises(ReportError):
        read(raw)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="SECGATE_CORPUS is not here")
def test_reports_of_other_people_lose_nothing() -> None:
    for path in sorted(CORPUS.glob("*.json")):
        native = json.loads(path.read_bytes())
        found = read(path.read_bytes())
        distinct = {json.dumps([r["check_id"], r["path"], r["start"], r["end"]]) for r in native["results"]}
        assert len(found.findings) == len(distinct), path.name
        assert all(finding.severity is not Severity.UNKNOWN for finding in found.findings)
        assert all(finding.message and finding.rule.title for finding in found.findings)


# What is handed to the tool.


def prepared(work: Path, *files: str) -> tuple[str, list[dict[str, Any]]]:
    label: str = adapter.prepare(files, work)
    return label, json.loads((work / "rules.json").read_bytes())["rules"]


def test_only_rules_for_languages_that_occur_are_handed_over(tmp_path: Path) -> None:
    label, rules = prepared(tmp_path, "src/a.py", "docs/readme.md", "Makefile")
    assert label == f"semgrep (secgate-rules@1: {len(rules)} rules, python)"
    assert len(rules) >= 60
    assert all("python" in rule["languages"] for rule in rules)
    label, more = prepared(tmp_path, "src/a.py", "web/b.tsx", "c.go")
    assert label == f"semgrep (secgate-rules@1: {len(more)} rules, go, python, typescript)"
    assert len(more) > len(rules)


def test_files_without_rules_get_none_and_the_label_says_so(tmp_path: Path) -> None:
    label, rules = prepared(tmp_path, "a.md", "b.mts", "c.vue")
    assert (label, rules) == ("semgrep (secgate-rules@1: 0 rules, no language)", [])


# The rule pack. None of this runs Semgrep.


def annotated(path: Path) -> dict[str, set[str]]:
    """Return which rules the examples beside a rule file name as bad and as good."""
    named: dict[str, set[str]] = {"ruleid": set(), "ok": set()}
    for example in path.parent.glob(f"{path.stem}.*"):
        if example.suffix != ".yaml":
            for kind, ids in re.findall(r"\b(ruleid|ok): ([\w, -]+)", example.read_text(encoding="utf-8")):
                named[kind] |= {word.strip() for word in ids.split(",")}
    return named


RULE_CASES = [
    pytest.param(path, rule, id=rule["id"])
    for path in FILES
    for rule in yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)["rules"]
]


@pytest.mark.parametrize(("path", "rule"), RULE_CASES)
def test_a_rule_says_what_is_wrong_how_bad_it_is_and_what_to_do(path: Path, rule: dict[str, Any]) -> None:
    metadata = rule["metadata"]
    assert rule["id"].startswith(f"{path.parent.name}-")
    assert metadata["category"] == "security"
    assert metadata["secgate-severity"] in {"critical", "high", "medium", "low"}
    assert metadata["confidence"] in {"HIGH", "MEDIUM", "LOW"}
    assert rule["severity"] in {"ERROR", "WARNING", "INFO"}
    assert metadata["cwe"]
    assert all(re.fullmatch(r"CWE-[1-9]\d*", cwe) for cwe in metadata["cwe"])
    assert all(re.fullmatch(r"A\d\d:2021", word) for word in metadata.get("owasp", []))
    assert metadata["references"]
    assert all(page.startswith("https://") for page in metadata["references"])
    assert rule["message"].endswith((".", "!"))
    assert metadata["fix"].endswith(".")
    assert not metadata["title"].endswith(".")
    assert len(metadata["title"]) <= 72
    # A value that was found, which may be a secret, never gets into a report.
    assert "$" not in rule["message"] + metadata["title"]
    assert set(rule["languages"]) <= PACK["languages"].keys()
    # Where a file lies says nothing about it: a staged copy may lie below a folder called tests.
    assert "paths" not in rule


@pytest.mark.parametrize(("path", "rule"), RULE_CASES)
def test_a_rule_has_a_bad_and_a_good_example(path: Path, rule: dict[str, Any]) -> None:
    named = annotated(path)
    assert rule["id"] in named["ruleid"], "there is no bad example"
    assert rule["id"] in named["ok"], "there is no good example"


def test_no_two_rules_have_the_same_name_and_no_example_names_a_missing_one() -> None:
    ids = [case.values[1]["id"] for case in RULE_CASES]
    assert len(ids) == len(set(ids))
    for path in FILES:
        here = {rule["id"] for rule in yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)["rules"]}
        assert set().union(*annotated(path).values()) == here, path


def test_the_manifest_reads_exactly_the_languages_with_rules() -> None:
    declared = {
        entry.kind: tuple(glob.removeprefix("**/*") for glob in entry.paths)
        for entry in COMMAND.reads
        if entry.proof == "listed"
    }
    assert declared == {name: tuple(entry["suffixes"]) for name, entry in PACK["languages"].items()}
    own: dict[str, int] = dict.fromkeys(PACK["languages"], 0)
    for case in RULE_CASES:
        for language in case.values[1]["languages"]:
            own[language] += case.values[0].parent.name != "common"
    assert all(count >= 3 for count in own.values()), own
    assert own["python"] >= 60
    assert own["javascript"] == own["typescript"] >= 35


# What follows runs the real tool with the manifest's own words.

LIVE = {
    "tests/a.py": "eval(command)  # nosemgrep\n",
    "vendor/b.py": "eval(command)\n",
    "node_modules/x/c.js": "eval(command);\n",
    "-dash.py": "eval(command)\n",
    "spa ce.py": "eval(command)\n",
    "wide.py": 'größe = eval("x" + y)\n',
    "broken.py": "def f(:\n  x = = 3\neval(command)\n",
    "huge.js": "var a = 1;\n" * 500_000,
    "empty.py": "",
}


class Silent:
    def started(self, task: Task) -> None: ...
    def finished(self, run: Run) -> None: ...


def tool() -> Path:
    found = os.environ.get("SECGATE_TEST_SEMGREP")
    if not found:
        pytest.skip("semgrep is not installed: secgate tools install semgrep")
    return Path(found)


def ran(place: Path, *names: str) -> Run:
    program = tool()
    for name in names:
        (place / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "tree" / name).write_text(LIVE[name], encoding="utf-8")
    (place / "tree" / ".semgrepignore").write_text("*\n", encoding="utf-8")
    task = Task(catalog.scanner("semgrep"), "code", COMMAND, names)
    bench = Bench(place / "tree", place, {"semgrep": program}, {}, catalog.adapter, catalog.folder)
    (run,) = run_all([task], bench, 1, Silent())
    return run


@pytest.mark.live
def test_files_are_read_wherever_they_lie_and_comments_do_not_excuse_them(tmp_path: Path) -> None:
    names = ("tests/a.py", "vendor/b.py", "node_modules/x/c.js", "-dash.py", "spa ce.py", "wide.py", "empty.py")
    run = ran(tmp_path, *names)
    assert (run.status, run.stderr) == (Status.FINISHED, "")
    assert re.fullmatch(r"semgrep \(secgate-rules@1: \d+ rules, javascript, python\)", run.label)
    found = normalise(run, catalog.adapter("semgrep"), Places(tmp_path / "tree"))
    assert found.evidence.state is EvidenceState.OK, found.evidence
    assert sorted(finding.location.path for finding in found.findings) == sorted(set(names) - {"empty.py"})


@pytest.mark.live
@pytest.mark.parametrize("name", ["broken.py", pytest.param("huge.js", marks=pytest.mark.slow)])
def test_a_file_that_it_did_not_read_in_full_makes_the_evidence_partial(tmp_path: Path, name: str) -> None:
    run = ran(tmp_path, name, "spa ce.py")
    evidence = normalise(run, catalog.adapter("semgrep"), Places(tmp_path / "tree")).evidence
    assert (evidence.state, evidence.unread) == (EvidenceState.PARTIAL, (name,))


@pytest.mark.live
def test_every_example_is_judged_as_it_says(tmp_path: Path) -> None:
    program = tool()
    shutil.copytree(RULES, tmp_path / "rules")
    words = [program, "scan", "--test", "--metrics=off", "--disable-version-check", "--config", "rules", "rules"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **COMMAND.environment}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert f"{len(RULE_CASES)}/{len(RULE_CASES)}: ✓ All tests passed" in said


def test_the_rules_are_the_same_bytes_whatever_the_order_of_the_files(tmp_path: Path) -> None:
    written = []
    for files in (["a.py", "b.js"], ["b.js", "a.py", "c.py"]):
        adapter.prepare(files, tmp_path)
        written.append((tmp_path / "rules.json").read_bytes())
    assert written[0] == written[1]


THEIRS = b"""\
rules:
  - id: theirs.print
    languages: [python]
    severity: WARNING
    message: It prints.
    pattern: print(...)
"""


def test_rules_that_a_policy_names_are_added_and_named(tmp_path: Path) -> None:
    label = adapter.prepare(["a.py"], tmp_path)
    own = len(json.loads((tmp_path / "rules.json").read_bytes())["rules"])
    told = adapter.with_rules({"p/print@sha256:0123": THEIRS}, label, tmp_path)
    rules = json.loads((tmp_path / "rules.json").read_bytes())["rules"]
    assert [rule["id"] for rule in rules[own:]] == ["theirs.print"]
    assert told == f"{label.removesuffix(')')}; p/print@sha256:0123: 1 rules)"


@pytest.mark.parametrize("data", [b"", b"null", b"[]", b"rules: []", b"rules: {}", b"a: 1", b"\t", b"<html>"])
def test_what_is_no_configuration_is_refused(tmp_path: Path, data: bytes) -> None:
    label = adapter.prepare(["a.py"], tmp_path)
    with pytest.raises(ReportError):
        adapter.with_rules({"p/x": data}, label, tmp_path)


def test_every_language_with_rules_has_a_canary_of_its_own() -> None:
    assert sorted(canary.kind for canary in COMMAND.canaries) == sorted(PACK["languages"])
    for canary in COMMAND.canaries:
        assert adapter.languages([canary.named]) == {canary.kind}
