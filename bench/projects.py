"""What the gate says of the source archives of well-known projects: the table of docs/projects.md, made again.

    python bench/projects.py FOLDER [NAME ...]

Each archive is fetched by its address, held against its digest, unpacked below FOLDER and committed as it is, so that a
commit is judged. A project that is there already is not fetched again. It takes an hour on two cores.
"""

import argparse
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import time
import urllib.request
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

PYPI = "https://files.pythonhosted.org/packages"
MOST = 4
"""Rules that are told of each project."""
GO = "https://proxy.golang.org/github.com"
PROJECTS = {
    "requests 2.34.2": (
        f"{PYPI}/ac/c3/e2a2b89f2d3e2179abd6d00ebd70bff6273f37fb3e0cc209f48b39d00cbf/requests-2.34.2.tar.gz",
        "f288924cae4e29463698d6d60bc6a4da69c89185ad1e0bcc4104f584e960b9ed",
    ),
    "flask 3.1.3": (
        f"{PYPI}/26/00/35d85dcce6c57fdc871f3867d465d780f302a175ea360f62533f12b27e2b/flask-3.1.3.tar.gz",
        "0ef0e52b8a9cd932855379197dd8f94047b359ca0a78695144304cb45f87c9eb",
    ),
    "django 6.1.3": (
        f"{PYPI}/55/79/49a609ea76ec51404b482932e33f1e6858946b920232c11b11a25bea3032/django-6.1.3.tar.gz",
        "b5d2d9e35295065d13b1927b3f19a59bd119f737aa6299def14ccca1ae3c8c0d",
    ),
    "black 26.5.1": (
        f"{PYPI}/c0/37/5628dd55bf2b34257fc7603f0fe97c40e3aaf24265f416a9c85c95ca1436/black-26.5.1.tar.gz",
        "dd321f668053961824bcc1be1cc1df748b2d7e4fa28086b08331e577b0100a73",
    ),
    "ansible-core 2.21.5": (
        f"{PYPI}/0b/27/d02c3f75e9f1468b5efbe49667574f68331b17e8a9f2bb99e1d18be70052/ansible_core-2.21.5.tar.gz",
        "65bb3148c58ebb843cd5074004c805f404f152114d98476dd823324616c9c6cb",
    ),
    "express 5.1.0": (
        "https://registry.npmjs.org/express/-/express-5.1.0.tgz",
        "dd6bdb4d4e54d520c78443d5c35aa4ae552be1837e8650d2ec1641df99393e1b",
    ),
    "axios 1.13.2": (
        "https://registry.npmjs.org/axios/-/axios-1.13.2.tgz",
        "6b4421f0d98e874f7151a88741d3aff2014b8f31e80aef2efa83bfb88662adec",
    ),
    "gin 1.11.0": (
        f"{GO}/gin-gonic/gin/@v/v1.11.0.zip",
        "ef27dd16d3edd311b60b920d44a57b52b1c208b5bb8a3a6c712945e0f5562cdf",
    ),
    "prometheus 0.307.3": (
        f"{GO}/prometheus/prometheus/@v/v0.307.3.zip",
        "636d032f3f1745d6eadbaa2bf30bf91d678a5ed6ef8937a56b99fb53b870c2d8",
    ),
    "argo-cd 3.2.0": (
        f"{GO}/argoproj/argo-cd/v3/@v/v3.2.0.zip",
        "2a8c3edccea38a7aaf9817cda6d1aecf448f4ae38f8f1054f1fa53d085ee6843",
    ),
    "consul 1.22.0": (
        f"{GO}/hashicorp/consul/@v/v1.22.0.zip",
        "a3dc8f4e097961fce5cb787c3338b533329a9d6ff869a2df8f301fac67bd3e33",
    ),
    "ripgrep 14.1.1": (
        "https://static.crates.io/crates/ripgrep/ripgrep-14.1.1.crate",
        "f77b8032dc584527975f34aa5a897d0ef5a785573fda778771a614ff9da501d9",
    ),
}


def fetch(name: str, folder: Path) -> Path:
    """Return the repository of a project below `folder`, with one commit."""
    tree = folder / name.replace(" ", "-")
    if tree.exists():
        return tree
    url, digest = PROJECTS[name]
    with urllib.request.urlopen(url) as answer:
        data = answer.read()
    if hashlib.sha256(data).hexdigest() != digest:
        sys.exit(f"{url}: is not what it was")
    fresh = tree.with_suffix(".new")
    unpack(data, fresh)
    (top,) = tops(fresh)
    git(top, "init", "-q")
    git(top, "add", "-A", "-f")
    git(top, "-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-qm", name)
    top.rename(tree)
    return tree


def unpack(data: bytes, folder: Path) -> None:
    """Unpack an archive below a folder."""
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            archive.extractall(folder)
    else:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            archive.extractall(folder, filter="data")


def tops(folder: Path) -> list[Path]:
    """Return the one folder that holds a module's or a package's files; a module's is some folders deep."""
    inner = list(folder.iterdir())
    return tops(inner[0]) if len(inner) == 1 and inner[0].is_dir() else [folder]


def git(tree: Path, *words: str) -> None:
    """Run git, without anything that would change what is committed."""
    subprocess.run(["git", "-c", "core.autocrlf=false", *words], cwd=tree, check=True)


def row(name: str, decision: dict[str, Any], seconds: float) -> str:
    """Return a project's line of the table."""
    counts, unread = decision["counts"], {one for each in decision["evidence"] for one in each.get("unread", ())}
    unmet = [f"{one['id']}: {one.get('reason', '')}" for one in decision["requirements"] if not one["met"]]
    verdict = f"{decision['outcome']} ({decision['exit']})"
    why = "<br>".join(unmet) or "–"
    blocking = [one["finding"] for one in decision.get("verdicts", ()) if one["action"] == "block"]
    rules = Counter(f"`{one['rule']['id']}` ({one['tool']})" for one in blocking)
    most = ", ".join(f"{count:,} × {rule}" for rule, count in rules.most_common(MOST)) or "–"
    return (
        f"| {name} | {decision['subject']['files']:,} | {verdict} | {counts['block']:,} | {counts['warn']:,} "
        f"| {most} | {len(unread)} | {seconds:.0f} s | {why} |"
    )


def main() -> None:
    """Print the table, a line as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help="By default all: " + ", ".join(PROJECTS))
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    print("| project | files | verdict | block | warn | what blocks most | files unread | time | what is incomplete |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name in (one for one in PROJECTS if not given.names or one.split()[0] in given.names):
        tree = fetch(name, given.folder.resolve())
        began = time.perf_counter()
        command = [sys.executable, "-m", "secgate", "scan", ".", "--commit", "HEAD", "--quiet", "--json", "-"]
        done = subprocess.run(command, cwd=tree, stdout=subprocess.PIPE, check=False)
        print(row(name, json.loads(done.stdout), time.perf_counter() - began), flush=True)


if __name__ == "__main__":
    main()
