"""The feeds as they lie on this machine, each kept by its digest. Nothing is fetched here."""

import datetime
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from secgate.model import FeedState, KnownFeed
from secgate.provision import place
from secgate.provision.feed_files import MAX_BYTES, Content, FeedError, read_epss, read_kev


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
        with (folder(name) / "current.json").open("rb") as file:
            return msgspec.json.decode(file.read(10_000), type=FeedState)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def known(name: str) -> KnownFeed | None:
    """Return the feed that is in use with what it says; None where there is none, or it was changed since."""
    found = state(name)
    if found is None:
        return None
    try:
        with (folder(name) / found.digest.removeprefix("sha256:")).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if digest(data) != found.digest:
            return None
        content = FEEDS[name].read(data)
    except (OSError, FeedError):
        return None
    return KnownFeed(found, content.exploited, content.scores)


def folder(name: str) -> Path:
    """Return where a feed's files lie."""
    return place.home() / "feeds" / name


def digest(data: bytes) -> str:
    """Return the name by which a feed's file is kept: `sha256:` of its bytes."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
