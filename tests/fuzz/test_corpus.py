"""What the fuzzer has learned is tried again, and what it has found stays found."""

from pathlib import Path

import pytest
from fuzz.run import HERE, kept
from fuzz.seeds import seeds
from fuzz.targets import TARGETS

FOUND = sorted((HERE / "found").glob("*/*"))


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_was_found_once_is_mended(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_found_where_the_fuzzer_begins(target: str) -> None:
    for number, seed in enumerate(seeds(target)):
        _tried(target, f"seed {number}", seed)


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_found_in_the_kept_corpus(target: str) -> None:
    for path in sorted(kept(target).glob("*")):
        _tried(target, path.name, path.read_bytes())


def _tried(target: str, name: str, data: bytes) -> None:
    try:
        TARGETS[target](data)
    except Exception as error:
        error.add_note(f"{target}: {name}")
        raise
