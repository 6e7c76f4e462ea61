"""A repository on its server, asked for the little that is needed: branches, and single files of single commits.

Nothing of it is checked out, and no file is fetched that nobody asks for.
"""

import base64
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from secgate.errors import HistoryError, TrustError
from secgate.git.remote import run
from secgate.git.repository import Repository
from secgate.git.snapshot import REMOTE, Snapshot, content, snapshot

_COMMIT = re.compile("[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REMEDY = "Check the repository's address, and that the token may read its contents."


@dataclass(frozen=True)
class Origin:
    """A repository that is asked."""

    repository: Repository
    """An empty one of ours, into which is fetched."""
    fetch: tuple[str, ...]
    """The words by which git may fetch from it."""
    environment: dict[str, str]
    _snapshots: dict[str, Snapshot] = field(default_factory=dict)

    def tip(self, branch: str) -> str:
        """Return the id of a branch's newest commit.

        Raises:
            HistoryError: there is no such branch.
        """
        try:
            self._fetch(f"+refs/heads/{branch}:{REMOTE}{branch}")
        except TrustError as error:
            raise HistoryError(f"the branch `{branch}` cannot be had: {error.message}", _REMEDY) from error
        return self.repository.resolve(f"{REMOTE}{branch}")

    def commit(self, commit: str) -> tuple[str, tuple[str, ...]]:
        """Return the id of a commit's tree, and of its parents.

        Raises:
            HistoryError: the server does not give the commit.
        """
        self._have(commit)
        head = self.repository.run("cat-file", "commit", commit).stdout.partition(b"\n\n")[0].decode(errors="replace")
        said = [line.partition(" ")[::2] for line in head.splitlines()]
        return next(value for name, value in said if name == "tree"), tuple(v for name, v in said if name == "parent")

    def read(self, commit: str, path: str) -> bytes | None:
        """Return a file of a commit; None only where there certainly is no such file.

        Raises:
            HistoryError: the server does not give it.
            UsageError: what is there is no regular file of a sensible size.
        """
        held = self.held(commit)
        if held.blob(path) and self.repository.run("cat-file", "-e", held.blob(path)).returncode:
            self._fetch(held.blob(path))
        return content(self.repository, held, path)

    def held(self, commit: str) -> Snapshot:
        """Return the names in a commit.

        Raises:
            HistoryError: the server does not give it.
        """
        if commit not in self._snapshots:
            self._have(commit)
            self._snapshots[commit] = snapshot(self.repository, commit)
        return self._snapshots[commit]

    def _have(self, commit: str) -> None:
        if not _COMMIT.fullmatch(commit):
            raise TrustError(f"`{commit[:60]}` is no id of a commit", "Run the gate in a job of a workflow.")
        if self.repository.find(commit):
            return
        try:
            self._fetch(commit)
        except TrustError as error:
            raise HistoryError(f"the commit {commit[:12]} cannot be had: {error.message}", _REMEDY) from error

    def _fetch(self, what: str) -> None:
        words = ("fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head", "--filter=blob:none")
        run(self.repository.folder, *self.fetch, *words, "origin", what, more=self.environment)


@contextmanager
def asked(url: str, token: str = "") -> Iterator[Origin]:
    """Give a repository on its server.

    Args:
        url: `https://…` or `file://…`.
        token: of GitHub, sent to this very address only; empty: none.

    Raises:
        TrustError: it is an address of another kind.
    """
    scheme = url.partition("://")[0]
    if scheme not in {"https", "file"} or any(letter.isspace() for letter in url):
        raise TrustError(f"{url!a} is no address of a repository", _REMEDY)
    with tempfile.TemporaryDirectory(prefix="secgate-git-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch).resolve()
        run(folder, "init", "--quiet", "--bare", "--template=", ".")
        (folder / "config").write_text(
            "[core]\n\trepositoryformatversion = 1\n\tbare = false\n[extensions]\n\tpartialClone = origin\n"
            f'[remote "origin"]\n\turl = {url}\n\tpromisor = true\n\tpartialclonefilter = blob:none\n'
        )
        # The last two are for an upload-pack on this machine, which otherwise gives whole branches only.
        settings = (
            f"protocol.{scheme}.allow=always", "http.followRedirects=false", "uploadpack.allowAnySHA1InWant=true",
            "uploadpack.allowFilter=true",
        )  # fmt: skip
        words = tuple(word for setting in settings for word in ("-c", setting))
        yield Origin(Repository(folder, folder), words, _authorized(url, token))


def _authorized(url: str, token: str) -> dict[str, str]:
    """Return the environment by which git tells the server who asks; no process list shows it."""
    if not token:
        return {}
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{url}.extraHeader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {basic}",
    }
