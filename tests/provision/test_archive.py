import os
import signal
import stat
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest
from support import places

from secgate.errors import MissingToolError, TrustError
from secgate.model import Source
from secgate.provision import archive, place, present
from secgate.provision.install import install


def _source(address, data, executable="bin/demo", sha256="", name="demo.tar.gz"):
    return Source("archive", executable, url=f"{address}/{name}", sha256=sha256 or places.sha256(data))


def _nothing_left(home):
    assert [path.name for path in home.rglob("*") if path.is_file() and path.suffix != ".lock"] == []
    assert [path.name for path in (home / "tools" / "demo").iterdir() if path.is_dir()] == []


def test_the_program_is_taken_out_and_nothing_else(home, content):
    data = places.tar({"README.md": "hello", "demo": places.PROGRAM, "docs/demo": "no"})
    with places.server({"/demo.tar.gz": data}) as address:
        told = []
        demo = places.scanner(_source(address, data))
        tool = install(demo, told.append)
    assert subprocess.check_output([tool], text=True) == "demo 1.2.3\n"
    assert tool == present.installed(demo) == place.tool_folder(demo) / "bin" / "demo"
    assert sorted(str(path.relative_to(tool.parents[1])) for path in tool.parents[1].rglob("*")) == [
        "bin", "bin/demo", "receipt.json",
    ]  # fmt: skip
    assert stat.S_IMODE(tool.stat().st_mode) == 0o755
    assert not list(home.rglob("*.work"))


def test_a_zip_is_read_too_and_the_full_path_in_it_wins(home, content):
    data = places.zipped({"demo": "not this", "bin/demo": places.PROGRAM})
    with places.server({"/demo.zip": data}) as address:
        tool = install(places.scanner(_source(address, data, name="demo.zip")), print)
    assert tool.read_text() == places.PROGRAM


def test_a_wrong_digest_is_refused_and_no_other_source_is_tried(home, content):
    data = places.tar({"demo": places.PROGRAM})
    with places.server({"/demo.tar.gz": data, "/good.tar.gz": data}) as address:
        first = _source(address, data, sha256="0" * 64)
        demo = places.scanner(first, _source(address, data, name="good.tar.gz"))
        with pytest.raises(TrustError) as caught:
            install(demo, print)
    assert places.sha256(data) in caught.value.message
    assert "0" * 64 in caught.value.message
    assert "Nothing was installed" in caught.value.remedy
    assert present.installed(demo) is None
    _nothing_left(home)


def test_an_unreachable_source_is_passed_over_in_one_plain_line(home, content):
    data = places.tar({"demo": places.PROGRAM})
    with places.server({"/demo.tar.gz": data}) as address:
        gone = Source("archive", "bin/demo", url="http://127.0.0.1:9/demo.tar.gz", sha256="0" * 64)
        told = []
        tool = install(places.scanner(gone, _source(address, data)), told.append)
    assert tool.exists()
    lines = [line for line in told if "passed over" in line]
    assert lines == [
        "demo: passed over the release archive http://127.0.0.1:9/demo.tar.gz: 127.0.0.1 cannot be reached"
    ]


@pytest.mark.parametrize(("answer", "reason"), [(404, "answered 404"), (500, "answered 500")])
def test_a_server_that_does_not_have_it_is_passed_over(home, content, answer, reason):
    with places.server({"/demo.tar.gz": answer}) as address:
        demo = places.scanner(_source(address, b""))
        with pytest.raises(MissingToolError, match=reason) as caught:
            install(demo, print)
    assert "secgate tools install demo" in caught.value.remedy
    _nothing_left(home)


def test_a_truncated_download_is_not_installed(home, content):
    data = places.tar({"demo": places.PROGRAM})
    with (
        places.server({"/demo.tar.gz": data}, cut=10) as address,
        pytest.raises(MissingToolError, match="the connection broke off"),
    ):
        install(places.scanner(_source(address, data)), print)
    _nothing_left(home)


def test_a_download_that_is_too_large_is_passed_over(home, content, monkeypatch):
    monkeypatch.setattr(archive, "MAX_BYTES", 1000)
    data = os.urandom(2000)
    with places.server({"/demo.tar.gz": data}) as address, pytest.raises(MissingToolError, match="is larger than"):
        install(places.scanner(_source(address, data)), print)
    _nothing_left(home)


def test_a_download_that_never_ends_is_passed_over(home, content, monkeypatch):
    monkeypatch.setattr(archive, "SILENCE_S", 0.2)
    data = places.tar({"demo": places.PROGRAM})
    with (
        places.server({"/demo.tar.gz": data}, pause_s=30) as address,
        pytest.raises(MissingToolError, match="fell silent"),
    ):
        install(places.scanner(_source(address, data)), print)
    _nothing_left(home)


_OUT = "leads out of it"
_LINK = "is a link or a device"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (places.tar({"demo": places.PROGRAM, "../evil": "x"}), _OUT),
        (places.tar({"demo": places.PROGRAM, "a/../../evil": "x"}), _OUT),
        (places.tar({"demo": places.PROGRAM, "/tmp/evil": "x"}), _OUT),
        (places.tar({"demo": places.PROGRAM}, links={"link": "/etc/passwd"}), _LINK),
        (places.tar({}, links={"demo": "/bin/true"}), _LINK),
        (places.tar({"other": "x"}, links={"demo": "other"}, kind=tarfile.LNKTYPE), _LINK),
        (places.tar({"demo": places.PROGRAM}, links={"pipe": ""}, kind=tarfile.FIFOTYPE), _LINK),
        (places.tar({"demo": places.PROGRAM}, links={"disk": ""}, kind=tarfile.BLKTYPE), _LINK),
        (places.tar({"other": "x"}), "does not hold `bin/demo`"),
        (places.zipped({"demo": places.PROGRAM, "../evil": "x"}), _OUT),
        (places.zipped({"demo": places.PROGRAM, "..\\evil": "x"}), _OUT),
        (places.zipped({"demo": "/bin/true"}, {"demo": stat.S_IFLNK | 0o777}), _LINK),
        (b"not an archive", "could not be opened"),
        (places.tar({"demo": places.PROGRAM * 9000})[:-40], "."),
    ],
)
def test_an_archive_that_holds_what_no_release_holds_is_refused(home, content, data, reason):
    with places.server({"/demo.tar.gz": data}) as address, pytest.raises(TrustError, match=reason):
        install(places.scanner(_source(address, data)), print)
    _nothing_left(home)
    assert not (home.parent / "evil").exists()


def test_another_platform_is_passed_over(home, content):
    source = Source("archive", "bin/demo", url="http://127.0.0.1:9/x", sha256="0" * 64, platforms=("plan9-mips",))
    with pytest.raises(MissingToolError, match="is for plan9-mips, this is "):
        install(places.scanner(source), print)


_CHILD = """
import resource, sys
from pathlib import Path
from secgate import catalog
from secgate.errors import SecgateError
from secgate.model import Scanner
from secgate.provision.install import install
import msgspec
catalog.root = lambda: Path(sys.argv[1])
if sys.argv[3:]:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    demo = msgspec.json.decode(sys.argv[2].replace("http:", "https:"), type=Scanner)
    here = [msgspec.structs.replace(one, url=one.url.replace("https:", "http:")) for one in demo.sources]
    print(install(msgspec.structs.replace(demo, sources=tuple(here)), print), flush=True)
except SecgateError as error:
    print(error.message, error.remedy)
    sys.exit(error.exit)
"""


def _child(content, demo, *more):
    import msgspec  # noqa: PLC0415 - what the child speaks

    argv = [sys.executable, "-c", _CHILD, str(content.parents[1]), msgspec.json.encode(demo).decode(), *more]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_two_installations_at_once_give_one_good_result(home, content):
    data = places.tar({"demo": places.PROGRAM})
    with places.server({"/demo.tar.gz": data}, pause_s=0.5) as address:
        demo = places.scanner(_source(address, data))
        children = [_child(content, demo) for _ in range(3)]
        said = [child.communicate(timeout=30)[0] for child in children]
    assert [child.returncode for child in children] == [0, 0, 0], said
    assert sum("waiting for another installation" in text for text in said) == 2
    assert present.look(demo, verify=True).state is present.ToolState.INSTALLED


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_installation_is_none_and_the_next_one_works(home, content, ending):
    data = places.tar({"demo": places.PROGRAM})
    with places.server({"/demo.tar.gz": data}, pause_s=30) as address:
        demo = places.scanner(_source(address, data))
        child = _child(content, demo)
        _wait_for(home, "package")
        child.send_signal(ending)
        child.communicate(timeout=30)
        assert child.returncode != 0
        assert present.installed(demo) is None
        assert present.look(demo).state is present.ToolState.MISSING
        if ending is signal.SIGINT:
            _nothing_left(home)
    with places.server({"/demo.tar.gz": data}) as address:
        again = places.scanner(_source(address, data))
        # The same folder: only the address of the test's server differs.
        place.tool_folder(demo).rename(place.tool_folder(again)) if place.tool_folder(demo).exists() else None
        assert install(again, print).read_text() == places.PROGRAM


def _wait_for(home: Path, name: str) -> None:
    deadline = time.monotonic() + 20
    while not list(home.rglob(name)):
        assert time.monotonic() < deadline, "nothing was begun"
        time.sleep(0.02)


def test_a_full_disk_is_said_and_leaves_nothing(home, content):
    data = places.tar({"demo": "#" * 500_000})
    assert len(data) < 100_000
    with places.server({"/demo.tar.gz": data}) as address:
        demo = places.scanner(_source(address, data))
        child = _child(content, demo, "100000")
        said = child.communicate(timeout=30)[0]
    assert child.returncode == 3, said
    assert "File too large" in said
    assert "secgate tools install demo" in said
    _nothing_left(home)


def test_a_home_that_cannot_be_written_to_is_said(tmp_path, content, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SECGATE_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(MissingToolError, match=r"could not be installed: .*Not a directory") as caught:
        install(places.scanner(_source("http://127.0.0.1:9", b"")), print)
    assert "SECGATE_HOME" in caught.value.remedy
