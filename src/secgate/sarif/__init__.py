"""The only place that knows SARIF's shape: `read` and `write` turn files into `SarifRun` values and back."""

from collections.abc import Iterable
from importlib import import_module
from typing import BinaryIO

from secgate.sarif.reader import read
from secgate.sarif.run import SarifRun, Suppressed
from secgate.sarif.snippets import snippets

__all__ = ["SarifRun", "Suppressed", "read", "snippets", "write"]


def write(runs: Iterable[SarifRun], stream: BinaryIO) -> None:
    """Write one SARIF file; see `secgate.sarif.writer.write`."""
    # sarif-om takes longer to import than all of secgate: whoever only reads does not pay for it.
    import_module("secgate.sarif.writer").write(runs, stream)
