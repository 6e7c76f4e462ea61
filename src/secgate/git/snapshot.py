"""What a commit holds, to be compared with and read from: names, ids and content, raw."""

import datetime
import hashlib
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from secgate.errors import HistoryError, UsageError
from secgate.git.blobs import reading
from secgate.git.listing import Entry, commit
from secgate.git.repository import Repository

REMOTE = "refs/remotes/origin/"
MAX_FILE_BYTES = 20_000_000


@dataclass(frozen=True)
class Snapshot:
    """The names in one commit, each with the id of its content."""

    commit: str
    entries: Mapping[str, Entry]
    """By path; without names that are damaged or there twice."""
    unknown: Mapping[str, str] = field(default_factory=dict)
    """By path, why nobody knows what is there or below."""

    def blob(self, path: str) -> str:
        """Return the id of a file's content; empty where there is no such file, or something else of that name."""
        entry = self.entries.get(path)
        return entry.blob if entry and stat.S_ISREG(entry.mode) else ""


def snapshot(repository: Repository, revision: str) -> Snapshot:
    """Return what a commit holds.

    Args:
        repository: where it is.
        revision: the id of a commit.

    Raises:
        HistoryError: this clone does not hold it.
    """
    try:
        found = commit(repository, revision)
    except UsageError as error:
        raise HistoryError(error.message, error.remedy) from error
    entries: dict[str, Entry] = {}
    unknown: dict[str, str] = {}
    for entry in found:
        path = os.fsdecode(entry.name)
        if path in entries or entry.absent:
            unknown[path] = entry.absent or "is there twice"
        entries[path] = entry
    return Snapshot(revision, {path: one for path, one in entries.items() if path not in unknown}, unknown)


def contents(repository: Repository, one: Snapshot, paths: Iterable[str]) -> dict[str, bytes]:
    """Return the content of those of the paths that are files of at most `MAX_FILE_BYTES`.

    Raises:
        HistoryError: this clone does not hold one of them.
    """
    wanted = {path: blob for path in paths if (blob := one.blob(path))}
    if not wanted:
        return {}
    with reading(repository, MAX_FILE_BYTES) as read:
        found = list(read(list(wanted.values())))
    if missing := [path for path, blob in zip(wanted, found, strict=True) if blob.kind == "missing"]:
        raise HistoryError(
            f"{repository.root}: `{missing[0]}` of commit {one.commit[:12]} is not in this clone",
            "Fetch it: a clone without `--filter`, or `fetch-depth: 0` where actions/checkout made the clone.",
        )
    return {path: blob.content for path, blob in zip(wanted, found, strict=True) if blob.size <= MAX_FILE_BYTES}


def content(repository: Repository, one: Snapshot, path: str) -> bytes | None:
    """Return what a file holds on which a verdict depends; None only where there certainly is no such file.

    Raises:
        HistoryError: this clone does not hold it.
        UsageError: what is there is no regular file of at most `MAX_FILE_BYTES` in regular folders.
    """
    at = one.commit[:12]
    above = [str(folder) for folder in PurePosixPath(path).parents][:-1]
    for place in (path, *above, ""):
        if reason := one.unknown.get(place):
            raise HistoryError(f"`{place or path}` of commit {at}: {reason}", "Fetch all of it, or mend it there.")
        if place in one.entries and not (place == path and one.blob(path)):
            kind = "file" if place == path else "folder"
            raise UsageError(f"`{place}` of commit {at} is no regular {kind}", f"Make it one: `{path}` counts there.")
    if not one.blob(path):
        return None
    found = contents(repository, one, [path])
    if path not in found:
        limit = f"{MAX_FILE_BYTES // 1_000_000} MB"
        raise UsageError(f"`{path}` of commit {at} is larger than {limit}", "Make it smaller: it counts there.")
    return found[path]


def object_id(kind: str, content: bytes, like: str) -> str:
    """Return the id that git gives to content.

    Args:
        kind: `blob`.
        content: raw.
        like: any id of the repository: its length says by which digest they are made.
    """
    digest = hashlib.sha256() if len(like) == 64 else hashlib.sha1(usedforsecurity=False)
    digest.update(f"{kind} {len(content)}\0".encode())
    digest.update(content)
    return digest.hexdigest()


def tip(repository: Repository, branch: str) -> str:
    """Return the id of the commit that a branch of the origin has now, as far as it was fetched.

    Raises:
        HistoryError: this clone does not hold the branch.
    """
    found = repository.find(f"{REMOTE}{branch}")
    if not found:
        raise HistoryError(
            f"{repository.root}: the branch `{branch}` of the origin is not in this clone, and its policy decides",
            f"Fetch it: `git fetch origin {branch}`, or `fetch-depth: 0` where actions/checkout made the clone.",
        )
    return found


def known(repository: Repository, revision: str, what: str) -> str:
    """Return the id of a commit that is needed to compare with.

    Raises:
        HistoryError: this clone does not hold it.
    """
    found = repository.find(revision)
    if not found:
        raise HistoryError(
            f"{repository.root}: {what} `{revision}` is not in this clone",
            "Fetch it: `git fetch origin COMMIT`, or `fetch-depth: 0` where actions/checkout made the clone.",
        )
    return found


def committed(repository: Repository, commit: str) -> str:
    """Return when a commit was made, RFC 3339 in UTC; empty where it does not say so in years that exist."""
    seconds = repository.run("log", "-1", "--no-show-signature", "--format=%ct", commit).stdout.decode().strip()
    try:
        when = datetime.datetime.fromtimestamp(int(seconds), tz=datetime.UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def merged_into(repository: Repository, head: str) -> str:
    """Return the first parent of a merge, which is what was merged into; empty where a commit is no merge.

    Raises:
        HistoryError: this clone does not hold the first parent.
    """
    return known(repository, f"{head}^1", "the first parent") if repository.find(f"{head}^2") else ""


def merge_base(repository: Repository, head: str, target: str) -> str:
    """Return the commit from which two commits come.

    Where there are several, as after merges crosswise, it is the target: which of them git names first whoever wrote
    the head may have arranged, and one of them may have what the target no longer has.

    Args:
        repository: that holds both.
        head: the id of what is judged.
        target: the id of what it is to be merged into.

    Raises:
        HistoryError: this clone does not hold enough of the history.
    """
    done = repository.run("merge-base", "--all", "--end-of-options", target, head)
    if done.returncode != 0:
        raise HistoryError(
            f"{repository.root}: this clone does not hold what commit {head[:12]} and {target[:12]} come from",
            "Fetch it: `git fetch --unshallow`, or `fetch-depth: 0` where actions/checkout made the clone.",
        )
    found: list[str] = done.stdout.decode().split()
    return found[0] if len(found) == 1 else target
