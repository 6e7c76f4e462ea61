"""The feeds: fetched when somebody asks for it, kept by their digests, and never fetched by a scan.

A feed counts as of the moment at which its source last served it: a catalogue that nobody had to change is not old.
But it never counts for longer than its publisher is known to stay silent, so that a mirror that stands still is seen.
A file that is given by hand counts as of its own date: nobody asked its source.
"""

import datetime
import hashlib
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from secgate.errors import MissingToolError, UsageError
from secgate.model import FeedState, KnownFeed
from secgate.provision import place, receipt
from secgate.provision.archive import download
from secgate.provision.attempt import PassedOverError
from secgate.provision.feed_files import MAX_BYTES, Content, FeedError, read_epss, read_kev
from secgate.provision.lockfile import Tell, locked

_CLOCKS = datetime.timedelta(days=2)
"""So far may the clocks of a publisher and of this machine differ."""
_LOCAL = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Feed:
    """One feed: who publishes it where, and how its file is read."""

    title: str
    url: str
    silence: datetime.timedelta
    """So long its publisher has been known to publish nothing."""
    read: Callable[[bytes], Content]


FEEDS: Mapping[str, Feed] = {
    "kev": Feed(
        "CISA's known exploited vulnerabilities",
        "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
        datetime.timedelta(days=21),
        read_kev,
    ),
    "epss": Feed(
        "FIRST's exploit prediction scores",
        "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz",
        datetime.timedelta(days=3),
        read_epss,
    ),
}
"""By id, as policies name them."""


def state(name: str) -> FeedState | None:
    """Return which feed is in use; None where there is none."""
    try:
        with (_folder(name) / "current.json").open("rb") as file:
            return msgspec.json.decode(file.read(10_000), type=FeedState)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def known(name: str) -> KnownFeed | None:
    """Return the feed that is in use with what it says; None where there is none, or it was changed since."""
    found = state(name)
    if found is None:
        return None
    try:
        with (_folder(name) / found.digest.removeprefix("sha256:")).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if _digest(data) != found.digest:
            return None
        content = FEEDS[name].read(data)
    except (OSError, FeedError):
        return None
    return KnownFeed(found, content.exploited, content.scores)


def update(name: str, source: str = "", tell: Tell | None = None) -> FeedState:
    """Fetch a feed, and use it from now on. What was used before is kept beside it, under its digest.

    Args:
        name: one of `FEEDS`.
        source: a mirror's address or a file; empty: its publisher's address.
        tell: is told what is being done.

    Raises:
        MissingToolError: it cannot be had, is not one whole feed, or is older than the one in use, which stays.
        UsageError: the source is neither a file nor an address that can be trusted.
    """
    feed, folder = FEEDS[name], _folder(name)
    source = source or feed.url
    (tell or (lambda _: None))(f"{name}: fetching {feed.title}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder / ".lock", tell or (lambda _: None)):
            data, served = _had(source, folder)
            found = _state(name, data, source, served)
            receipt.write_whole(folder / found.digest.removeprefix("sha256:"), data)
            receipt.write_whole(folder / "current.json", msgspec.json.encode(found, order="sorted"))
    except (FeedError, PassedOverError) as error:
        raise _failed(name, f"{_plain(source)}: {error}") from error
    except OSError as error:
        raise _failed(name, f"{error.filename or folder}: {error.strerror}") from error
    return found


def _folder(name: str) -> Path:
    return place.home() / "feeds" / name


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _had(source: str, folder: Path) -> tuple[bytes, bool]:
    """Return a source's bytes, and whether a server gave them."""
    address = urlsplit(source)
    if address.scheme == "https" or (address.scheme == "http" and address.hostname in _LOCAL):
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            download(source, Path(file.name), MAX_BYTES)
            return Path(file.name).read_bytes(), True
    if "://" in source:
        raise UsageError(
            f"{_plain(source)}: anybody on the way could change it", "Write an https:// address, or name a file."
        )
    if not Path(source).is_file():
        raise UsageError(f"{source}: there is no such file", "Name a file, or an https:// address.")
    with Path(source).open("rb") as given:
        data = given.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise FeedError(f"is larger than {MAX_BYTES // 1_000_000} MB")
    return data, False


def _state(name: str, data: bytes, source: str, served: bool) -> FeedState:
    content, old = FEEDS[name].read(data), state(name)
    released = content.released
    now = datetime.datetime.now(tz=datetime.UTC)
    if released > now + _CLOCKS:
        raise FeedError(f"its date, {released.date()}, is in the future")
    as_of = max(min(now, released + FEEDS[name].silence), released) if served else released
    found = FeedState(name, _digest(data), _told(released), _told(as_of), content.entries, _plain(source))
    if old is not None and found.released < old.released:
        raise FeedError(f"is of {found.released}, and the one in use of {old.released}")
    return found


def _told(when: datetime.datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(source: str) -> str:
    """Return a source without what may be a secret: a user's name and password, and the query."""
    address = urlsplit(source)
    if not address.scheme or "://" not in source:
        return Path(source).name
    return f"{address.scheme}://{address.netloc.rpartition('@')[2]}{address.path}"


def _failed(name: str, reason: str) -> MissingToolError:
    kept = "The one in use is kept" if state(name) else "There is none"
    return MissingToolError(
        f"{name}: {FEEDS[name].title} could not be had: {reason}. {kept}.",
        f"secgate feeds update {name} --source {name}=URL, for a mirror; or with a file that somebody fetched: "
        f"--source {name}=FILE",
    )
