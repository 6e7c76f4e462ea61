"""Write the image's digest into action.yml: `python -I action/release.py IMAGE@sha256:DIGEST`."""

import re
import sys
from pathlib import Path

ACTION = Path(__file__).resolve().parents[1] / "action.yml"
_IMAGE = re.compile(r"[a-z0-9.-]+(?:/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}", re.ASCII)
_LINE = re.compile(r'(?m)^(\s+SECGATE_ACTION_IMAGE: )".*"$')
STARTS = 4


def main(image: str) -> None:
    """Let every start use this image.

    Raises:
        SystemExit: it is not named by its digest, or action.yml is not what it should be.
    """
    if not _IMAGE.fullmatch(image):
        raise SystemExit(f"{image!a} does not name an image by its digest")
    text, count = _LINE.subn(rf'\1"{image}"', ACTION.read_text())
    if count != STARTS:
        raise SystemExit(f"{ACTION.name} names the image {count} times, not {STARTS}")
    ACTION.write_text(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
