"""Where the repository is, and git on it: hardened, and through a private git folder.

The repository is found by us, not by git, so that a folder which merely looks like a repository is never asked. Git
gets an environment of its own and a git folder of ours, which borrows objects, refs and index from the repository's. So
the repository's own configuration, hooks and attributes never apply: no setting can start a program or hide a file.
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from secgate.errors import UsageError

TIMEOUT_S = 120
_PIPE = getattr(fcntl, "F_SETPIPE_SZ", 0)
_PIPE_BYTES = 1 << 20

ENVIRONMENT = {
    "LC_ALL": "C",
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PROTOCOL_FROM_USER": "0",
}
OVERRULED = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.excludesFile=/dev/null",
    "core.attributesFile=/dev/null",
    "core.untrackedCache=false",
    "core.quotePath=false",
    "safe.bareRepository=explicit",
    "protocol.allow=never",
)
_FORMATS = {"extensions.objectformat": {"sha1", "sha256"}, "extensions.refstorage": {"files", "reftable"}}
"""All that a repository may say about itself: how its objects and refs are stored."""


def root_of(path: Path) -> Path | None:
    """Return the root of the working tree that holds `path` (absolute, resolved), or None outside a repository.

    Raises:
        UsageError: whether there is one cannot be seen.
    """
    try:
        return next((folder for folder in (path, *path.parents) if _is_marker(folder / ".git")), None)
    except OSError as error:
        raise UsageError(f"{error.filename}: cannot be read: {error.strerror}", "Check its permissions.") from error


def _is_marker(marker: Path) -> bool:
    if marker.is_file():
        with marker.open("rb") as file:
            return file.read(8) == b"gitdir: "
    return (marker / "HEAD").is_file() and (marker / "objects").is_dir()


@dataclass(frozen=True)
class Repository:
    """A repository that git may be asked about."""

    root: Path
    """Of its working tree."""
    folder: Path
    """The private git folder."""

    def head(self) -> str:
        """Return the id of HEAD's commit, or an empty text in a repository without commits."""
        return self.find("HEAD")

    def resolve(self, revision: str) -> str:
        """Return the id of the commit that a revision names.

        Raises:
            UsageError: there is no such commit here.
        """
        found = self.find(revision)
        if not found:
            raise absent(self.root, f"there is no commit `{revision}`")
        return found

    def find(self, revision: str) -> str:
        """Return the id of the commit that a revision names, or an empty text where there is no such commit here."""
        done = self.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return done.stdout.decode().strip() if done.returncode == 0 else ""

    def run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """Run git to its end.

        Raises:
            UsageError: git is not installed, or does not answer.
        """
        argv, environment = self._start(arguments)
        try:
            return subprocess.run(
                argv, cwd=self.root, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_S,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise UsageError(f"{self.root}: git did not answer within {TIMEOUT_S} s") from error

    @contextmanager
    def talk(self, *arguments: str, errors: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
        """Start git and give the process, to be asked and answered; it is ended afterwards.

        Args:
            arguments: of git.
            errors: where its stderr goes.

        Raises:
            UsageError: git is not installed.
        """
        argv, environment = self._start(arguments)
        process = subprocess.Popen(
            argv, cwd=self.root, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
            bufsize=1 << 20,
        )  # fmt: skip
        if _PIPE and process.stdout:
            # In a larger pipe fewer answers wait to be taken. Where the system gives none, the usual one will do.
            with suppress(OSError):
                fcntl.fcntl(process.stdout.fileno(), _PIPE, _PIPE_BYTES)
        try:
            yield process
        finally:
            process.kill()
            # Not by `with`, which would flush an input that nobody reads any more.
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()
            process.wait()

    def _start(self, arguments: tuple[str, ...]) -> tuple[list[str], dict[str, str]]:
        overruled = [word for setting in OVERRULED for word in ("-c", setting)]
        argv = [program(), f"--git-dir={self.folder}", f"--work-tree={self.root}", *overruled, *arguments]
        return argv, {**ENVIRONMENT, "PATH": os.environ.get("PATH", os.defpath)}


def absent(root: Path, what: str) -> UsageError:
    """Return the error for something of the history that this clone does not hold."""
    return UsageError(
        f"{root}: {what} in this clone",
        "Fetch it: `git fetch origin COMMIT`, or `fetch-depth: 0` where actions/checkout made the clone.",
    )


def program() -> str:
    """Return git's absolute path. A relative entry of PATH could lead into the tree: none of them counts.

    Raises:
        UsageError: git is not installed.
    """
    places = [place for place in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(place).is_absolute()]
    found = shutil.which("git", path=os.pathsep.join(places))
    if found is None:
        raise UsageError("git is not installed", "Install git, or scan a folder that is not a repository.")
    return found


@contextmanager
def opened(root: Path) -> Iterator[Repository]:
    """Give the repository whose working tree is at `root`; its private git folder lasts as long as the context.

    Raises:
        UsageError: git is not installed, or this is a repository of a kind that cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="secgate-git-", ignore_cleanup_errors=True) as scratch:
        repository = Repository(root, Path(scratch).resolve())
        try:
            own, common = _places(root)
            _borrow(own, common, repository.folder)
            _link(_index(root, own), repository.folder / "index")
        except (OSError, ValueError) as error:
            raise UsageError(f"{root}: its git folder cannot be read: {error}", "Run `git status` there.") from error
        _configure(repository, common, linked=own != common)
        yield repository


def _places(root: Path) -> tuple[Path, Path]:
    """Return the git folder of this working tree, and the one that it shares with others; often the same."""
    own = root / ".git"
    if own.is_file():
        own = root / os.fsdecode(own.read_bytes().removeprefix(b"gitdir: ").rstrip(b"\r\n"))
    shared = own / "commondir"
    common = own / os.fsdecode(shared.read_bytes().rstrip(b"\r\n")) if shared.is_file() else own
    return own.resolve(strict=True), common.resolve(strict=True)


def _borrow(own: Path, common: Path, private: Path) -> None:
    """Fill the private git folder: a HEAD and a config of its own, links to what is only read."""
    (private / "HEAD").write_bytes((own / "HEAD").read_bytes())
    (private / "config").write_text("")
    (private / "info").mkdir()
    (private / "objects" / "info").mkdir(parents=True)
    (private / "objects" / "info" / "alternates").write_bytes(_quoted(common / "objects"))
    for name in ("refs", "packed-refs", "reftable", "shallow", "info/exclude"):
        _link(common / name, private / name)
    for part in own.glob("sharedindex.*"):
        _link(part, private / part.name)


def _link(place: Path, link: Path) -> None:
    if place.exists():
        link.symlink_to(place)


def _quoted(objects: Path) -> bytes:
    """Return a line of `alternates`, in the quoting that git takes for any name."""
    escaped = "".join(f"\\{byte:03o}" if byte < 32 or byte in b'"\\' else chr(byte) for byte in os.fsencode(objects))
    return f'"{escaped}"\n'.encode("latin-1")


def _index(root: Path, own: Path) -> Path:
    """Return the index that counts. While `git commit -a` runs a hook, that is a file that it names to the hook."""
    named = root / os.environ.get("GIT_INDEX_FILE", "")
    return named if named.is_file() and named.resolve().parent == own else own / "index"


def _configure(repository: Repository, common: Path, *, linked: bool) -> None:
    """Write the private config: nothing but how objects and refs are stored.

    Raises:
        UsageError: the repository's own config cannot be read, or says what is not known here.
    """
    words = ("config", "--file", str(common / "config"), "--no-includes", "-z", "--get-regexp", "^extensions\\.")
    done = repository.run(*words)
    if done.returncode not in {0, 1}:
        raise UsageError(f"{repository.root}: git cannot read the repository's config", "Run `git status` there.")
    pairs = (line.partition("\n")[::2] for line in done.stdout.decode(errors="replace").split("\0"))
    said = {key: value.lower() for key, value in pairs if key in _FORMATS}
    if any(value not in _FORMATS[key] for key, value in said.items()):
        raise UsageError(f"{repository.root}: its objects or refs are stored in a way that is not known here")
    if linked and said.get("extensions.refstorage") == "reftable":
        raise UsageError(f"{repository.root}: a linked working tree with reftables cannot be read",
                         "Scan the main working tree, or a clone.")  # fmt: skip
    lines = [f"[core]\n\trepositoryformatversion = {1 if said else 0}\n\tbare = false\n"]
    lines += [f"[extensions]\n\t{key.partition('.')[2]} = {value}\n" for key, value in sorted(said.items())]
    (repository.folder / "config").write_text("".join(lines))
