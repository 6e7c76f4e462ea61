"""Download Debian packages by digest: `python packages.py LIST ARCHIVE FOLDER`.

ARCHIVE is the address of a Debian archive, `https://…` or `file://…`. Whatever it gives, the digests of LIST decide.
"""

import hashlib
import sys
import urllib.parse
import urllib.request
from pathlib import Path

MAX_BYTES = 100_000_000
TIMEOUT_S = 120


def main(listed: str, archive: str, folder: str) -> None:
    """Put every package of the list into the folder.

    Raises:
        SystemExit: one is another file than was pinned.
    """
    lines = [line.split("  ") for line in Path(listed).read_text().splitlines() if not line.startswith("#")]
    for digest, path in lines:
        url = f"{archive}/{urllib.parse.quote(path)}"
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:  # noqa: S310 - the caller names the archive
            content = answer.read(MAX_BYTES)
        found = hashlib.sha256(content).hexdigest()
        if found != digest:
            raise SystemExit(f"{url}: its sha256 is {found}, pinned is {digest}")
        (Path(folder) / Path(path).name).write_bytes(content)


if __name__ == "__main__":
    main(*sys.argv[1:])
