"""uv is told what pip is told."""

import importlib.util
import sys
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location(
    "as_pip", Path(__file__).resolve().parents[1] / "requirements" / "as_pip.py"
)
as_pip = importlib.util.module_from_spec(spec)
spec.loader.exec_module(as_pip)

FILE = "global.index-url='https://file.example/simple'\n"
VARIABLE = ":env:.index-url='https://variable.example/simple'\n"


def test_nothing_told_adds_only_the_certificates_of_the_system():
    assert as_pip.environment("", {"HOME": "/h"}) == {"HOME": "/h", "UV_SYSTEM_CERTS": "1"}


@pytest.mark.parametrize("listed", [FILE + VARIABLE, VARIABLE + FILE])
def test_variables_win_over_files(listed):
    assert as_pip.environment(listed, {})["UV_DEFAULT_INDEX"] == "https://variable.example/simple"


def test_what_uv_was_told_itself_wins():
    listed = FILE + "global.cert='/etc/pip.pem'\n"
    given = {"UV_DEFAULT_INDEX": "https://uv.example", "SSL_CERT_FILE": "/own.pem", "UV_SYSTEM_CERTS": "0"}
    assert as_pip.environment(listed, given) == given


def test_the_older_name_of_the_index_wins_too():
    assert "UV_DEFAULT_INDEX" not in as_pip.environment(FILE, {"UV_INDEX_URL": "https://uv.example"})


def test_several_values_are_separated_as_uv_wants_them():
    listed = "global.find-links='/a /b'\ninstall.extra-index-url='\\nhttps://x.example\\nhttps://y.example'\n"
    result = as_pip.environment(listed, {})
    assert result["UV_FIND_LINKS"] == "/a,/b"
    assert result["UV_INDEX"] == "https://x.example https://y.example"


def test_the_command_runs_in_that_environment(capfd, monkeypatch):
    pytest.importorskip("pip", reason="this environment has no pip; the one that make builds has")
    monkeypatch.setenv("PIP_INDEX_URL", "https://told.example/simple")
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    seen = {}

    def become(program, words, environment):
        seen.update(environment, program=program, words=words)

    monkeypatch.setattr(as_pip.os, "execvpe", become)
    monkeypatch.setattr(sys, "argv", ["as_pip.py", "uv", "pip", "sync"])
    as_pip.main()
    assert seen["UV_DEFAULT_INDEX"] == "https://told.example/simple"
    assert (seen["program"], seen["words"]) == ("uv", ["uv", "pip", "sync"])
    assert capfd.readouterr() == ("", "")
