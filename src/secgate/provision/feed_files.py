"""The files of the feeds as their publishers write them, read strictly: half a catalogue is no catalogue.

CISA's catalogue of known exploited vulnerabilities is JSON, FIRST's scores (EPSS) are CSV, packed with gzip, with a
comment in the first line that names the model and the day.
"""

import datetime
import gzip
import io
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

import msgspec

MAX_BYTES = 100_000_000
"""Of a file, and of what is packed in it."""
MAX_ENTRIES = 5_000_000

_CVE = "CVE-[0-9]{4}-[0-9]{4,}"
_HEAD = re.compile(r"#model_version:([\w.-]+),score_date:(\S+)")
_COLUMNS = "cve,epss,percentile"
_ROW = re.compile(rf"({_CVE}),([0-9]+(?:\.[0-9]+)?(?:[eE]-?[0-9]+)?),([0-9]+(?:\.[0-9]+)?(?:[eE]-?[0-9]+)?)")


class FeedError(ValueError):
    """A file that is not one whole feed, and why, in one line."""


@dataclass(frozen=True)
class Content:
    """What a feed's file says."""

    released: datetime.datetime
    exploited: frozenset[str] = frozenset()
    scores: Mapping[str, float] = field(default_factory=dict)

    @property
    def entries(self) -> int:
        """Return how many vulnerabilities it names."""
        return len(self.exploited) or len(self.scores)


class _Entry(msgspec.Struct, rename={"cve": "cveID", "added": "dateAdded"}):
    cve: Annotated[str, msgspec.Meta(pattern=rf"^{_CVE}\Z")]
    added: datetime.date


class _Catalogue(msgspec.Struct, rename="camel"):
    catalog_version: str
    date_released: datetime.datetime
    count: int
    vulnerabilities: list[_Entry]


def read_kev(data: bytes) -> Content:
    """Read CISA's catalogue.

    Raises:
        FeedError: it is not one whole catalogue.
    """
    try:
        held = msgspec.json.decode(data, type=_Catalogue)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FeedError(f"is not CISA's catalogue: {error}") from error
    if held.count != len(held.vulnerabilities):
        raise FeedError(f"says that it names {held.count:,} vulnerabilities, and names {len(held.vulnerabilities):,}")
    if not held.vulnerabilities:
        raise FeedError("names no vulnerability")
    exploited = frozenset(one.cve for one in held.vulnerabilities)
    if len(exploited) < held.count:
        raise FeedError("names a vulnerability a second time")
    return Content(_moment(held.date_released), exploited=exploited)


def read_epss(data: bytes) -> Content:
    """Read FIRST's scores.

    Raises:
        FeedError: they are not one whole file of scores.
    """
    lines = _unpacked(data).split("\n")
    head = _HEAD.fullmatch(lines[0])
    if head is None:
        raise FeedError(f"line 1 is `{lines[0][:80]}`, and not `#model_version:…,score_date:…`")
    if lines[1:2] != [_COLUMNS]:
        raise FeedError(f"line 2 is `{''.join(lines[1:2])[:80]}`, and not `{_COLUMNS}`")
    if lines.pop() or len(lines) < 3:
        raise FeedError("is cut off: its last line has no end, or it names no vulnerability")
    if len(lines) > MAX_ENTRIES:
        raise FeedError(f"holds more than {MAX_ENTRIES:,} lines")
    try:
        released = datetime.datetime.fromisoformat(head[2])
    except ValueError as error:
        raise FeedError(f"line 1 names no time: `{head[2][:40]}`") from error
    return Content(_moment(released), scores=_scores(lines[2:]))


def _scores(lines: Sequence[str]) -> dict[str, float]:
    scores: dict[str, float] = {}
    for number, line in enumerate(lines, 3):
        row = _ROW.fullmatch(line)
        if row is None or not (float(row[2]) <= 1 and float(row[3]) <= 1):
            raise FeedError(f"line {number} is `{line[:80]}`, and not a CVE with two numbers from 0 to 1")
        if row[1] in scores:
            raise FeedError(f"line {number} names {row[1]} a second time")
        scores[row[1]] = float(row[2])
    return scores


def _unpacked(data: bytes) -> str:
    try:
        with gzip.open(io.BytesIO(data)) as file:
            text = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FeedError(f"is not one whole gzip file: {error}") from error
    if len(text) > MAX_BYTES:
        raise FeedError(f"unpacks to more than {MAX_BYTES // 1_000_000} MB")
    try:
        return text.decode("ascii").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise FeedError(f"is not ASCII (byte {error.start})") from error


def _moment(when: datetime.datetime) -> datetime.datetime:
    if when.tzinfo is None:
        raise FeedError("its date names no time zone")
    try:
        return when.astimezone(datetime.UTC)
    except OverflowError as error:
        raise FeedError(f"its date, {when.isoformat()}, is none in UTC") from error
