"""What scanners would not read as it is, they read as a stand-in, and it is told of the file itself."""

import itertools
import time
import tracemalloc

import pytest
from msgspec.structs import replace
from support import fakes
from support.repositories import blob, commit, commit_of, git, repository
from support.repositories import tree as tree_of

from secgate.model import Category, Finding, Link, Location, Reads, Related, Rule, Target, Tree
from secgate.scan import standin
from secgate.scan.detect import Origin, detect
from secgate.scan.form import Form
from secgate.scan.places import Places, places
from secgate.scan.plan import Wish, plan
from secgate.scan.stage import stage
from secgate.scan.standin import CONFIGURATION, StandIns

SCANNER = fakes.scanner(reads=(Reads("python", ("**/*.py",)), Reads("any", ("**",))))
SCANNERS = (replace(SCANNER, configuration=("**/.fakeignore",)),)


@pytest.fixture
def root(tmp_path):
    return repository(tmp_path / "repository")


@pytest.fixture(params=["working tree", "index", "commit"])
def staged(request, root, tmp_path):
    """Stage what was written to the repository, as each origin has it."""

    def staged():
        git(root, "add", "-A")
        if request.param == "commit":
            commit(root)
        origin = Origin(index=request.param == "index", commit="HEAD" if request.param == "commit" else "")
        folder = tmp_path / "copy"
        folder.mkdir()
        return stage(detect(root, origin), folder, SCANNERS), folder

    return staged


def test_a_scanners_configuration_is_in_the_copy_under_another_name_and_told(root, staged):
    (root / "src").mkdir()
    (root / "src/.fakeignore").write_text("a\nb\n")
    tree, folder = staged()
    assert [one.path for one in tree.files] == ["stand-ins/src/of-.fakeignore"]
    assert (folder / "stand-ins/src/of-.fakeignore").read_text() == "a\nb\n"
    assert [(one.path, one.reason, one.matters) for one in tree.left_out] == [("src/.fakeignore", CONFIGURATION, False)]
    copy = places(folder, tree.files)
    assert copy.content("src/.fakeignore") == b"a\nb\n"
    assert copy.located(Location("stand-ins/src/of-.fakeignore", 2, 2, 3, 5)) == Location("src/.fakeignore", 2, 2, 3, 5)


def test_a_link_is_read_under_its_own_name_where_its_aim_is_not(root, staged):
    (root / "bin").mkdir()
    (root / "code.txt").write_text("1\n")
    (root / "app.py").write_text("2\n")
    for name, aim in {
        "bin/run.py": "../code.txt", "chain.py": "bin/run.py", "same.py": "app.py", "out.py": "../../etc/passwd",
        "absolute.py": str(root / "code.txt"), "loop.py": "loop.py", "plain": "code.txt", "dangling.py": "gone",
    }.items():  # fmt: skip
        (root / name).symlink_to(aim)
    tree, folder = staged()
    assert {one.path: one.stands_for for one in tree.files if one.stands_for} == {
        "bin/run.py": "code.txt", "chain.py": "code.txt"
    }  # fmt: skip
    assert (folder / "bin/run.py").read_text() == "1\n"
    copy = places(folder, tree.files)
    assert copy.content("bin/run.py") is None
    assert copy.located(Location("bin/run.py", 1, 1)) == Location("code.txt", 1, 1)
    assert copy.text("see other/bin/run.py") == "see other/bin/run.py"
    assert len([one for one in tree.left_out if "symbolic link" in one.reason]) == 8


def test_a_link_leads_through_folders_that_are_links(root, staged):
    (root / "real").mkdir()
    (root / "real/payload").write_text("1\n")
    (root / "sub").mkdir()
    for name, aim in {"sub/d": "../real", "e": "sub/d", "evil.py": "e/payload", "out.py": "e/../../payload"}.items():
        (root / name).symlink_to(aim)
    tree, _ = staged()
    linked = [(one.path, one.stands_for, one.linked) for one in tree.files if one.stands_for]
    assert linked == [("evil.py", "real/payload", True)]


def test_a_link_that_is_part_of_a_whole_is_read_where_it_is(root, tmp_path):
    reads = (
        Reads("terraform", ("**/*.tf", "**/*.tfvars"), proof="errors"),
        Reads("helm", ("**/Chart.yaml",), proof="errors"),
        Reads("yaml", ("**/*.yaml",), proof="errors", containing="a:"),
    )  # fmt: skip
    for name in ("common/main.tf", "common/v.tfvars", "prod/variables.tf", "chart/Chart.yaml", "v.yaml", "k/a.yaml"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("\n")
    for name, aim in {
        "prod/main.tf": "../common/main.tf", "prod/terraform.tfvars": "../common/v.tfvars",
        "chart/x/y.yaml": "../../v.yaml", "k/b.yaml": "a.yaml", "only/main.tf": "../common/main.tf",
        "v2.yaml": "v.yaml",
    }.items():  # fmt: skip
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).symlink_to(aim)
    (tmp_path / "copy").mkdir()
    tree = stage(detect(root, Origin()), tmp_path / "copy", (fakes.scanner(reads=reads),))
    found = {one.path: (one.stands_for, one.linked) for one in tree.files if one.in_place}
    assert found == {
        "prod/main.tf": ("common/main.tf", False), "prod/terraform.tfvars": ("common/v.tfvars", False),
        "chart/x/y.yaml": ("v.yaml", False), "only/main.tf": ("common/main.tf", False),
    }  # fmt: skip


def test_a_link_that_would_configure_a_scanner_is_not_where_it_is(root, tmp_path):
    (root / "x.txt").write_text("a\n")
    (root / "fake.py").symlink_to("x.txt")
    (tmp_path / "copy").mkdir()
    scanner = replace(SCANNER, configuration=("**/fake.py",))
    tree = stage(detect(root, Origin()), tmp_path / "copy", (scanner,))
    assert {one.path: one.in_place for one in tree.files} == {"x.txt": False, "stand-ins/of-fake.py": False}


def test_links_that_lead_on_and_on_are_followed_as_far_as_a_system_does(root, staged):
    for number in range(1000):
        (root / f"{number}.py").symlink_to(f"{number + 1 if number < 999 else 0}.py")
    tree, _ = staged()
    assert tree.files == ()


@pytest.mark.parametrize("name", ["stand-ins", "Stand-Ins"])
def test_the_folder_is_one_that_the_tree_does_not_have(root, staged, name):
    (root / name).write_text("")
    (root / ".fakeignore").write_text("")
    tree, _ = staged()
    assert "stand-ins1/of-.fakeignore" in [one.path for one in tree.files]


def test_a_form_has_its_own_lines_and_the_files_name(root, staged, monkeypatch):
    def reversed_lines(path, content):
        return [Form(".py", b"\n".join(reversed(content.splitlines())), (3, 2, 1))] if path == "deploy" else []

    monkeypatch.setattr(standin, "MAKERS", (reversed_lines,))
    (root / "deploy").write_text("one\ntwo\nthree")
    tree, folder = staged()
    assert [one.path for one in tree.files] == ["deploy", "stand-ins/deploy.py"]
    assert (folder / "stand-ins/deploy.py").read_text() == "three\ntwo\none"
    copy = places(folder, tree.files)
    assert copy.located(Location("stand-ins/deploy.py", 1, 2, 4, 7)) == Location("deploy", 3, 3)
    assert copy.located(Location("stand-ins/deploy.py", 900, 900)) == Location("deploy", 1, 1)
    assert copy.content("deploy") == b"one\ntwo\nthree"
    assert copy.text("stand-ins/deploy.py: no such thing") == "deploy: no such thing"


def test_a_link_and_a_form_of_the_same_name_are_both_read(root, staged):
    (root / "deploy").write_text("#!/usr/bin/env python3\n")
    (root / "deploy.py").symlink_to("deploy")
    (root / "other.py").symlink_to("letters")
    (root / "letters").write_text("\uff45val(x)\n")
    tree, folder = staged()
    assert {one.path: one.stands_for for one in tree.files if one.stands_for} == {
        "deploy.py": "deploy", "stand-ins/deploy.py": "deploy",
        "other.py": "letters", "stand-ins/other.py.py": "letters",
    }  # fmt: skip
    assert (folder / "stand-ins/other.py.py").read_text() == "eval(x)\n"
    assert not [one for one in tree.left_out if one.matters]


def test_a_form_that_cannot_be_had_is_missed_by_what_would_have_read_it(root, staged):
    (root / "a.ipynb").write_text("{")
    tree, folder = staged()
    (lost,) = tree.left_out
    assert (lost.path, lost.read_as, lost.matters) == ("a.ipynb", "stand-ins/a.ipynb.py", True)
    python = fakes.scanner(reads=(Reads("python", ("**/*.py",)),))
    everything = fakes.scanner(reads=(Reads("any", ("**",)),))
    (task,), _ = plan(tree, folder, {"fake": python}, Wish())
    assert (task.files, task.lost) == ((), ("a.ipynb",))
    (task,), _ = plan(tree, folder, {"fake": everything}, Wish())
    assert (task.files, task.lost) == (("a.ipynb",), ())


def test_what_is_hidden_in_a_file_is_noticed_once(root, staged):
    (root / "deploy").write_text("#!/usr/bin/env python3\nis\u200b_admin = 1\n")
    (root / ".gitattributes").write_text("*.py -diff\n")
    (root / "aux.py").write_text("")
    tree, _ = staged()
    assert [(one.path, one.rule, one.line) for one in tree.notices] == [
        (".gitattributes", "hidden-from-review", 1),
        ("aux.py", "misleading-name", 0),
        ("deploy", "hidden-characters", 2),
    ]  # fmt: skip


def finding(path: str, line: int, end_line: int = 0, rule: str = "R1") -> Finding:
    place = Location(path, line, end_line or line)
    return Finding(
        tool="fake", category="sast", severity="high", rule=Rule(rule), message=f"In {path}.", location=place,
        related=(Related(place),),
    )  # fmt: skip


def test_the_same_problem_in_both_is_told_once(tmp_path):
    copy = places(tmp_path, [Target("a"), Target("stand-ins/a.py", stands_for="a", lines=(1, 5, 9))])
    told = copy.told(
        [finding("a", 4, 6), finding("stand-ins/a.py", 2), finding("stand-ins/a.py", 3), finding("a", 1, rule="R2")]
    )
    assert [(one.rule.id, one.location.path, one.location.line) for one in told] == [
        ("R1", "a", 4), ("R2", "a", 1), ("R1", "a", 9)
    ]  # fmt: skip
    assert (told[2].message, told[2].related[0].location.line) == ("In a.", 9)


def test_what_two_stand_ins_say_is_told_once(tmp_path):
    copy = places(tmp_path, [Target("a"), *(Target(f"stand-ins/a.{end}", stands_for="a") for end in ("py", "txt"))])
    found = [finding("stand-ins/a.py", 1), finding("stand-ins/a.py", 1), finding("stand-ins/a.txt", 1, 2)]
    assert [one.location.line for one in copy.told(found)] == [1, 1]


def test_what_is_read_instead_of_a_file_has_the_better_lines(tmp_path):
    parts = [
        Target(f"stand-ins/a.{part}.py", stands_for="a", lines=(line,), instead=True) for part, line in ((1, 5), (2, 5))
    ]
    copy = places(tmp_path, [Target("a"), *parts])
    found = [finding("a", 4), finding("a", 4, rule="R2"), *(finding(part.path, 1) for part in parts)]
    told = copy.told([replace(one, category=Category.IAC) for one in found])
    assert [(one.rule.id, one.location.line) for one in told] == [("R2", 4), ("R1", 5), ("R1", 5)]


@pytest.mark.parametrize(
    ("unread", "covered", "excused"),
    [
        ({"a"}, {"stand-ins/a.1.py", "stand-ins/a.2.py"}, {"a"}),
        ({"a", "stand-ins/a.2.py"}, {"stand-ins/a.1.py"}, set()),
        ({"a"}, set(), set()),
        ({"b"}, {"stand-ins/b.py", "stand-ins/a.1.py"}, set()),
    ],
)
def test_a_file_need_not_be_read_where_all_that_stands_instead_was(tmp_path, unread, covered, excused):
    parts = [Target(f"stand-ins/a.{part}.py", stands_for="a", lines=(1,), instead=True) for part in (1, 2)]
    copy = places(tmp_path, [Target("a"), Target("b"), *parts, Target("stand-ins/b.py", stands_for="b", lines=(1,))])
    assert copy.excused(unread, covered) == excused


def test_a_charts_template_has_no_other_form(root, staged):
    pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: '{{ .Values.name }}'\n"
    for name in ("chart/templates/a.yaml", "other/templates/a.yaml", "a.yaml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(pod)
    (root / "chart/Chart.yaml").write_text("name: a\n")
    tree, _ = staged()
    assert [one.stands_for for one in tree.files if one.instead] == ["a.yaml", "other/templates/a.yaml"]


def test_a_link_gives_a_file_a_name_and_the_name_a_form(root, tmp_path):
    (root / "Dockerfile").symlink_to("image")
    (root / "image").write_bytes(b"\xef\xbb\xbfFROM a\n")
    scanner = fakes.scanner(reads=(Reads("docker", ("**/Dockerfile",)),))
    (tmp_path / "copy").mkdir()
    tree = stage(detect(root, Origin()), tmp_path / "copy", (scanner,))
    assert [(one.path, one.stands_for) for one in tree.files if one.stands_for] == [
        ("Dockerfile", "image"), ("stand-ins/Dockerfile.Dockerfile", "image")
    ]  # fmt: skip


def test_without_stand_ins_nothing_changes(tmp_path):
    (tmp_path / "a.py").write_text("x")
    (tmp_path / "link").symlink_to("a.py")
    copy = Places(tmp_path)
    found = [finding("a.py", 1)]
    assert list(copy.told(found)) == found
    assert (copy.content("a.py"), copy.content("link"), copy.content("gone")) == (b"x", None, None)
    assert stage(Tree(root=str(tmp_path)), tmp_path, SCANNERS).files == ()


def test_a_chain_of_very_many_links_is_not_followed_to_its_end():
    links = [f"{number}.py" for number in range(20_000)]
    aims = dict(itertools.pairwise([*links, "code.txt"]))
    tree = Tree("/src", files=(Target("code.txt"),), links=tuple(map(Link, links)))
    began = time.monotonic()
    found = StandIns(tree, SCANNERS).linked(tree, aims)
    assert [one.path for one in found] == links[-40:]
    assert time.monotonic() - began < 20


def test_links_to_very_long_paths_are_not_kept_in_memory(root, tmp_path):
    aim = blob(root, b"x/" * 5_000_000)
    entries = [("120000", b"%d.py" % number, aim) for number in range(20)]
    top = commit_of(root, tree_of(root, ("100644", b"a.txt", blob(root)), *sorted(entries)))
    tracemalloc.start()
    staged = stage(detect(root, Origin(commit=top)), tmp_path, SCANNERS)
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()
    assert [one.path for one in staged.files] == ["a.txt"]
