"""Each command of each scanner is started or skipped with a reason, and each file that it ought to read is named."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import fakes

from secgate.globs import expression, matcher
from secgate.model import LeftOut, Reads, Target, Tree
from secgate.scan import plan as module
from secgate.scan.plan import Wish, longest_first, plan


def tree_of(folder, files: dict[str, str], left_out: tuple[LeftOut, ...] = ()) -> Tree:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return Tree(root="/r", files=tuple(Target(name, 1) for name in sorted(files)), left_out=left_out)


def go(folder, files, wish=None, left_out=(), **changes):
    scanners = {"fake": fakes.scanner(**changes)}
    return plan(tree_of(folder, files, left_out), folder, scanners, wish or Wish(cores=2))


def test_a_task_names_the_files_that_it_ought_to_read(tmp_path):
    tasks, skips = go(tmp_path, {"a.py": "", "b/c.py": "", "d.js": ""})
    assert [task.files for task in tasks] == [("a.py", "b/c.py")]
    assert skips == ()


def test_nothing_to_read_is_a_skip_with_a_reason(tmp_path):
    tasks, (skip,) = go(tmp_path, {"d.js": ""})
    assert (tasks, skip.reason, skip.applicable) == ((), "nothing for it to read", False)


@pytest.mark.parametrize("wish", [Wish(skip=frozenset({"fake"})), Wish(only=frozenset({"other"}))])
def test_a_scanner_that_was_left_out_on_purpose_leaves_missing_evidence(tmp_path, wish):
    tasks, (skip,) = go(tmp_path, {"a.py": ""}, wish)
    assert (tasks, skip.applicable) == ((), True)


def test_content_decides_where_the_name_does_not(tmp_path):
    reads = (Reads("kubernetes", ("**/*.yaml",), containing="(?m)^kind:"),)
    (task,), _ = go(tmp_path, {"pod.yaml": "kind: Pod\n", "other.yaml": "x: 1\n"}, reads=reads, target="tree")
    assert task.files == ("pod.yaml",)


def test_what_a_scanner_does_not_read_as_what_it_is_is_never_read(tmp_path):
    reads = (Reads("code", ("**/*.tf",), proof="errors"), Reads("override", ("**/*_override.tf",), proof="never"))
    (task,), _ = go(tmp_path, {"a.tf": "", "a_override.tf": ""}, reads=reads, target="tree")
    assert (task.files, task.lost) == (("a.tf", "a_override.tf"), ("a_override.tf",))
    (task,), _ = go(tmp_path, {"a_override.tf": ""}, reads=reads[1:], target="tree")
    assert (task.files, task.lost) == ((), ("a_override.tf",))


def test_the_case_of_a_name_does_not_hide_a_file(tmp_path):
    (task,), _ = go(tmp_path, {"A.PY": ""})
    assert task.files == ("A.PY",)


def test_content_decides_what_is_proved_never_whether_a_tree_is_looked_at(tmp_path):
    reads = (Reads("kubernetes", ("**/*.yaml",), containing="(?m)^kind:"),)
    padded = "# comment\n" * module.HEAD_BYTES + "kind: Pod\n"
    (task,), _ = go(tmp_path, {"pod.yaml": padded}, reads=reads, target="tree")
    assert task.files == ()


def test_a_left_out_folder_is_lost_to_whatever_has_something_to_read(tmp_path):
    folder = (LeftOut("module", "a submodule", True, folder=True),)
    (task,), _ = go(tmp_path, {"a.py": "x"}, left_out=folder)
    assert (task.files, task.lost) == (("a.py",), ("module",))
    assert go(tmp_path, {}, left_out=folder)[0] == ()


def test_a_left_out_file_that_would_be_read_starts_the_scanner_and_is_lost(tmp_path):
    (task,), _ = go(tmp_path, {}, left_out=(LeftOut("big.py", "too large", True), LeftOut("l.py", "a link")))
    assert (task.files, task.lost) == ((), ("big.py",))


def test_many_files_are_split_over_the_cores_without_loss(tmp_path):
    files = {f"{n:03}.py": "" for n in range(11)}
    tasks, _ = go(tmp_path, files, split_above=10)
    assert [len(task.files) for task in tasks] == [6, 5]
    assert sorted(path for task in tasks for path in task.files) == sorted(files)


def test_an_argument_list_never_grows_too_long(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_ARGUMENT_BYTES", 500)
    tasks, _ = go(tmp_path, {f"{n:03}.py": "" for n in range(50)})
    assert len(tasks) > 1
    for task in tasks:
        assert sum(len(str(tmp_path)) + len(path) + 2 for path in task.files) <= 600


def test_images_and_bills_are_tasks_of_their_own(tmp_path):
    wish = Wish(images=("/x/a.tar", "/x/b.tar"))
    tasks, _ = go(tmp_path, {"a.py": ""}, wish, target="image", reads=())
    assert [task.files for task in tasks] == [("/x/a.tar",), ("/x/b.tar",)]
    assert len({task.id for task in tasks}) == 2


def test_the_longest_is_started_first(tmp_path):
    quick, slow = fakes.scanner("quick", seconds=(1.0, 0.0)), fakes.scanner("slow", seconds=(0.1, 1.0))
    tasks, _ = plan(tree_of(tmp_path, {"a.py": "", "b.py": ""}), tmp_path, {"quick": quick, "slow": slow}, Wish())
    assert [task.scanner.id for task in longest_first(tasks)] == ["slow", "quick"]


def test_a_time_limit_of_the_caller_replaces_the_manifests(tmp_path):
    (task,), _ = go(tmp_path, {"a.py": ""}, Wish(timeout_s=7))
    assert task.command.timeout_s == 7


@pytest.mark.parametrize(
    ("glob", "meets", "not_"),
    [
        ("**/*.py", ["a.py", "x/a.py", ".hidden/a.py"], ["a.pyw", "a.py/x"]),
        ("**/Dockerfile", ["Dockerfile", "x/Dockerfile"], ["xDockerfile", "Dockerfile.dev"]),
        ("**/Dockerfile.*", ["Dockerfile.dev", "a/Dockerfile.x"], ["Dockerfile"]),
        ("**/*.tf.json", ["main.tf.json"], ["main.json"]),
        (".github/workflows/*.yml", [".github/workflows/ci.yml"], [".github/workflows/x/ci.yml", "ci.yml"]),
        ("a/**", ["a/b", "a/b/c"], ["a", "b/a/c"]),
        ("*.py", ["a.py"], ["x/a.py"]),
        ("**", ["a", "a/b"], []),
        ("req?.txt", ["req1.txt"], ["req.txt", "req/.txt"]),
    ],
)
def test_globs(glob, meets, not_):
    test = matcher([glob])
    assert [path for path in [*meets, *not_] if test(path)] == meets


@given(st.lists(st.sampled_from(["a", "b.py", ".c", "d.tar.gz"]), min_size=1, max_size=4))
def test_lookups_and_regular_expressions_agree(segments):
    path = "/".join(segments)
    for glob in ("**/*.py", "**/*.gz", "**/*.tar.gz", "**/.c", "**/a"):
        # A brother that needs a regular expression must not change what the looked-up glob meets.
        assert matcher([glob])(path) == matcher([glob, "zz/?"])(path) == bool(re.fullmatch(expression(glob), path))
