"""Fetches the feeds when somebody asks for it; a scan never does.

A feed counts as of the moment at which its source last served it: a catalogue that nobody had to change is not old.
But it never counts for longer than its publisher is known to stay silent, so that a mirror that stands still is seen.
A file that is given by hand counts as of its own date: nobody asked its source.
"""

import datetime
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from secgate.errors import MissingToolError, UsageError
from secgate.model import FeedState
from secgate.provision import feeds, receipt
from secgate.provision.archive import download
from secgate.provision.attempt import PassedOverError
from secgate.provision.feed_files import MAX_BYTES, FeedError
from secgate.provision.lockfile import Tell, locked

_CLOCKS = datetime.timedelta(days=2)
"""So far may the clocks of a publisher and of this machine differ."""
_LOCAL = {"localhost", "127.0.0.1", "::1"}


def update(name: str, source: str = "", tell: Tell | None = None) -> FeedState:
    """Fetch a feed, and use it from now on. What was used before is kept beside it, under its digest.

    Args:
        name: one of `feeds.FEEDS`.
        source: a mirror's address or a file; empty: its publisher's address.
        tell: is told what is being done.

    Raises:
        MissingToolError: it cannot be had, is not one whole feed, or is older than the one in use, which stays.
        UsageError: the source is neither a file nor an address that can be trusted.
    """
    feed, folder = feeds.FEEDS[name], feeds.folder(name)
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
    content, old = feeds.FEEDS[name].read(data), feeds.state(name)
    released = content.released
    now = datetime.datetime.now(tz=datetime.UTC)
    if released > now + _CLOCKS:
        raise FeedError(f"its date, {released.date()}, is in the future")
    as_of = max(min(now, released + feeds.FEEDS[name].silence), released) if served else released
    found = FeedState(name, feeds.digest(data), _told(released), _told(as_of), content.entries, _plain(source))
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
    kept = "The one in use is kept" if feeds.state(name) else "There is none"
    return MissingToolError(
        f"{name}: {feeds.FEEDS[name].title} could not be had: {reason}. {kept}.",
        f"secgate feeds update {name} --source {name}=URL, for a mirror; or with a file that somebody fetched: "
        f"--source {name}=FILE",
    )
