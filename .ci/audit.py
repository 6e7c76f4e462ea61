"""Audit our workflows, the action and the examples with zizmor, every audit on: `python -I .ci/audit.py ZIZMOR`.

Examples name no real commit of ours; a made-up one stands in for it here.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMIT = "0123456789abcdef" * 2 + "01234567"


def main(zizmor: str) -> int:
    """Return zizmor's exit code: 0 where it finds nothing."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch)
        shutil.copytree(ROOT / ".github", copy / ".github")
        shutil.copy2(ROOT / "action.yml", copy)
        for path in sorted((ROOT / "examples" / "github").glob("*.yml")):
            text = path.read_text().replace("FULL-COMMIT-ID", COMMIT)
            (copy / ".github" / "workflows" / f"example-{path.name}").write_text(text)
        # Those that ask GitHub are off: no network.
        words = ("--offline", "--no-config", "--quiet", "--persona", "auditor", "--color", "never")
        return subprocess.run([zizmor, *words, str(copy)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
