"""A scan whose copy is there already: `python bench/unstaged.py TREE FOLDER`, where FOLDER/secgate-staged/tree is it.

What `secgate scan` takes longer than this is the price of staging.
"""

import contextlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from secgate.cli import main
from secgate.gate import scan, sides
from secgate.model import Scanner, Tree


def staged_before(tree: Tree, _folder: Path, _scanners: Iterable[Scanner] = ()) -> Tree:
    """Copy nothing."""
    return tree


def main_without_staging(tree: str, folder: Path) -> None:
    """Scan `tree`, whose copy lies in `folder`."""

    @contextlib.contextmanager
    def copy_made_before() -> Iterator[tuple[Path, Path]]:
        yield folder / "secgate-staged" / "tree", folder

    sides.stage, scan.empty_copy = staged_before, copy_made_before
    sys.argv = ["secgate", "scan", tree, "--quiet"]
    main()


if __name__ == "__main__":
    main_without_staging(sys.argv[1], Path(sys.argv[2]).resolve())
