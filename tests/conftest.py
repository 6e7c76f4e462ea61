"""What all tests share: the installed scanners, and the corpus of other people's reports."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from secgate import catalog
from secgate.errors import ContentError
from secgate.provision import present

ROOT = Path(__file__).resolve().parents[1]
CORPUS = Path(os.environ.get("SECGATE_CORPUS", ROOT.parent / "shared" / "corpus")).resolve()

_OF_A_HOOK = {"GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE"}

# A busy machine is no defect: what is slow is measured by bench/, not by deadlines.
settings.register_profile("secgate", deadline=None)
settings.load_profile("secgate")


def pytest_configure(config: pytest.Config) -> None:
    """Tell live tests where the installed scanners are, as SECGATE_TEST_<SCANNER>; what the caller has set stays."""
    # The tests' own repositories are not the one whose job or hook runs the tests.
    for variable in [one for one in os.environ if one.startswith("GITHUB_") or one in _OF_A_HOOK]:
        del os.environ[variable]
    try:
        scanners = catalog.scanners()
    except ContentError:
        return  # the tests of the catalog say so, with file and line
    for name, scanner in scanners.items():
        if executable := present.installed(scanner):
            os.environ.setdefault(f"SECGATE_TEST_{name.upper().replace('-', '_')}", str(executable))


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Name bytes after their argument: an archive made anew by each worker would give each its own list of tests."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Give the folder of other people's reports; skip where it is absent."""
    if not CORPUS.is_dir():
        pytest.skip(f"there is no corpus at {CORPUS}; SECGATE_CORPUS names another place")
    return CORPUS
