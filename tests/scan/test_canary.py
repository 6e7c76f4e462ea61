"""A scanner that works finds its canary; nothing of a canary is in what comes out, and one not found is a failure."""

import hashlib
import io
import json
import shutil
import tarfile

import pytest
from msgspec.structs import replace
from support import fakes
from support.fakes import FINDS, GOOD

from secgate.errors import SecgateError
from secgate.model import Canary, EvidenceState, Reads, Run, Status, Task
from secgate.scan.canary import MISSED, plant
from secgate.scan.normalise import normalise
from secgate.scan.places import Places
from secgate.scan.run import run
from secgate.scan.worth import combined

CANARY = Canary("canary/python.txt", "{name}.py", finds="R1")
TELLS = (
    "def tell(paths, rule='R1', errors=(), read=files, more=()):\n"
    "    found = [*((path, rule) for path in paths), *more]\n"
    "    rows = [{'path': path, 'line': 1, 'rule': rule, 'severity': 'high'} for path, rule in found]\n"
    "    json.dump({'findings': rows, 'errors': list(errors), 'read': read}, open(out, 'w'))\n"
)
WALKS = "files = sorted(os.path.join(at, name) for at, _, names in os.walk(files[0]) for name in names)\n" + FINDS


class Quiet:
    def started(self, task): ...

    def finished(self, run): ...


@pytest.fixture
def tree(tmp_path):
    """Give a copy with two files, and a canary beside it."""
    (tmp_path / "tree").mkdir()
    for name in ("a.py", "b.py"):
        (tmp_path / "tree" / name).write_text("x = 1\n")
    (tmp_path / "canary").mkdir()
    (tmp_path / "canary" / "python.txt").write_text("def {name}(): return '{secret}', {other}, {}\n")
    return tmp_path / "tree"


def task(*files, name="check", **changes):
    scanner = fakes.scanner(**{"canaries": (CANARY,), **changes})
    return Task(scanner, name, scanner.commands["check"], files=files)


def planted(tree, *tasks):
    return plant(tasks, tree, tree.parent / "tasks", lambda name: tree.parent)


def scanned(tree, body, *tasks):
    ready = planted(tree, *(tasks or [task("a.py", "b.py")]))
    tool = fakes.program(tree.parent, TELLS + body)
    runs = run(ready, fakes.bench(tree.parent, {"fake": tool}), 1, Quiet())
    shutil.rmtree(tree.parent / "tasks")
    return [normalise(one, fakes.adapter(), Places(tree), str(tree.parent)) for one in runs]


def paths(result):
    return [finding.location.path for finding in result.findings]


def test_a_canary_that_is_found_leaves_no_trace(tree):
    (result,) = scanned(tree, FINDS)
    assert paths(result) == ["a.py", "b.py"]
    evidence = result.evidence
    assert (evidence.state, evidence.reason, evidence.expected, evidence.unread) == (EvidenceState.OK, "", 2, ())
    (plain,) = scanned(tree, FINDS, task("a.py", "b.py", canaries=()))
    assert result == plain


MISSES = {
    "finds nothing": GOOD,
    "finds the rest only": "tell(files[:-1])",
    "finds something else in it": "tell(files, rule='R2')",
    "stops after two findings": "tell(files[:2])",
    "names it without reading": "tell([], errors=[{'path': files[-1], 'message': 'bad'}])",
    "finds a file of the same name elsewhere": "tell([*files[:-1], os.path.basename(files[-1])])",
}


@pytest.mark.parametrize("body", MISSES.values(), ids=MISSES)
def test_a_canary_that_is_not_found_is_failed_evidence(tree, body):
    (result,) = scanned(tree, body)
    evidence = result.evidence
    assert (evidence.state, evidence.reason) == (EvidenceState.FAILED, MISSED)
    assert evidence.remedy == "secgate tools install fake"


def test_with_a_database_the_remedy_is_a_new_one(tree):
    one = planted(tree, task("a.py", database="data"))[0]
    output = fakes.findings_json(read=("a.py",))
    evidence = normalise(Run(one, Status.FINISHED, output=output), fakes.adapter(), Places(tree)).evidence
    assert (evidence.reason, evidence.remedy) == (MISSED, "secgate tools update fake")


FOUND = {
    "twice": "tell([*files, files[-1]])",
    "by another rule too": "tell(files, more=[(files[-1], 'R2')])",
    "with a complaint about it": "tell(files, errors=[{'path': files[-1], 'message': 'bad'}])",
    "with a complaint that names it": "tell(files, errors=[{'message': 'cannot parse ' + files[-1]}])",
    "with a line about it on stderr": "sys.stderr.write(f'odd: {files[-1]}\\n')\ntell(files)",
    "unlisted": "tell(files, read=files[:-1])",
}


@pytest.mark.parametrize("body", FOUND.values(), ids=FOUND)
def test_whatever_is_said_about_a_found_canary_is_left_out(tree, body):
    assert scanned(tree, body) == scanned(tree, FINDS)


def test_a_found_canary_makes_nothing_better(tree):
    (result,) = scanned(tree, "tell(files, read=files[1:])")
    assert (result.evidence.state, result.evidence.unread) == (EvidenceState.PARTIAL, ("a.py",))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (FINDS + "sys.exit(3)", "exit code 3"),
        (GOOD + "sys.exit(3)", "exit code 3"),
        ("print('garbage')", "cannot be read"),
        ("pass", "wrote no report"),
    ],
)
def test_a_run_that_failed_anyway_keeps_its_reason(tree, body, reason):
    body = body.replace("sys.exit(1)\n", "")
    (result,) = scanned(tree, body)
    assert result.evidence.state is EvidenceState.FAILED
    assert reason in result.evidence.reason
    assert set(paths(result)) <= {"a.py", "b.py"}


def test_processes_that_walk_the_same_tree_see_no_canary_of_each_other(tree):
    walked = {"target": "tree", "argv": ("{tool}", "/dev/stdout", "{tree}")}
    tasks = [task("a.py", "b.py", name=name, **walked) for name in ("one", "two")]
    bare = [task("a.py", "b.py", name="three", **walked, canaries=())]
    results = scanned(tree, WALKS, *tasks, *bare)
    assert [paths(result) for result in results] == [["a.py", "b.py"]] * 3
    assert {result.evidence.state for result in results} == {EvidenceState.OK}
    assert len(list(tree.glob("*/*/*.py"))) == 2


def test_names_and_secrets_are_others_each_time(tree):
    first, second = planted(tree, task("a.py")), planted(tree, task("a.py"))
    one, two = first[0].canary, second[0].canary
    assert one.folder != two.folder
    texts = [(tree / canary.path).read_text() for canary in (one, two)]
    assert texts[0] != texts[1]
    name = one.path.rpartition("/")[2].removesuffix(".py")
    assert name.isidentifier()
    assert texts[0].startswith(f"def {name}(): return '")
    assert texts[0].endswith("', {other}, {}\n")
    assert len(texts[0].split("'")[1]) == 36


def test_a_canary_is_of_a_kind_that_the_process_reads(tree):
    reads = (Reads("python", ("**/*.py",)), Reads("go", ("**/*.go",)))
    canaries = tuple(replace(CANARY, named=f"{{name}}.{kind}", kind=kind) for kind in ("go", "python"))
    made = planted(
        tree,
        *(task(*files, reads=reads, canaries=canaries) for files in (("a.py",), ("a.go", "a.py"), ("A.GO",))),
    )
    assert [one.canary.path.rpartition(".")[2] for one in made] == ["python", "go", ""]


def test_where_nothing_is_read_nothing_is_planted(tree):
    (one,) = planted(tree, task())
    assert one.canary.path == ""
    assert sorted(path.name for path in tree.iterdir()) == ["a.py", "b.py"]


IMAGES = {"target": "image", "argv": ("{tool}", "/dev/stdout", "{target}")}


@pytest.mark.parametrize(
    "body", [FINDS, "tell(files, errors=[{'message': 'odd'}])", "sys.stderr.write('odd')\n" + FINDS]
)
def test_images_get_one_process_more_that_leaves_no_trace(tree, body):
    images = [replace(task(f"{tree}/{name}.py", **IMAGES), shard=shard) for shard, name in enumerate("ab")]
    *others, probe = scanned(tree, body, *images)
    assert len(others) == 2
    assert (probe.findings, probe.evidence.state, probe.evidence.expected) == ((), EvidenceState.OK, 0)
    assert combined(one.evidence for one in (*others, probe)) == combined(one.evidence for one in others)


def test_an_image_scan_that_misses_its_canary_is_failed(tree):
    results = scanned(tree, "tell(files if files[0].endswith('a.py') else [])", task(f"{tree}/a.py", **IMAGES))
    (evidence,) = combined(one.evidence for one in results)
    assert (evidence.state, evidence.reason, evidence.expected) == (EvidenceState.FAILED, MISSED, 1)
    assert paths(results[0]) == ["a.py"]


def test_an_image_canary_is_an_archive_with_the_file_in_it(tree):
    canary = replace(CANARY, named="app/{name}.py")
    one, probe = planted(tree, task("/images/app.tar", canaries=(canary,), **IMAGES))
    assert (one.canary, one.files, probe.files, probe.shard) == (None, ("/images/app.tar",), (), 1)
    with tarfile.open(tree.parent / "tasks" / probe.canary.path) as archive:
        (described,) = json.load(archive.extractfile("manifest.json"))
        config = json.load(archive.extractfile(described["Config"]))
        layer = archive.extractfile(described["Layers"][0]).read()
    assert config["rootfs"]["diff_ids"] == [f"sha256:{hashlib.sha256(layer).hexdigest()}"]
    with tarfile.open(fileobj=io.BytesIO(layer)) as packed:
        (name,) = packed.getnames()
        assert name == f"app/{probe.canary.folder}.py"
        assert packed.extractfile(name).read().startswith(b"def c")


def test_a_canary_that_cannot_be_written_stops_the_scan(tree):
    bad = replace(CANARY, named="..")
    with pytest.raises(SecgateError, match=r"canary/python\.txt cannot be written"):
        planted(tree, task("a.py", canaries=(bad,)))
