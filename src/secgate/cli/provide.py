"""What is needed and is not there yet, and how a scan with `--install` gets it. Loaded only then."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from secgate.errors import MissingToolError, TrustError
from secgate.model import Database, Feed, RuleSet, Scanner
from secgate.policy.feeds import feed_states
from secgate.provision import databases, feed_update, feeds, receipt, rules
from secgate.provision.archive import download
from secgate.provision.attempt import PassedOverError
from secgate.provision.install import install
from secgate.provision.lockfile import Tell


def missing(scanners: Iterable[Scanner], say: Tell) -> None:
    """Install what is missing of the scanners, and of their databases what is missing or too old.

    What cannot be had is said and left missing: the scan goes on, and its evidence is missing too.

    Raises:
        TrustError: something was not what its pin says.
    """
    for scanner in scanners:
        try:
            install(scanner, say)
            for _, database in lacking([scanner]):
                databases.update(scanner, database, say)
        except MissingToolError as error:
            for line in (*error.message.splitlines(), f"  → {error.remedy}"):
                say(line)


def rule_sets(wanted: Iterable[RuleSet], say: Tell) -> None:
    """Fetch the rule sets of a policy that are not there; what cannot be had is said and left missing.

    Raises:
        TrustError: one is not what its digest says.
    """
    for one in wanted:
        if rules.content(one) is not None:
            continue
        target = rules.location(one)
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent) as file:
            try:
                download(one.url, Path(file.name))
            except PassedOverError as error:
                say(f"{one.scanner}: the rules {one.name} could not be had: {error}")
                continue
            found = receipt.file_digest(Path(file.name))
            if found != one.sha256:
                raise TrustError(f"{one.url}: its sha256 is {found}, pinned is {one.sha256}", "Nothing was kept.")
            receipt.write_whole(target, Path(file.name).read_bytes())


def wanted_feeds(wanted: Iterable[Feed], now: str, say: Tell) -> None:
    """Fetch the feeds of a policy that are not there or too old; what cannot be had is said and left as it is."""
    wanted = tuple(wanted)
    there = [found for one in wanted if (found := feeds.state(one.id))]
    for one in feed_states(wanted, there, now):
        if not one.met:
            try:
                feed_update.update(one.id, tell=say)
            except MissingToolError as error:
                say(error.message)


def lacking(scanners: Iterable[Scanner]) -> list[tuple[Scanner, Database]]:
    """Return the databases that are not there or are too old to judge with."""
    found = [(one, data, databases.state(one, data)) for one in scanners for data in one.databases]
    return [(one, data) for one, data, state in found if state is None or databases.stale(data, state)]
