"""`secgate feeds`: fetch and show what the world knows of vulnerabilities. A scan reads it and never fetches."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import click
import msgspec

from secgate.cli import complain, options, output
from secgate.errors import Exit, SecgateError, UsageError, worst
from secgate.model import FeedState
from secgate.policy.circumstances import days_between
from secgate.provision import feed_update
from secgate.provision import feeds as data
from secgate.report import safe

Command = TypeVar("Command", bound=Callable[..., object])
LIMIT = 300


def _form(name: str) -> Callable[[Command], Command]:
    return click.option(
        "--format", "form", envvar=f"SECGATE_FEEDS_{name}_FORMAT", type=click.Choice(["text", "json"]), default="text",
        show_default=True, help="For people, or for programs.",
    )  # fmt: skip


@click.group()
def feeds() -> None:
    """Fetch and show the feeds: which vulnerabilities are exploited (kev), and how likely that is (epss).

    \b
    Example:
      secgate feeds update
    """


@feeds.command()
@click.argument("names", nargs=-1, metavar="[FEED]...", type=click.Choice(list(data.FEEDS)))
@click.option("--source", multiple=True, metavar="FEED=URL|FILE",
              help="A mirror, or a file that somebody fetched. Repeatable.")  # fmt: skip
@_form("UPDATE")
@options.debug
def update(names: Sequence[str], source: Sequence[str], form: str) -> int:
    """Fetch feeds (default: all) and use them from now on; each is kept by its digest, with its date.

    What is not one whole file of its publisher's format, or older than what is in use, is refused, and what is in use
    stays.

    \b
    Examples:
      secgate feeds update
      secgate feeds update kev --source kev=https://mirror.example/known_exploited_vulnerabilities.json
      secgate feeds update epss --source epss=epss_scores-current.csv.gz
    """
    sources = _sources(source)
    chosen = dict.fromkeys(names or data.FEEDS)
    if unused := [name for name in sources if name not in chosen]:
        raise UsageError(f"--source {unused[0]}=…: that feed is not to be updated", f"Name it too: {unused[0]}.")
    found, failed = [], []
    for name in chosen:
        try:
            found.append(feed_update.update(name, sources.get(name, ""), lambda text: click.echo(text, err=True)))
        except SecgateError as error:
            complain(error)
            failed.append(error.exit)
    _print(found, form)
    return worst(failed)


def _sources(given: Iterable[str]) -> dict[str, str]:
    """Return where feeds are to be taken from, by id.

    Raises:
        UsageError: one is not written as it must be, or names no feed.
    """
    found: dict[str, str] = {}
    for one in given:
        name, equals, place = one.partition("=")
        if name not in data.FEEDS or not equals or not place:
            known = ", ".join(data.FEEDS)
            raise UsageError(f"--source {one}: names no feed and where it is", f"Write --source FEED=URL, of {known}.")
        found[name] = place
    return found


@feeds.command()
@_form("SHOW")
@options.debug
def show(form: str) -> int:
    """Show which feeds are here: how many vulnerabilities each names, of when it is, where it is from, its digest.

    \b
    Examples:
      secgate feeds show
      secgate feeds show --format json
    """
    found = {name: data.state(name) for name in data.FEEDS}
    _print([one for one in found.values() if one], form)
    missing = [name for name, one in found.items() if one is None]
    if form == "text" and missing:
        click.echo("".join(f"{name:<6}{data.FEEDS[name].title}: not here\n" for name in missing), nl=False)
        click.echo(f"→ secgate feeds update {' '.join(missing)}")
    return Exit.PASS


def _print(found: Sequence[FeedState], form: str) -> None:
    if form == "json":
        click.echo(json.dumps(msgspec.to_builtins(found), indent=2, sort_keys=True))
        return
    for one in found:
        old = days_between(one.as_of[:10], output.today())
        age = "" if old <= 0 else f", {old} {'day' if old == 1 else 'days'} ago"
        click.echo(f"{one.id:<6}{data.FEEDS[one.id].title}: {one.entries:,}, released {one.released[:10]}")
        click.echo(f"      known to be the newest on {one.as_of[:10]}{age}")
        click.echo(f"      {one.digest}")
        click.echo(f"      {safe.line(one.source, LIMIT)}")
