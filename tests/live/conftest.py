"""The real scanners, on small trees, with a vulnerability database of our own."""

import os
from pathlib import Path

import pytest
from support.advisories import write_database

from secgate import catalog
from secgate.gate import Request, check
from secgate.model import Decision
from secgate.policy.evaluate import Allowance
from secgate.policy.source import named
from secgate.provision import databases, place, present
from secgate.scan.plan import Wish

NOW = "2026-11-25"
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


class Quiet:
    def started(self, task): ...

    def finished(self, run): ...


@pytest.fixture
def installed():
    """Give the executables of all four scanners; a missing one is a failure in CI and a skip elsewhere."""
    found = {name: present.installed(scanner) for name, scanner in catalog.scanners().items()}
    absent = [name for name, executable in found.items() if executable is None]
    if absent:
        told = f"not installed: {', '.join(absent)}; run `secgate tools install`"
        pytest.fail(told) if os.environ.get("CI") else pytest.skip(told)
    return found


@pytest.fixture
def advisories(tmp_path, monkeypatch):
    """Put our own database in place of whatever this machine has."""
    source = tmp_path / "source"
    write_database(source)
    monkeypatch.setattr(place, "home", lambda: tmp_path / "home")
    scanner = catalog.scanner("trivy")
    (database,) = scanner.databases
    databases.put(scanner, database, source, lambda text: None)
    return database


@pytest.fixture
def judged(installed, advisories, monkeypatch):
    """Judge a folder with the real scanners; `tools` replaces or removes (None) some of them."""

    def judge(path: Path | None, tools: dict[str, Path | None] | None = None, **wish) -> Decision:
        policy = wish.pop("policy", "recommended@1")
        executables = {**installed, **(tools or {})}
        monkeypatch.setattr(present, "installed", lambda scanner: executables[scanner.id])
        return check(Request(path, Wish(**wish), named(policy), Allowance(), NOW, wish.get("cores", 2)), Quiet())

    return judge
