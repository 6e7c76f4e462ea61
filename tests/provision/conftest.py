"""A home and a catalog of its own for each test, and no way to the user's index."""

import os
from pathlib import Path

import pytest

from secgate import catalog


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty SECGATE_HOME."""
    monkeypatch.setenv("SECGATE_HOME", str(tmp_path / "home"))
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    return tmp_path / "home"


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the scanner `demo` in a catalog that holds nothing else."""
    root = tmp_path / "content"
    (root / "scanners" / "demo").mkdir(parents=True)
    monkeypatch.setattr(catalog, "root", lambda: root)
    return root / "scanners" / "demo"
