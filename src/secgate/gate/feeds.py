"""The feeds of which a policy asks, as they lie on this machine. Nothing is fetched here."""

from secgate.model import KnownFeed, Pack
from secgate.provision import feeds


def known(pack: Pack) -> tuple[KnownFeed, ...]:
    """Return those that are there and are what was fetched, sorted by id."""
    found = (feeds.known(name) for name in sorted({feed.id for feed in pack.feeds}))
    return tuple(one for one in found if one is not None)
