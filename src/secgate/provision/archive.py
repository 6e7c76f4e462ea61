"""Installs a tool from an official release archive: downloaded, its digest checked, one program taken out."""

import shutil
import stat
import tarfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ReadTimeoutError

from secgate.errors import TrustError
from secgate.provision import receipt
from secgate.provision.attempt import PassedOverError, Work

MAX_BYTES = 1_000_000_000
"""Of an archive, and of the program in it."""
CONNECT_S = 10
SILENCE_S = 30
DOWNLOAD_S = 1200
_CHUNK = 1 << 20
_NOTHING_INSTALLED = "Nothing was installed. Do not use that file: it is not the one that secgate was made with."

_PLAIN = (
    (requests.exceptions.SSLError, "cannot be reached: its certificate is not trusted here"),
    (requests.exceptions.ProxyError, "cannot be reached: the proxy does not let it through"),
    (requests.exceptions.Timeout, "did not answer in time"),
    (requests.exceptions.ChunkedEncodingError, "the connection broke off"),
    (requests.exceptions.ConnectionError, "cannot be reached"),
)


def install(work: Work) -> None:
    """Put the program of the archive into `work.folder`.

    Raises:
        PassedOverError: the archive cannot be had.
        TrustError: it is another one than was pinned, or holds what no release archive holds.
        OSError: there is no room.
    """
    package = work.scratch / "package"
    download(work.source.url, package, MAX_BYTES)
    found = receipt.file_digest(package)
    if found != work.source.sha256:
        raise TrustError(
            f"{work.source.url}: its sha256 is {found}, pinned is {work.source.sha256}",
            f"{_NOTHING_INSTALLED} A proxy may have answered in its place.",
        )
    target = work.folder / work.source.executable
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        _unpack(package, work.source.executable, target)
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise TrustError(f"{work.source.url}: {error}", _NOTHING_INSTALLED) from error
    target.chmod(0o755)


def download(url: str, target: Path, max_bytes: int = MAX_BYTES) -> None:
    """Get one file, bounded in size and time; whether it is the right one is for the caller to see.

    An address with https never leads to one without.

    Raises:
        PassedOverError: it cannot be had.
        OSError: there is no room.
    """
    host = urlsplit(url).hostname
    try:
        # A proxy that decodes on the way would change the bytes that the digest is of.
        with requests.get(
            url, stream=True, timeout=(CONNECT_S, SILENCE_S), headers={"Accept-Encoding": "identity"}
        ) as answer:
            if answer.status_code != requests.codes.ok:
                raise PassedOverError(f"{host} answered {answer.status_code}")
            if urlsplit(url).scheme == "https" != urlsplit(answer.url).scheme:
                raise PassedOverError(f"{host} leads to an address without https")
            _store(answer, target, max_bytes)
    except requests.RequestException as error:
        raise PassedOverError(f"{host} {_plainly(error)}") from error


def _plainly(error: requests.RequestException) -> str:
    # A server that falls silent in the middle is reported as a connection error that wraps a time limit.
    if any(isinstance(cause, ReadTimeoutError) for cause in error.args):
        return "fell silent"
    return next((words for kind, words in _PLAIN if isinstance(error, kind)), type(error).__name__)


def _store(answer: requests.Response, target: Path, max_bytes: int) -> None:
    size, deadline = 0, time.monotonic() + DOWNLOAD_S
    with target.open("wb") as file:
        for chunk in answer.iter_content(_CHUNK):
            size += len(chunk)
            if size > max_bytes:
                raise PassedOverError(f"{answer.url} is larger than {max_bytes // 1_000_000} MB")
            if time.monotonic() > deadline:
                raise PassedOverError(f"{answer.url} took longer than {DOWNLOAD_S} s")
            file.write(chunk)


@dataclass(frozen=True)
class _Member:
    """One entry of an archive, of either kind."""

    name: str
    size: int
    plain: bool
    """A file or a folder, and neither a link nor a device."""


def _unpack(package: Path, executable: str, target: Path) -> None:
    if zipfile.is_zipfile(package):
        with zipfile.ZipFile(package) as packed:
            name = _choose((_zip_member(info) for info in packed.infolist()), executable)
            with packed.open(name) as program:
                _copy(program, target)
        return
    with tarfile.open(package) as unpacked:
        name = _choose((_tar_member(info) for info in unpacked), executable)
        program_file = unpacked.extractfile(name)
        if program_file is None:
            raise ValueError(f"`{name}` is not a file")
        with program_file:
            _copy(program_file, target)


def _zip_member(info: zipfile.ZipInfo) -> _Member:
    kind = stat.S_IFMT(info.external_attr >> 16)
    return _Member(info.filename, info.file_size, kind in {0, stat.S_IFREG, stat.S_IFDIR})


def _tar_member(info: tarfile.TarInfo) -> _Member:
    return _Member(info.name, info.size, info.isreg() or info.isdir())


def _choose(members: Iterator[_Member], executable: str) -> str:
    """Hold every member to the rules, and return the name of the one that is the program."""
    wanted = PurePosixPath(executable)
    found: dict[str, str] = {}
    for member in members:
        path = PurePosixPath(member.name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in path.parts[:1]:
            raise ValueError(f"the archive holds `{member.name}`, which leads out of it")
        if not member.plain:
            raise ValueError(f"the archive holds `{member.name}`, which is a link or a device")
        if member.size > MAX_BYTES:
            raise ValueError(f"the archive holds `{member.name}`, which is larger than {MAX_BYTES // 1_000_000} MB")
        if path.name == wanted.name:
            found[str(path)] = member.name
    best = found.get(str(wanted)) or found.get(wanted.name)
    if best is None:
        raise ValueError(f"the archive does not hold `{executable}`")
    return best


def _copy(program: IO[bytes], target: Path) -> None:
    with target.open("wb") as file:
        shutil.copyfileobj(program, file, _CHUNK)
