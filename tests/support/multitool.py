"""The SARIF Multitool, Microsoft's validator: where it is, and what it says about a file.

It is the executable that the environment's SECGATE_MULTITOOL names, else the one that
`python tests/support/multitool.py` fetches: the pinned package, with npm, checked by its digest. Linux on x86-64 only.
"""

import base64
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import pytest

VERSION = "5.7.0"
PACKAGE = f"@microsoft/sarif-multitool-linux@{VERSION}"
SHA512 = "NxUbpq6ISCWoTQ/NfOYEwEDKq1Heka/rMoJ5R5LMydcAZQX/X7g5mWHcgxDub+0M07LC96tZ5LZHvF1Qy3gjTA=="
CONFIG = Path(__file__).with_name("multitool.xml")


def cached() -> Path:
    """Return where the fetched executable lies or would lie."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "secgate" / "test-tools" / f"sarif-multitool-{VERSION}" / "Sarif.Multitool"


def executable() -> Path:
    """Return the executable, or skip the test with the reason."""
    named = os.environ.get("SECGATE_MULTITOOL")
    path = Path(named) if named else cached()
    if not path.is_file():
        pytest.skip(f"no SARIF Multitool at {path}: run `python tests/support/multitool.py`, or set SECGATE_MULTITOOL")
    return path


def complaints(document: bytes, folder: Path) -> list[str]:
    """Return each error and warning of the rules for SARIF and for GitHub, as `RULE level where: message`.

    Its exit code is 0 even for what is not JSON, so its own report is read; notes are not counted.
    """
    file, out = folder / "checked.sarif", folder / "multitool.sarif"
    file.write_bytes(document)
    argv = [executable(), "validate", file, "--rule-kind", "Sarif;Ghas", "--config", CONFIG, "-o", out]
    argv += ["--log", "ForceOverwrite", "--level", "Error;Warning", "--kind", "Fail", "--quiet"]
    ended = subprocess.run(argv, check=True, capture_output=True, timeout=300)
    assert out.is_file(), ended.stdout.decode() + ended.stderr.decode()
    report = json.loads(out.read_text("utf-8-sig"))
    (run,) = report["runs"]
    assert run["tool"]["driver"]["name"] == "Sarif.Multitool"
    return [_said(result) for result in run["results"]]


def _said(result: dict) -> str:
    where = result.get("locations", [{}])[0].get("physicalLocation", {}).get("region", {}).get("startLine", "?")
    message = result["message"]
    text = message.get("text") or " | ".join(message.get("arguments", []))
    return f"{result['ruleId']} {result.get('level', 'warning')} line {where}: {text}"


def fetch() -> Path:
    """Fetch the pinned package with npm, and return the path of the executable in it."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise SystemExit("the SARIF Multitool is fetched for Linux on x86-64 only")
    npm = shutil.which("npm")
    if not npm:
        raise SystemExit("npm is not installed; it fetches the SARIF Multitool")
    target = cached()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        subprocess.run(
            [npm, "pack", PACKAGE, "--silent", "--pack-destination", folder],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )
        (package,) = Path(folder).glob("*.tgz")
        if base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode() != SHA512:
            raise SystemExit(f"{PACKAGE} is not the package that is pinned here; nothing was installed")
        with tarfile.open(package) as archive:
            archive.extract("package/Sarif.Multitool", folder, filter="data")
        part = Path(folder) / "package" / "Sarif.Multitool"
        part.chmod(0o755)
        return part.replace(target)


if __name__ == "__main__":
    sys.stdout.write(f"{cached() if cached().is_file() else fetch()}\n")
