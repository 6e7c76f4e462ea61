import os
import sys
from pathlib import Path

import pytest

from secgate.provision import pip
from secgate.provision.pip import for_uv


@pytest.fixture(autouse=True)
def prefix(monkeypatch, tmp_path):
    """An environment and a machine with no pip.conf of their own."""
    monkeypatch.setattr(pip, "_MACHINE", tmp_path / "machine.conf")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "prefix"))
    return tmp_path / "prefix"


@pytest.fixture
def given(tmp_path):
    """A user without any settings."""
    return {"HOME": str(tmp_path / "home"), "XDG_CONFIG_DIRS": str(tmp_path / "etc")}


def _conf(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_every_setting_is_said_in_uvs_words(given):
    given |= {
        "PIP_INDEX_URL": "https://one/simple",
        "PIP_EXTRA_INDEX_URL": "https://two  https://three",
        "PIP_FIND_LINKS": "/a\n/b",
        "PIP_TRUSTED_HOST": "one two",
        "PIP_CERT": "/own.pem",
        "PIP_PROXY": "http://proxy:3128",
        "PIP_CONFIG_FILE": os.devnull,
    }
    assert for_uv(given) == {
        "UV_DEFAULT_INDEX": "https://one/simple",
        "UV_INDEX": "https://two https://three",
        "UV_FIND_LINKS": "/a,/b",
        "UV_INSECURE_HOST": "one two",
        "SSL_CERT_FILE": "/own.pem",
        "HTTPS_PROXY": "http://proxy:3128",
        "HTTP_PROXY": "http://proxy:3128",
    }


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("PIP_INDEX_URL", "UV_INDEX_URL"),
        ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"),
        ("PIP_EXTRA_INDEX_URL", "UV_INDEX"),
        ("PIP_CERT", "SSL_CERT_DIR"),
        ("PIP_PROXY", "https_proxy"),
    ],
)
def test_what_uv_is_told_already_wins(given, setting, told):
    assert for_uv({**given, setting: "x", told: "y", "PIP_CONFIG_FILE": os.devnull}) == {}


def test_files_are_read_in_pips_order(given, tmp_path, prefix):
    def index() -> str:
        return for_uv(given)["UV_DEFAULT_INDEX"]

    _conf(tmp_path / "etc" / "pip" / "pip.conf", "[global]\nindex-url = https://shared\n")
    assert index() == "https://shared"
    _conf(tmp_path / "machine.conf", "[global]\nindex-url = https://machine\n")
    assert index() == "https://machine"
    _conf(tmp_path / "home" / ".pip" / "pip.conf", "[global]\nindex_url = https://old\n")
    assert index() == "https://old"
    _conf(tmp_path / "home" / ".config" / "pip" / "pip.conf", "[global]\nindex-url = https://user/50%\n")
    assert index() == "https://user/50%"
    _conf(prefix / "pip.conf", "[global]\nindex-url = https://environment\n")
    assert index() == "https://environment"
    _conf(tmp_path / "etc" / "pip" / "pip.conf", "[install]\nindex-url = https://install\n")
    assert index() == "https://install"
    given["PIP_INDEX_URL"] = "https://variable"
    assert index() == "https://variable"


def test_a_named_file_stands_in_for_the_users(given, tmp_path):
    _conf(tmp_path / "home" / ".config" / "pip" / "pip.conf", "[global]\nextra-index-url = https://user\n")
    _conf(tmp_path / "named", "[global]\nindex-url =\n    https://named\n")
    given["PIP_CONFIG_FILE"] = str(tmp_path / "named")
    found = for_uv(given)
    assert found["UV_DEFAULT_INDEX"] == "https://named"
    assert "UV_INDEX" not in found


@pytest.mark.parametrize("text", [b"no section\n", b"[global\n", b"\xff\xfe", b"[global]\nindex-url\n"])
def test_a_broken_file_says_nothing(given, tmp_path, text):
    _conf(tmp_path / "home" / ".pip" / "pip.conf", "")
    (tmp_path / "home" / ".pip" / "pip.conf").write_bytes(text)
    assert for_uv(given) == {}
