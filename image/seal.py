"""Make what is installed below SECGATE_HOME the same in every build, and ready to be started on a read-only disk.

Bytecode is compiled with unchecked hashes: it is valid whatever the time of its source is, so no start compiles
anything. All times become 0. Receipts are written again, since both change what they describe.
"""

import compileall
import os
import shutil
import sys
import warnings
from pathlib import Path
from py_compile import PycInvalidationMode

import msgspec

from secgate import catalog
from secgate.provision import place, receipt
from secgate.provision.receipt import ToolReceipt

# Written by the installer: when it ran, and where it read from. Nothing reads them.
NOISE = ("uv_cache.json", "direct_url.json", ".lock")


def main() -> None:
    """Seal it."""
    home = place.home()
    for path in sorted(home.rglob("*")):
        if path.name in NOISE and path.is_file():
            path.unlink()
        elif path.name == "__pycache__":
            shutil.rmtree(path)
    for record in home.rglob("*.dist-info/RECORD"):
        kept = [line for line in record.read_text().splitlines(keepends=True) if not line.split(",")[0].endswith(NOISE)]
        record.write_text("".join(kept))
    warnings.simplefilter("ignore")
    for folder in sorted(home.rglob("site-packages")):
        # Some packages carry files for other Pythons: what cannot be compiled cannot be imported either.
        compileall.compile_dir(folder, quiet=2, force=True, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    _at_zero(home)
    for scanner in catalog.scanners().values():
        folder = place.tool_folder(scanner)
        found = receipt.read(folder, ToolReceipt)
        if found is None:
            sys.exit(f"{scanner.id} is not installed")
        content, size = receipt.content(folder)
        stamps = receipt.stamps(folder, found.stamps)
        receipt.write(folder, msgspec.structs.replace(found, content=content, size=size, stamps=stamps))
    _at_zero(home)


def _at_zero(home: Path) -> None:
    for path in (*home.rglob("*"), home):
        os.utime(path, (0, 0), follow_symlinks=False)


if __name__ == "__main__":
    main()
