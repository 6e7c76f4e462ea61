"""`secgate scan`: the whole story, from a folder to a verdict."""

import dataclasses
import importlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from secgate import catalog, git
from secgate.cli import options, output
from secgate.cli.progress import Lines, Progress
from secgate.cli.render import deliver
from secgate.errors import UsageError
from secgate.gate import Request, check
from secgate.gate.bundle import tip_of
from secgate.model import Scanner
from secgate.scan.detect import WORKING_TREE, Origin
from secgate.scan.plan import Wish


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--only", multiple=True, metavar="SCANNER", help="Use only this scanner. Repeatable.")
@click.option("--skip", multiple=True, metavar="SCANNER", help="Leave this scanner out. Repeatable.")
@click.option("--image", multiple=True, metavar="TAR", help="Scan an image archive too (docker save). Repeatable.")
@click.option("--sbom", multiple=True, metavar="FILE", help="Scan a CycloneDX or SPDX file too. Repeatable.")
@click.option("--staged", is_flag=True, help="Judge what the next commit would hold: git's index.")
@click.option("--changed", is_flag=True, help="With --staged: only the files that the commit changes, each by itself.")
@click.option("--commit", metavar="REV", help="Judge this commit. In GitHub Actions by default the event's.")
@click.option("--base", metavar="REV", help="Compare with where this branch or commit was left.")
@click.option("--include", multiple=True, metavar="PATH", help="Judge generated files too, as untrusted. Repeatable.")
@click.option("--install", is_flag=True, help="First install what is missing: scanners, their databases, feeds.")
@click.option(
    "--jobs", type=click.IntRange(1, 256), metavar="N", help="Scanners at once. Default: the cores there are."
)
@click.option("--timeout", type=click.IntRange(1, 86400), metavar="SECONDS", help="Time limit of each scanner.")
@options.bundle
@options.judging
@options.outputs
@options.debug
def scan(path: Path | None, **given: Any) -> int:
    """Scan PATH (default: this folder) with every scanner and judge what they find.

    With --image or --sbom and no PATH, only those are scanned.

    \b
    Examples:
      secgate scan . --install
      secgate scan . --sarif secgate.sarif --markdown summary.md
      secgate scan . --commit HEAD --include dist
      secgate scan --image app.tar
    """
    wanted = options.wanted(given)
    wish = _wish(given)
    target = path or (None if wish.images or wish.sboms else Path())
    origin = _origin(target, given)
    decides, about = options.decides(given, target or Path())
    watcher = _watcher(given["quiet"])
    with watcher:
        if given["install"]:
            provide = importlib.import_module("secgate.cli.provide")
            provide.missing(_scanners(wish), watcher.say)
            provide.rule_sets(decides.pack.rule_sets, watcher.say)
            provide.wanted_feeds(decides.pack.feeds, output.today(), watcher.say)
        decision = check(
            Request(
                path=target,
                wish=wish,
                decides=decides,
                allowance=options.allowance(given["fail_on"], given["report_only"], given["allow_incomplete"]),
                now=output.today(),
                jobs=given["jobs"] or wish.cores,
                origin=origin,
                base=given["base"] or "",
                context=about,
                tip=tip_of(given["bundle"]) if given["bundle"] else git.tip,
            ),
            watcher,
        )
    return deliver(decision, dataclasses.replace(wanted, seconds=watcher.seconds))


def _origin(path: Path | None, given: Mapping[str, Any]) -> Origin:
    """Return whose content is to be judged, as far as it was asked for.

    Raises:
        UsageError: the options exclude each other, or there is no folder that they could be about.
    """
    staged, commit, include = given["staged"], given["commit"] or "", tuple(map(Path, given["include"]))
    if given["changed"] and (not staged or given["base"]):
        raise UsageError("--changed is about --staged, and compares with HEAD", "Give --staged, and no --base.")
    if staged and commit:
        raise UsageError("--staged and --commit: there is one content to judge", "Give one of the two.")
    if path is None:
        if staged or commit or include or given["base"]:
            raise UsageError(
                "--staged, --commit, --base and --include need a folder", "Give the folder too: `secgate scan .`."
            )
        return WORKING_TREE
    return Origin(staged, given["changed"], commit, include)


def _wish(given: Mapping[str, Any]) -> Wish:
    """Check the names that were given, before any work is done."""
    for name in (*given["only"], *given["skip"]):
        catalog.scanner(name)
    wish = Wish(
        only=frozenset(given["only"]),
        skip=frozenset(given["skip"]),
        images=tuple(_file(place, "image") for place in given["image"]),
        sboms=tuple(_file(place, "sbom") for place in given["sbom"]),
        timeout_s=given["timeout"] or 0,
    )
    if not _scanners(wish):
        raise UsageError("no scanner is left to use", "Give fewer --skip, or other --only.")
    return wish


def _file(place: str, option: str) -> str:
    path = Path(place)
    if not path.is_file():
        raise UsageError(f"--{option} {place}: there is no such file", "Name an archive that exists.")
    return str(path.resolve())


def _scanners(wish: Wish) -> list[Scanner]:
    """Return the scanners that may be used."""
    return [
        scanner
        for name, scanner in catalog.scanners().items()
        if name not in wish.skip and (not wish.only or name in wish.only)
    ]


def _watcher(quiet: bool) -> Progress:
    """Return what shows the progress: nothing, plain lines, or a live table where a person is watching."""
    if not quiet and sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        live: Progress = importlib.import_module("secgate.cli.live").Live()
        return live
    return Lines(None if quiet else sys.stderr)
