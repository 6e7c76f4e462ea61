import os
import shutil
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace
from support import places

from secgate.errors import ContentError, UsageError
from secgate.model import Source
from secgate.provision import place, receipt
from secgate.provision.install import install
from secgate.provision.present import ToolState, installed, look


@pytest.fixture
def demo(home, content):
    data = places.tar({"demo": places.PROGRAM})
    with places.server({"/demo.tar.gz": data}) as address:
        scanner = places.scanner(
            Source("archive", "bin/demo", url=f"{address}/demo.tar.gz", sha256=places.sha256(data))
        )
        install(scanner, print)
    return scanner


def test_nothing_is_missing(home, content):
    assert look(places.scanner(Source("archive", "bin/demo", url="u", sha256="0" * 64))).state is ToolState.MISSING


def test_without_receipt_or_program_it_is_not_installed(demo):
    folder = place.tool_folder(demo)
    kept = (folder / "receipt.json").read_bytes()
    for broken in (b"", b"{}", b"[1", kept[:-20]):
        (folder / "receipt.json").write_bytes(broken)
        assert installed(demo) is None
    (folder / "receipt.json").unlink()
    assert installed(demo) is None
    (folder / "receipt.json").write_bytes(kept)
    assert installed(demo)
    (folder / "bin/demo").chmod(0o644)
    assert installed(demo) is None
    (folder / "bin/demo").unlink()
    assert installed(demo) is None
    assert look(demo).state is ToolState.CHANGED


def test_a_changed_program_is_not_used(demo):
    tool = installed(demo)
    tool.write_text(places.PROGRAM.replace("demo", "evil"))
    assert installed(demo) is None
    assert look(demo).state is ToolState.CHANGED


def test_a_change_that_keeps_size_and_time_is_found_by_verifying(demo):
    tool = installed(demo)
    before = tool.stat()
    tool.write_text(places.PROGRAM.replace("demo", "evil"))
    os.utime(tool, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert look(demo).state is ToolState.INSTALLED
    assert look(demo, verify=True).state is ToolState.CHANGED


def test_an_added_file_is_found_by_verifying(demo):
    (place.tool_folder(demo) / "extra").write_text("")
    assert look(demo, verify=True).state is ToolState.CHANGED


def test_a_copy_with_other_times_is_read_once_and_believed(demo, monkeypatch):
    """A cache that is restored in CI keeps contents but not always times."""
    folder = place.tool_folder(demo)
    shutil.copytree(folder, folder.with_name("copy"), copy_function=shutil.copyfile)
    shutil.rmtree(folder)
    folder.with_name("copy").rename(folder)
    (folder / "bin/demo").chmod(0o755)
    os.utime(folder / "bin/demo", (1, 1))
    hashed = []
    original = receipt.content
    monkeypatch.setattr(receipt, "content", lambda path: hashed.append(path) or original(path))
    assert installed(demo)
    assert installed(demo)
    assert hashed == [folder]


def test_a_folder_of_another_size_on_another_file_system_is_not_read_again(demo, monkeypatch):
    folder = place.tool_folder(demo)
    found = receipt.read(folder, receipt.ToolReceipt)
    size, when = found.stamps["bin"]
    receipt.write(folder, replace(found, stamps={**found.stamps, "bin": (size + 4096, when)}))
    monkeypatch.setattr(receipt, "content", lambda _: pytest.fail("it was read"))
    assert installed(demo)


def test_the_next_installation_repairs_it(demo):
    data = places.tar({"demo": places.PROGRAM})
    installed(demo).write_text("broken")
    with places.server({"/demo.tar.gz": data}) as address:
        moved = replace(demo, sources=(replace(demo.sources[0], url=f"{address}/demo.tar.gz"),))
        place.tool_folder(demo).rename(place.tool_folder(moved))
        tool = install(moved, print)
    assert subprocess.check_output([tool], text=True) == "demo 1.2.3\n"


def test_other_pins_are_another_installation(demo, content):
    assert installed(demo)
    for other in (
        replace(demo, version="1.2.4"),
        replace(demo, sources=(replace(demo.sources[0], sha256="1" * 64),)),
        replace(demo, sources=(*demo.sources, demo.sources[0])),
    ):
        assert installed(other) is None
        assert place.tool_folder(other) != place.tool_folder(demo)


def test_the_lock_is_one_of_the_pins(home, content):
    (content / "lock.txt").write_text("a==1\n")
    (content / "module").mkdir()
    (content / "module" / "go.sum").write_text("1\n")
    demo = places.scanner(
        Source("index", "bin/demo", lock="lock.txt"), Source("module", "bin/demo", lock="module", package="x")
    )
    seen = {place.pins(demo)}
    (content / "lock.txt").write_text("a==2\n")
    seen.add(place.pins(demo))
    (content / "module" / "go.sum").write_text("2\n")
    seen.add(place.pins(demo))
    assert len(seen) == 3
    (content / "lock.txt").unlink()
    with pytest.raises(ContentError, match=r"lock\.txt: the lock cannot be read"):
        place.pins(demo)


def test_a_receipt_of_other_pins_is_not_believed(demo):
    folder = place.tool_folder(demo)
    found = receipt.read(folder, receipt.ToolReceipt)
    (folder / "README").write_text("#!/bin/sh\n")
    (folder / "README").chmod(0o755)
    for other in (
        replace(found, pins="0" * 64),
        replace(found, executable="README"),
        replace(found, executable="/bin/sh"),
    ):
        receipt.write(folder, other)
        assert look(demo).state is ToolState.CHANGED


def test_home_is_where_the_variables_say(monkeypatch, tmp_path):
    monkeypatch.setenv("SECGATE_HOME", str(tmp_path / "one"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "two"))
    assert place.home() == tmp_path / "one"
    monkeypatch.delenv("SECGATE_HOME")
    assert place.home() == tmp_path / "two" / "secgate"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert place.home() == tmp_path / ".cache" / "secgate"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SECGATE_HOME", "three")
    assert place.home() == tmp_path / "three"


def test_a_variable_that_moves_the_scanners_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SECGATE_HOME", str(tmp_path / "one"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "two"))
    assert place.moved_by() == "SECGATE_HOME"
    monkeypatch.delenv("SECGATE_HOME")
    assert place.moved_by() == "XDG_CACHE_HOME"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
    assert place.moved_by() == ""
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert place.moved_by() == ""


@pytest.mark.parametrize("inside", [True, False])
def test_scanners_beside_the_program_are_where_they_belong(monkeypatch, tmp_path, inside):
    monkeypatch.setattr("sys.prefix", str(tmp_path if inside else tmp_path / "home/venv"))
    monkeypatch.setenv("SECGATE_HOME", str(tmp_path / "home"))
    assert place.moved_by() == ""


def test_no_home_at_all_is_said(monkeypatch):
    def homeless() -> Path:
        raise RuntimeError

    monkeypatch.delenv("SECGATE_HOME", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(UsageError) as caught:
        place.home()
    assert "SECGATE_HOME" in caught.value.remedy


def test_the_digest_of_a_folder_sees_names_modes_links_and_bytes(tmp_path):
    folder = tmp_path / "f"
    (folder / "d").mkdir(parents=True)
    (folder / "d" / "a").write_text("x")
    (folder / "link").symlink_to("d")
    seen = [receipt.content(folder)]
    (folder / receipt.NAME).write_text("not counted")
    assert receipt.content(folder) == seen[0]
    for change in (
        lambda: (folder / "d" / "a").write_text("y"),
        lambda: (folder / "d" / "a").chmod(0o755),
        lambda: (folder / "d" / "a").rename(folder / "d" / "b"),
        (folder / "link").unlink,
        lambda: (folder / "link").symlink_to("elsewhere"),
        lambda: (folder / "d" / receipt.NAME).write_text("counted"),
    ):
        change()
        assert receipt.content(folder) not in seen
        seen.append(receipt.content(folder))
