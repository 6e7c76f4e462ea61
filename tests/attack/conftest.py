"""The yards: built and scanned once, by whichever test process comes first."""

import os
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from attack.attack import Attack
from attack.attacks import ATTACKS
from attack.yard import Tools, Yard, once
from support.advisories import write_database

from secgate import catalog
from secgate.provision import databases, place, present


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder that all test processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "attack"


@pytest.fixture(scope="session")
def tools(shared: Path) -> Tools:
    """Give the installed scanners; a missing one is a failure in CI and a skip elsewhere."""
    found = {name: present.installed(scanner) for name, scanner in catalog.scanners().items()}
    absent = [name for name, executable in found.items() if executable is None]
    if absent:
        told = f"not installed: {', '.join(absent)}; run `secgate tools install`"
        pytest.fail(told) if os.environ.get("CI") else pytest.skip(told)
    scanner, home = catalog.scanner("trivy"), shared / "home"
    installed = place.home() / "tools"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SECGATE_HOME", str(home))

        def make() -> None:
            home.mkdir(parents=True)
            (home / "tools").symlink_to(installed)
            write_database(shared / "source")
            databases.put(scanner, scanner.databases[0], shared / "source", lambda text: None)

        once(shared, "home", make)
        database = place.database_folder(scanner, scanner.databases[0])
    return Tools(home, {name: path for name, path in found.items() if path}, database)


@pytest.fixture(scope="session")
def yard(shared: Path, tools: Tools) -> Callable[[str, str], Yard]:
    """Give the yard of some name, built: one copy for the tools by themselves (`bare`), another one for the `gate`."""
    attacks: defaultdict[str, list[Attack]] = defaultdict(list)
    for attack in ATTACKS:
        attacks[attack.yard].append(attack)

    @cache
    def get(name: str, copy: str) -> Yard:
        folder = shared / (name or "common")
        found = Yard(folder / copy, tuple(attacks[name]), tools)
        once(folder, f"build-{copy}", found.build)
        return found

    return get
