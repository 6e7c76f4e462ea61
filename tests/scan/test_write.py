"""Whatever a path says, the writer makes new files below its root and nothing else."""

import os
from pathlib import Path

import pytest

from secgate.errors import SecgateError
from secgate.scan import write as module
from secgate.scan.folders import Folders
from secgate.scan.write import Writer, empty_copy


@pytest.fixture
def root(tmp_path):
    place = tmp_path / "root"
    place.mkdir()
    return place


def everything(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize(
    "path", ["../x", "a/../../x", "/etc/x", "", "a//b", ".git/config", "a/.GIT/x", "git~1", ".", "a/"]
)
def test_a_name_that_leads_elsewhere_is_refused_and_nothing_is_made(root, tmp_path, path):
    with Writer(root) as writer:
        assert writer.write(path, b"x")
        assert writer.write("ok", b"x") == ""
    assert everything(tmp_path) == ["root", "root/ok"]


def test_files_and_folders_have_fixed_modes_whatever_the_umask(root):
    old = os.umask(0o077)
    try:
        with Writer(root) as writer:
            assert writer.write("a/b/c.py", b"x = 1\n") == ""
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(old)
    assert (root / "a/b/c.py").read_bytes() == b"x = 1\n"
    assert [path.stat().st_mode & 0o7777 for path in (root / "a", root / "a/b", root / "a/b/c.py")] == [
        0o755,
        0o755,
        0o444,
    ]


def test_no_link_is_followed_and_no_file_is_replaced(root, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "folder").symlink_to(outside)
    (root / "file").symlink_to(outside / "made")
    with Writer(root) as writer:
        assert writer.write("file", b"x")
        assert writer.write("folder/x", b"x")
        assert writer.write("one", b"1") == ""
        assert writer.write("one", b"2")
        assert writer.write("one/below", b"3")
        assert writer.write("two/x", b"4") == ""
        assert writer.write("two", b"5")
    assert everything(outside) == []
    assert (root / "one").read_bytes() == b"1"


def test_paths_in_any_order_are_written(root):
    paths = ["b/x", "a/b/c", "a", "a-b/x", "a/b/d", "c", "b/a/x", "b/y"]
    with Writer(root) as writer:
        assert [writer.write(path, path.encode()) for path in paths if path != "a"] == [""] * 7
    assert all((root / path).read_text() == path for path in paths if path != "a")


def test_depth_entries_and_bytes_are_bounded_and_each_says_so(root, monkeypatch):
    monkeypatch.setattr(module, "MAX_ENTRIES", 5)
    monkeypatch.setattr(module, "MAX_BYTES", 100)
    with Writer(root) as writer:
        assert "folders" in writer.write("d/" * (module.MAX_DEPTH + 1) + "x", b"")
        assert [writer.write(f"a/{number}", b"") for number in range(4)] == [""] * 4
        assert "files and folders" in writer.write("z", b"")
    (root.parent / "other").mkdir()
    with Writer(root.parent / "other") as writer:
        assert writer.write("a", b"x" * 101) == ""
        assert "larger" in writer.write("b", b"")
        assert "larger" in writer.full
    assert everything(root) == ["a", "a/0", "a/1", "a/2", "a/3"]


def test_the_deepest_folder_that_is_allowed_can_be_written(root):
    path = "d/" * module.MAX_DEPTH + "x"
    with Writer(root) as writer:
        assert writer.write(path, b"x") == ""
    assert (root / path).read_bytes() == b"x"


def test_a_name_too_long_for_the_file_system_is_a_reason(root):
    with Writer(root) as writer:
        assert "long" in writer.write("x" * 300, b"")


def test_a_full_disk_ends_the_scan(root, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with Writer(root) as writer:
        monkeypatch.setattr(os, "write", full)
        with pytest.raises(SecgateError, match="cannot be written"):
            writer.write("a", b"x")


def test_descriptors_are_closed(root):
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("there is no /proc")
    before = len(list(Path("/proc/self/fd").iterdir()))
    with Writer(root) as writer:
        for number in range(50):
            writer.write(f"{number}/a/b/c", b"x")
            writer.write(f"{number}/a/b/c/d", b"x")
    with Folders(root) as folders, pytest.raises(OSError, match="directory"):
        folders.holding("1/a/absent")
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_what_scanners_leave_is_removed_however_it_looks(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o555)
    (tmp_path / "tmp").mkdir()
    with empty_copy() as (_, scratch):
        closed = scratch / "closed"
        closed.mkdir()
        (closed / "link").symlink_to(outside)
        (closed / "file").write_text("x")
        closed.chmod(0)
        at = os.open(scratch, os.O_RDONLY)
        for _ in range(2_000):
            os.mkdir("d", dir_fd=at)
            below = os.open("d", os.O_RDONLY, dir_fd=at)
            os.close(at)
            at = below
        os.close(at)
    assert list((tmp_path / "tmp").iterdir()) == []
    assert outside.stat().st_mode & 0o777 == 0o555
