"""Let libFuzzer loose on one target: `python -m fuzz.engine TARGET FLAG...`, from `tests/`; see `fuzz.run`.

The coverage that guides it is that of secgate's own code.
"""

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["secgate", "secgate_scanners"]):
    from fuzz.mutate import mutated
    from fuzz.run import folder
    from fuzz.targets import TARGETS


def main(name: str, *flags: str) -> None:
    """Fuzz; ends the process, with 0 where nothing was found."""
    # libFuzzer starts itself again, through a shell, where it merges.
    itself = f"{sys.executable} -m fuzz.engine {name}"
    atheris.Setup([itself, *flags], _timed(TARGETS[name], folder(name)), custom_mutator=_mutator)
    atheris.Fuzz()


def _timed(target: Callable[[bytes], None], place: Path) -> Callable[[bytes], None]:
    """Return the target; the input that took longest is kept, with the processor's seconds that it took."""
    longest = 0.05

    def timed(data: bytes) -> None:
        nonlocal longest
        began = time.process_time()
        target(data)
        took = time.process_time() - began
        if took > longest:
            longest = took * 1.1
            (place / "slowest").write_bytes(data)
            (place / "slowest.seconds").write_text(f"{took:.2f}")

    return timed


def _mutator(data: bytes, max_size: int, seed: int) -> bytes:
    changed = mutated(data, random.Random(seed), lambda some: atheris.Mutate(some, len(some) + 40))
    return changed[:max_size]


if __name__ == "__main__":
    main(*sys.argv[1:])
