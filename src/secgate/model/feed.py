"""What the world knows of vulnerabilities: which are exploited, and how likely that is for the others."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from secgate.model.value import Number, Value


class FeedState(Value, frozen=True):
    """Which feed was used: an input of the decision."""

    id: str
    """`kev` or `epss`."""
    digest: str
    """`sha256:` of the file as it was fetched."""
    released: str
    """When its publisher made it, RFC 3339 in UTC."""
    as_of: str
    """As of when it is known to be the newest, RFC 3339 in UTC; never before `released`."""
    entries: Number = 0
    """How many vulnerabilities it names."""
    source: str = ""
    """The address or file that it came from, without credentials."""


@dataclass(frozen=True)
class KnownFeed:
    """A feed with what it says, by the vulnerability's CVE id."""

    state: FeedState
    exploited: frozenset[str] = frozenset()
    scores: Mapping[str, float] = field(default_factory=dict)
    """The probability of exploitation within 30 days, 0.0 to 1.0."""
