import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import uv
from msgspec.structs import replace
from support import places

from secgate.errors import MissingToolError, TrustError
from secgate.model import Source
from secgate.provision import attempt, index, place, present
from secgate.provision.install import install
from secgate.provision.present import ToolState, look

DEMO = places.wheel("demo", "1.2.3", requires="part")
PART = places.wheel("part", "1.0")
WHEELS = {"demo-1.2.3-py3-none-any.whl": DEMO, "part-1.0-py3-none-any.whl": PART}
SOURCE = Source("index", "bin/demo", lock="lock.txt")


@pytest.fixture
def served(monkeypatch):
    with places.server(places.index(WHEELS)) as address:
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"{address}/simple/")
        yield address


def test_the_locked_wheels_are_installed_compiled_and_run(home, content, served):
    (content / "lock.txt").write_text(places.lock({"demo==1.2.3": DEMO, "part==1.0": PART}))
    tool = install(places.scanner(SOURCE), print)
    assert subprocess.check_output([tool], text=True, env={}) == "demo 1.2.3\n"
    folder = place.tool_folder(places.scanner(SOURCE))
    assert {path.name.partition(".")[0] for path in folder.rglob("*.pyc")} >= {"demo", "part"}
    assert not list(folder.parent.glob("*.work"))
    subprocess.run([tool], check=True, env={}, stdout=subprocess.DEVNULL)
    assert look(places.scanner(SOURCE), verify=True).state is ToolState.INSTALLED


def test_it_runs_on_the_best_python_that_works(home, content, served, tmp_path, monkeypatch):
    (content / "lock.txt").write_text(places.lock({"demo==1.2.3": DEMO, "part==1.0": PART}))
    pythons = tmp_path / "bin"
    pythons.mkdir()
    broken, good = pythons / "python3.98", pythons / "python3.97"
    broken.write_text("#!/bin/sh\nexit 1\n")
    good.write_text(f'#!/bin/sh\n: > {tmp_path}/asked\nexec {sys.executable} "$@"\n')
    for one in (broken, good):
        one.chmod(0o755)
    monkeypatch.setenv("PATH", f"{pythons}{os.pathsep}{os.environ['PATH']}")
    newest = replace(SOURCE, pythons=("3.99", "3.98", "3.97"))
    tool = install(places.scanner(newest), print)
    assert subprocess.check_output([tool], text=True, env={}) == "demo 1.2.3\n"
    assert (tmp_path / "asked").exists()


def test_an_added_package_and_a_lost_interpreter_are_seen_without_verifying(home, content, served):
    (content / "lock.txt").write_text(places.lock({"demo==1.2.3": DEMO, "part==1.0": PART}))
    demo = places.scanner(SOURCE)
    install(demo, print)
    folder = place.tool_folder(demo)
    packages = next(folder.glob("lib/python*/site-packages"))
    (packages / "extra.pth").write_text("import os\n")
    assert present.installed(demo) is None
    (packages / "extra.pth").unlink()
    assert present.installed(demo)
    python = folder / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    assert look(demo).state is ToolState.CHANGED


def test_another_wheel_under_the_same_name_is_refused(home, content, monkeypatch):
    (content / "lock.txt").write_text(places.lock({"demo==1.2.3": DEMO, "part==1.0": PART}))
    evil = places.wheel("part", "1.0", requires="demo")
    pages = places.index({**WHEELS, "part-1.0-py3-none-any.whl": evil})
    demo = places.scanner(SOURCE, Source("archive", "bin/demo", url="http://127.0.0.1:9/x", sha256="0" * 64))
    with places.server(pages) as address:
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"{address}/simple/")
        told = []
        with pytest.raises(TrustError, match="Hash mismatch") as caught:
            install(demo, told.append)
    assert places.sha256(evil) in caught.value.message
    assert told == ["demo: installing 1.2.3 from the package index"]
    assert [path for path in (home / "tools/demo").iterdir() if path.is_dir()] == []


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("demo==1.2.3\n", "hash"),
        (places.lock({"demo==1.2.3": DEMO}), "part"),
        (places.lock({"gone==1.0": DEMO}), "gone"),
    ],
)
def test_a_lock_that_cannot_be_met_is_passed_over(home, content, served, lines, reason):
    (content / "lock.txt").write_text(lines)
    with pytest.raises(MissingToolError, match=f"package index: .*{reason}"):
        install(places.scanner(SOURCE), print)
    assert [path for path in (home / "tools/demo").iterdir() if path.is_dir()] == []


def test_an_index_out_of_reach_is_passed_over(home, content, monkeypatch):
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://me:hidden@127.0.0.1:9/simple/")
    (content / "lock.txt").write_text(places.lock({"demo==1.2.3": DEMO}))
    with pytest.raises(MissingToolError, match=r"could not be installed:\n    package index: ") as caught:
        install(places.scanner(SOURCE), print)
    assert "hidden" not in caught.value.message
    assert "127.0.0.1 cannot be used: Connection refused" in caught.value.message


def test_source_archives_are_never_built(home, content, monkeypatch):
    """Building runs code, and what it needs is named by no hash."""
    packed = places.tar(
        {"demo-1.2.3/setup.py": "open('/tmp/secgate-built', 'w')\n", "demo-1.2.3/PKG-INFO": "Name: demo\n"}
    )
    pages = places.index({"demo-1.2.3.tar.gz": packed})
    (content / "lock.txt").write_text(places.lock({"demo==1.2.3": packed}))
    with places.server(pages) as address:
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"{address}/simple/")
        with pytest.raises(MissingToolError, match=r"no usable wheels|building from source"):
            install(places.scanner(SOURCE), print)


def test_a_package_without_the_program_is_passed_over(home, content, served):
    (content / "lock.txt").write_text(places.lock({"part==1.0": PART}))
    with pytest.raises(MissingToolError, match="holds no program `bin/other`"):
        install(places.scanner(Source("index", "bin/other", lock="lock.txt")), print)


def test_configuration_around_the_home_does_not_count(home, content, served, monkeypatch):
    """SECGATE_HOME may lie below the tree that is judged; what lies there decides nothing."""
    (content / "lock.txt").write_text(places.lock({"demo==1.2.3": DEMO, "part==1.0": PART}))
    home.mkdir()
    for folder in (home, home.parent):
        (folder / "uv.toml").write_text('[[index]]\nurl = "http://127.0.0.1:9/simple"\ndefault = true\n')
    monkeypatch.chdir(home)
    monkeypatch.delenv("UV_DEFAULT_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", f"{served}/simple/")
    assert install(places.scanner(SOURCE), print).exists()


def test_only_named_variables_are_passed_on(home, monkeypatch, tmp_path):
    for name in ("PYTHONPATH", "PIP_REQUIRE_VIRTUALENV", "UV_NO_VERIFY_HASHES", "UV_CONFIG_FILE", "GITHUB_TOKEN"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("UV_INDEX_OWN_PASSWORD", "p")
    monkeypatch.setenv("https_proxy", "http://proxy")
    monkeypatch.setenv("PIP_INDEX_URL", "http://pip")
    seen = index.uv_environment(tmp_path)
    assert "x" not in seen.values()
    assert seen["UV_INDEX_OWN_PASSWORD"] == "p"
    assert seen["https_proxy"] == "http://proxy"
    assert seen["UV_DEFAULT_INDEX"] == "http://pip"
    assert seen["UV_CACHE_DIR"] == str(tmp_path / "uv")


def test_without_uv_it_says_so(home, content, monkeypatch):
    def gone() -> str:
        raise FileNotFoundError

    monkeypatch.setattr(uv, "find_uv_bin", gone)
    (content / "lock.txt").write_text("")
    with pytest.raises(MissingToolError, match="uv is not there"):
        install(places.scanner(SOURCE), print)


def test_a_program_that_takes_too_long_is_ended_with_what_it_started(tmp_path):
    with (tmp_path / "lock").open("w") as lock:
        script = "sleep 60 & echo $! > pid; wait"
        with pytest.raises(attempt.PassedOverError, match="sh did not end within 1 s"):
            attempt.run(["/bin/sh", "-c", script], {"PATH": os.defpath}, tmp_path, 1, lock.fileno())
    state = Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}/stat")
    deadline = time.monotonic() + 10
    while state.exists() and state.read_text().split()[2] != "Z":
        assert time.monotonic() < deadline, "it is still running"
        time.sleep(0.02)


def test_a_program_that_is_not_there_is_said(tmp_path):
    with (tmp_path / "lock").open("w") as lock, pytest.raises(attempt.PassedOverError, match="cannot be started"):
        attempt.run(["/nowhere/program"], {}, tmp_path, 1, lock.fileno())


@pytest.mark.live
def test_a_real_scanner_is_installed_from_the_index_and_runs(tmp_path, monkeypatch):
    from secgate import catalog  # noqa: PLC0415 - the real catalog

    monkeypatch.setenv("SECGATE_HOME", str(tmp_path))
    bandit = catalog.scanner("bandit")
    try:
        tool = install(bandit, print)
    except MissingToolError as error:
        pytest.skip(f"no package index here: {error.message}")
    said = subprocess.run([tool, "--version"], capture_output=True, text=True, check=True, env={"PATH": os.defpath})
    assert said.stdout.startswith(f"bandit {bandit.version}\n")
    assert look(bandit, verify=True).state is ToolState.INSTALLED
    assert Path(shutil.which(tool) or "").parent == place.tool_folder(bandit) / "bin"
    assert sys.prefix not in said.stdout
