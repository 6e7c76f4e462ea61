"""A commit or the index becomes a copy, byte for byte; nothing leaves the copy's root and nothing is lost silently."""

import os
import shutil

import pytest
from support.repositories import blob, commit, commit_of, git, repository, tree, write

from secgate.errors import UsageError
from secgate.model import Tree
from secgate.scan import disk
from secgate.scan import write as writer
from secgate.scan.detect import Origin, detect
from secgate.scan.stage import stage

FILE, FOLDER, LINK, MODULE = "100644", "40000", "120000", "160000"


@pytest.fixture
def root(tmp_path):
    return repository(tmp_path / "root")


@pytest.fixture
def copied(root, tmp_path):
    """Stage what an origin says; give the staged tree and the folder."""
    count = iter(range(100))

    def copy(path=root, **origin):
        place = tmp_path / "outer" / f"copy{next(count)}"
        place.mkdir(parents=True)
        return stage(detect(path, Origin(**origin)), place), place

    return copy


def names(staged):
    return [one.path for one in staged.files]


def lost(staged):
    return {one.path: (one.reason, one.matters) for one in staged.left_out}


def everything(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def test_index_commit_and_working_tree_are_three_contents(root, copied):
    (root / "a.py").write_text("committed\n")
    (root / "gone.py").write_text("committed\n")
    first = commit(root)
    (root / "a.py").write_text("staged\n")
    git(root, "add", "a.py")
    (root / "a.py").write_text("changed\n")
    (root / "gone.py").unlink()
    (root / "new.py").write_text("new\n")
    for origin, source, text, files in (
        ({}, "working tree", "changed\n", ["a.py", "new.py"]),
        ({"index": True}, "index", "staged\n", ["a.py", "gone.py"]),
        ({"commit": "HEAD"}, "commit", "committed\n", ["a.py", "gone.py"]),
        ({"commit": first[:12]}, "commit", "committed\n", ["a.py", "gone.py"]),
    ):
        staged, place = copied(**origin)
        assert (staged.source, staged.commit, names(staged)) == (source, first, files)
        assert (place / "a.py").read_text() == text
        assert everything(place) == files


def test_an_older_commit_is_judged_and_named(root, copied):
    write(root, "a.py")
    first = commit(root)
    write(root, "b.py")
    commit(root)
    staged, place = copied(commit="HEAD~1")
    assert (staged.commit, everything(place)) == (first, ["a.py"])


def test_content_is_raw_whatever_attributes_ask_for(root, copied):
    raw = b"$Id$\nx\ny\xff\n"
    (root / ".gitattributes").write_text("* text eol=crlf ident\na.py export-ignore\n")
    (root / "a.py").write_bytes(raw)
    commit(root)
    for origin in ({"commit": "HEAD"}, {"index": True}):
        assert (copied(**origin)[1] / "a.py").read_bytes() == raw


def test_a_folder_narrows_a_commit_too(root, copied):
    write(root, "a.py", "sub/b.py", "subway/c.py")
    commit(root)
    staged, place = copied(root / "sub", commit="HEAD")
    assert (staged.scope, everything(place)) == ("sub", ["sub/b.py"])


BAD = [b"..", b".", b".git", b".GIT", b"git~1", b".g\xe2\x80\x8cit", b".git.", b".git ", b".git::$INDEX_ALLOCATION",
       b"", b"../../evil", b"/tmp/evil"]  # fmt: skip


@pytest.mark.parametrize("mode", [FILE, FOLDER])
@pytest.mark.parametrize("name", BAD)
def test_a_crafted_name_is_left_out_matters_and_writes_nothing(root, copied, tmp_path, name, mode):
    inner = tree(root, (FILE, b"config", blob(root)))
    bad = (mode, name, inner if mode == FOLDER else blob(root))
    one = commit_of(root, tree(root, bad, (FOLDER, b"d", tree(root, bad)), (FILE, b"z.py", blob(root))))
    before = everything(tmp_path / "root")
    staged, place = copied(commit=one)
    assert names(staged) == ["z.py"]
    assert len(staged.left_out) == 2
    assert all(left.matters for left in staged.left_out)
    assert everything(tmp_path / "outer") == [f"{place.name}/z.py"]
    assert everything(tmp_path / "root") == before


def test_a_name_that_is_there_twice_is_judged_once_and_told(root, copied):
    inner = tree(root, (FILE, b"x.py", blob(root)))
    one = tree(
        root, (FILE, b"a", blob(root)), (FILE, b"a", blob(root, b"2")), (FOLDER, b"a", inner), (FOLDER, b"a", inner)
    )
    staged, place = copied(commit=commit_of(root, one))
    assert everything(place) == ["a"]
    assert [left.path for left in staged.left_out] == ["a", "a/x.py", "a/x.py"]
    assert all(left.matters for left in staged.left_out)
    assert {notice.rule for notice in staged.notices} == {"names-that-merge"}


def test_names_that_merge_elsewhere_are_noticed_and_both_are_judged_here(root, copied):
    one = tree(root, (FILE, b"A.py", blob(root)), (FILE, b"a.py", blob(root, b"2")))
    staged, place = copied(commit=commit_of(root, one))
    assert [(notice.path, notice.rule) for notice in staged.notices] == [("a.py", "names-that-merge")]
    assert everything(place) == names(staged) == ["A.py", "a.py"]


def test_a_link_that_merges_with_a_folder_is_noticed(root, copied):
    folder = tree(root, (FILE, b"x.py", blob(root)))
    one = tree(root, (LINK, b"A", blob(root, b".git")), (FOLDER, b"a", folder))
    staged, _ = copied(commit=commit_of(root, one))
    assert [notice.path for notice in staged.notices] == ["A"]


def test_links_submodules_and_pointers_stay_out(root, copied):
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
    one = tree(
        root, (LINK, b"link", blob(root, b"/etc/passwd")), (MODULE, b"module", "1" * 40),
        (FILE, b"p.env", blob(root, pointer)), ("100755", b"run.sh", blob(root)), ("140000", b"socket", blob(root)),
        (FILE, b"tree", tree(root)),
    )  # fmt: skip
    staged, place = copied(commit=commit_of(root, one))
    assert everything(place) == ["run.sh"]
    assert not (place / "run.sh").stat().st_mode & 0o222
    assert {path: matters for path, (_, matters) in lost(staged).items()} == {
        "link": False, "module": True, "p.env": True, "socket": True, "tree": True
    }  # fmt: skip
    assert [left.path for left in staged.left_out if left.folder] == ["module"]


def test_a_partial_clone_names_the_absent_files(root, copied, tmp_path):
    write(root, "a.py")
    commit(root)
    git(root, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    # The origin stays where it is: were it asked, the file would come.
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{root}", str(clone))
    staged, _ = copied(clone, commit="HEAD")
    assert names(staged) == []
    assert [matters for _, matters in lost(staged).values()] == [True]


def test_what_is_too_large_is_left_out_and_matters(root, copied, monkeypatch):
    monkeypatch.setattr(disk, "MAX_FILE_BYTES", 100)
    (root / "big.py").write_text("x" * 101)
    (root / "a.py").write_text("x" * 100)
    commit(root)
    for origin in ({}, {"index": True}, {"commit": "HEAD"}):
        staged, place = copied(**origin)
        assert everything(place) == ["a.py"]
        assert lost(staged)["big.py"][1]


def test_over_a_bound_the_rest_is_left_out_and_matters(root, copied, monkeypatch):
    monkeypatch.setattr(writer, "MAX_ENTRIES", 60)
    write(root, *(f"{number:03}.py" for number in range(200)))
    commit(root)
    staged, place = copied(commit="HEAD")
    assert len(everything(place)) == len(staged.files) == 60
    assert len(staged.left_out) == 140
    assert all(left.matters for left in staged.left_out)


def test_names_that_are_not_utf8_are_judged_under_a_readable_name(root, copied):
    one = tree(root, (FILE, b"caf\xe9.py", blob(root)), (FILE, b"caf\\xe9.py", blob(root, b"2")))
    staged, place = copied(commit=commit_of(root, one))
    assert everything(place) == ["caf\\xe9.py"]
    assert list(lost(staged)) == ["caf\\xe9.py"]


def test_a_folder_that_became_a_link_is_not_followed(root, copied, tmp_path):
    write(root, "d/passwd")
    commit(root)
    write(tmp_path / "outside", "passwd")
    shutil.rmtree(root / "d")
    (root / "d").symlink_to(tmp_path / "outside")
    staged, place = copied()
    assert everything(place) == []
    assert set(lost(staged)) == {"d"}


def test_a_folder_that_becomes_a_link_meanwhile_is_not_followed(root, tmp_path):
    write(root, "d/passwd")
    found = detect(root)
    write(tmp_path / "outside", "passwd")
    shutil.rmtree(root / "d")
    (root / "d").symlink_to(tmp_path / "outside")
    (tmp_path / "copy").mkdir()
    staged = stage(found, tmp_path / "copy")
    assert (names(staged), lost(staged)["d/passwd"][1]) == ([], True)


def test_included_files_come_from_the_disk_marked_untrusted(root, copied):
    write(root, "a.py", ".gitignore", "dist/app.js", "dist/deep/b.js", "other.log")
    (root / ".gitignore").write_text("dist\n*.log\n")
    commit(root)
    write(root, "new.py")
    for origin in ({}, {"index": True}, {"commit": "HEAD"}):
        staged, place = copied(**origin, include=(root / "dist", root / "other.log", root / "dist/app.js"))
        assert [one.path for one in staged.files if one.included] == ["dist/app.js", "dist/deep/b.js", "other.log"]
        assert (place / "dist/app.js").read_text() == "# dist/app.js\n"
        assert ("new.py" in names(staged)) is (origin == {})
    staged, _ = copied(commit="HEAD", include=(root,))
    assert [one.path for one in staged.files if one.included] == [
        "dist/app.js",
        "dist/deep/b.js",
        "new.py",
        "other.log",
    ]


def test_an_included_file_takes_no_other_files_place(root, copied):
    write(root, "a.py")
    git(root, "add", "a.py")
    (root / "link").symlink_to("/etc/passwd")
    commit(root)
    (root / "a.py").write_text("harmless\n")
    (root / "link").unlink()
    (root / "link").write_text("x")
    staged, place = copied(commit="HEAD", include=(root,))
    assert (place / "a.py").read_text() == "# a.py\n"
    assert not any(one.included for one in staged.files)
    assert set(lost(staged)) == {"link"}


def test_links_below_an_included_folder_stay_out(root, copied, tmp_path):
    write(tmp_path / "outside", "secret")
    write(root, "dist/a.js")
    (root / "dist/link").symlink_to(tmp_path / "outside/secret")
    (root / "dist/folder").symlink_to(tmp_path / "outside")
    (root / ".gitignore").write_text("dist\n")
    commit(root)
    _, place = copied(commit="HEAD", include=(root / "dist",))
    assert everything(place) == [".gitignore", "dist/a.js"]


@pytest.mark.parametrize("what", ["absent", "../outside", "link"])
def test_an_included_path_that_is_absent_or_outside_is_an_error(root, tmp_path, what):
    write(tmp_path, "outside")
    (root / "link").symlink_to(tmp_path / "outside")
    with pytest.raises(UsageError, match="--include"):
        detect(root, Origin(include=(root / what,)))


def test_git_questions_outside_of_a_repository_are_errors(tmp_path):
    write(tmp_path, "a.py")
    for origin in (Origin(index=True), Origin(commit="HEAD")):
        with pytest.raises(UsageError, match="needs a git repository"):
            detect(tmp_path, origin)


def test_an_object_that_vanishes_before_it_is_read_is_left_out_and_matters(root, tmp_path):
    write(root, "a.py", "b.py")
    commit(root)
    found = detect(root, Origin(commit="HEAD"))
    one = found.files[0].blob
    (root / ".git" / "objects" / one[:2] / one[2:]).unlink()
    (tmp_path / "copy").mkdir()
    staged = stage(found, tmp_path / "copy")
    assert (names(staged), lost(staged)["a.py"][1]) == (["b.py"], True)


def test_no_tree_is_no_copy(tmp_path):
    nothing = Tree(root="", source="no tree")
    assert stage(nothing, tmp_path) == nothing
    assert everything(tmp_path) == []


def test_a_root_that_vanished_is_a_clear_error(root, tmp_path):
    write(root, "a.py")
    found = detect(root)
    shutil.rmtree(root)
    (tmp_path / "copy").mkdir()
    with pytest.raises(UsageError, match="cannot be opened"):
        stage(found, tmp_path / "copy")


def test_the_copy_is_the_same_for_git_and_for_us(root, copied, tmp_path):
    write(root, "a.py", "d/b.py", "d/e/c.py", "d-e/f.py", "d.py", "é/ü.py")
    commit(root)
    git(root, "checkout-index", "--all", f"--prefix={tmp_path}/theirs/")
    _, place = copied(commit="HEAD")
    assert everything(place) == everything(tmp_path / "theirs")
    assert all((place / name).read_bytes() == (tmp_path / "theirs" / name).read_bytes() for name in everything(place))
    assert not os.access(place / "a.py", os.X_OK)
