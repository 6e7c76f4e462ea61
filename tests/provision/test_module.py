import os
import shutil
import subprocess

import pytest
from support import places

from secgate.errors import MissingToolError, TrustError
from secgate.model import Source
from secgate.provision.install import install

GO = Source(
    "module",
    "bin/demo",
    lock="module",
    package="example.com/demo",
    build={"flags": "-ldflags '-s -w -X main.version=1.2.3'", "environment": "CGO_ENABLED=0 GOPROXY=off"},
)
MAIN = 'package main\n\nvar version string\n\nfunc main() { println("demo", version) }\n'


def _module(content, main=MAIN, require="", sums=""):
    folder = content / "module"
    folder.mkdir()
    (folder / "go.mod").write_text(f"module example.com/demo\n\ngo 1.21\n{require}")
    (folder / "go.sum").write_text(sums)
    (folder / "main.go").write_text(main)


needs_go = pytest.mark.skipif(shutil.which("go") is None, reason="there is no Go here")


@needs_go
@pytest.mark.slow
def test_the_module_is_built_with_the_manifests_flags(home, content, monkeypatch):
    monkeypatch.setenv("GOFLAGS", "-ldflags=-X=main.version=evil")
    _module(content)
    tool = install(places.scanner(GO), print)
    assert subprocess.check_output([tool], text=True, stderr=subprocess.STDOUT) == "demo 1.2.3\n"
    assert not list(home.rglob("*.work"))


@needs_go
def test_what_cannot_be_built_is_passed_over(home, content):
    _module(content, require="broken\n")
    with pytest.raises(MissingToolError, match=r"Go module example\.com/demo: .*broken"):
        install(places.scanner(GO), print)
    assert [path for path in (home / "tools/demo").iterdir() if path.is_dir()] == []


def _fake_go(tmp_path, monkeypatch, script):
    (tmp_path / "go").mkdir()
    program = tmp_path / "go" / "go"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'go'}:{os.defpath}")


def test_a_changed_module_is_refused(home, content, tmp_path, monkeypatch):
    _module(content)
    _fake_go(tmp_path, monkeypatch, "echo 'verifying a@v1: checksum mismatch'; echo 'SECURITY ERROR' >&2; exit 1")
    with pytest.raises(TrustError, match="checksum mismatch SECURITY ERROR"):
        install(places.scanner(GO), print)


def test_the_users_go_settings_cannot_switch_the_checks_off(home, content, tmp_path, monkeypatch):
    _module(content)
    _fake_go(tmp_path, monkeypatch, 'env > "$TMPDIR/../../seen"; exit 1')
    for name in ("GOFLAGS", "GONOSUMDB", "GONOSUMCHECK", "GOSUMDB", "GOPRIVATE", "GOINSECURE", "GOENV", "PYTHONPATH"):
        monkeypatch.setenv(name, "mine")
    monkeypatch.setenv("GOTOOLCHAIN", "local")
    with pytest.raises(MissingToolError, match="go ended with exit code 1"):
        install(places.scanner(GO), print)
    seen = dict(line.split("=", 1) for line in (home / "tools/demo/seen").read_text().splitlines())
    assert "mine" not in seen.values()
    assert seen["GOTOOLCHAIN"] == "local"
    assert seen["CGO_ENABLED"] == "0"


def test_without_go_it_says_so(home, content, monkeypatch, tmp_path):
    _module(content)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingToolError, match="there is no `go` here"):
        install(places.scanner(GO), print)
