"""One file of one commit of a repository somewhere else. What it must hold is for the caller to say: by its digest."""

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from secgate.errors import TrustError
from secgate.git.repository import ENVIRONMENT, OVERRULED, TIMEOUT_S, program

_PASSED_ON = (
    "PATH",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
)
_SCHEMES = ("https", "file")
_REMEDY = "Check the URL and the commit, or say where it lies on this machine: --mirror PREFIX=DIR."


def fetched(url: str, commit: str, path: str) -> bytes:
    """Return a file's bytes.

    Args:
        url: `https://…` or `file://…`; no credentials are used.
        commit: its full id.
        path: below the root.

    Raises:
        TrustError: it cannot be fetched.
        UsageError: git is not installed.
    """
    scheme = url.partition("://")[0]
    if scheme not in _SCHEMES:
        raise TrustError(f"{url}: only {' and '.join(_SCHEMES)} are fetched", _REMEDY)
    with tempfile.TemporaryDirectory(prefix="secgate-git-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        form = "sha256" if len(commit) == 64 else "sha1"
        run(folder, "init", "--quiet", "--bare", f"--object-format={form}", "--template=", ".")
        # The second setting is for an upload-pack on this machine, which otherwise gives branches only.
        allowed = ("-c", f"protocol.{scheme}.allow=always", "-c", "uploadpack.allowAnySHA1InWant=true")
        run(folder, *allowed, "fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head", url, commit)
        return run(folder, "cat-file", "blob", f"{commit}:{path}")


def tip_of(url: str, ref: str) -> str:
    """Return the id of the commit that a branch or a tag of a repository somewhere else is now.

    Args:
        url: `https://…` or `file://…`; no credentials are used.
        ref: the name of a branch or a tag; a commit's full id is itself.

    Raises:
        TrustError: it cannot be asked, there is no such ref, or it is a branch and a tag.
        UsageError: git is not installed.
    """
    if re.fullmatch("[0-9a-f]{40}|[0-9a-f]{64}", ref):
        return ref
    scheme = url.partition("://")[0]
    if scheme not in _SCHEMES:
        raise TrustError(f"{url}: only {' and '.join(_SCHEMES)} are asked", _REMEDY)
    names = (f"refs/heads/{ref}", f"refs/tags/{ref}", f"refs/tags/{ref}^{{}}")
    with tempfile.TemporaryDirectory(prefix="secgate-git-", ignore_cleanup_errors=True) as scratch:
        told = run(Path(scratch), "-c", f"protocol.{scheme}.allow=always", "ls-remote", url, *names).decode()
    found = {name: commit for commit, _, name in (line.partition("\t") for line in told.splitlines())}
    tag, branch = found.get(names[2]) or found.get(names[1], ""), found.get(names[0], "")
    if bool(tag) == bool(branch):
        what = f"`{ref}` is a branch and a tag" if tag else f"there is no branch and no tag `{ref}`"
        raise TrustError(f"{url}: {what}", "Name another `ref`.")
    return tag or branch


def run(folder: Path, *arguments: str, more: Mapping[str, str] | None = None) -> bytes:
    """Run git in a folder of ours, with a network, and return what it prints.

    Args:
        folder: where.
        arguments: of git.
        more: variables for it beside those that lead to the network.

    Raises:
        TrustError: it fails.
        UsageError: git is not installed.
    """
    overruled = [word for setting in OVERRULED if "bareRepository" not in setting for word in ("-c", setting)]
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment = {**ENVIRONMENT, **passed, **(more or {})}
    try:
        done = subprocess.run(
            [program(), *overruled, *arguments], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, timeout=TIMEOUT_S, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise TrustError(f"git did not fetch within {TIMEOUT_S} s", _REMEDY) from error
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise TrustError(f"git cannot fetch it: {(told or ['no reason given'])[-1][:300]}", _REMEDY)
    return done.stdout
