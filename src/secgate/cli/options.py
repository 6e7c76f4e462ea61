"""Options that several commands share, so that one word means one thing everywhere."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from secgate import git
from secgate.cli import DEBUG
from secgate.cli.render import FILES, Wanted
from secgate.errors import UsageError
from secgate.gate import Elsewhere, authority, read_file
from secgate.gate import bundle as bundles
from secgate.gate.ground import hold
from secgate.github.context import context
from secgate.model import LOCAL, Action, Bundle, Context
from secgate.policy.evaluate import Allowance
from secgate.policy.source import Authority

Render = Callable[[], bytes]
"""Makes the content of a file."""

Command = TypeVar("Command", bound=Callable[..., object])


def _debug(_context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    # `main` has no context any more when it meets the error, and the option may have come from its variable.
    if value:
        os.environ[DEBUG] = "1"


def token(names: Iterable[str]) -> str:
    """Return what the first of these variables holds that is set; empty where none is."""
    return next((value for name in names if (value := os.environ.get(name, ""))), "")


debug = click.option(
    "--debug", is_flag=True, is_eager=True, expose_value=False, callback=_debug,
    help="Show the traceback of an internal error.",
)  # fmt: skip

mirror = click.option(
    "--mirror", multiple=True, metavar="PREFIX=DIR",
    help="Where the policies lie that this one extends, by how their source begins. Repeatable.",
)  # fmt: skip


def _bundle(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Bundle | None:
    return bundles.load(read_file(Path(value))) if value else None


bundle = click.option(
    "--bundle", callback=_bundle, metavar="FILE",
    help="What `secgate resolve` found out: what is judged, and by whose policy.",
)  # fmt: skip

_ACTIONS = click.Choice(["block", "warn"])


def judging(command: Command) -> Command:
    """Add the options that say by what and how strictly to judge."""
    for option in (
        click.option(
            "--allow-incomplete", is_flag=True, help="Exit 0 although evidence is missing; the report says so."
        ),
        click.option("--report-only", is_flag=True, help="Exit 0 although findings block; the report says so."),
        click.option("--fail-on", type=_ACTIONS, default="block", show_default=True, help="The mildest that blocks."),
        mirror,
        click.option("--policy", metavar="PACK|FILE", help="The policy to judge by. Default: the repository's."),
    ):
        command = option(command)
    return command


def outputs(command: Command) -> Command:
    """Add the options that say what to write where."""
    for option in (
        click.option("--no-color", is_flag=True, help="No colours. NO_COLOR does the same."),
        click.option("--verbose", "-v", is_flag=True, help="List every finding."),
        click.option("--quiet", "-q", is_flag=True, help="No progress, and only the verdict."),
        click.option("--lines", metavar="FILE", help="Write a plain line for each finding; `-` is stdout."),
        click.option("--codequality", metavar="FILE", help="Write GitLab's code quality report; `-` is stdout."),
        click.option("--junit", metavar="FILE", help="Write JUnit XML; `-` is stdout."),
        click.option("--markdown", metavar="FILE", help="Write Markdown; `-` is stdout."),
        click.option("--json", metavar="FILE", help="Write the decision; `-` is stdout."),
        click.option("--upload", metavar="FILE", help="Write the SARIF for GitHub: without what is waived or fixed."),
        click.option("--sarif", metavar="FILE", help="Write SARIF 2.1.0, all of it; `-` is stdout."),
    ):
        command = option(command)
    return command


def wanted(given: Mapping[str, Any]) -> Wanted:
    """Return what to write where, after a look whether it can be written.

    Raises:
        UsageError: an output has no place to go to.
    """
    result = Wanted(**{name: given[name] for name in (*FILES, "quiet", "verbose", "no_color")})
    result.check()
    return result


_LOOSENING = (
    "policy", "only", "skip", "allow_incomplete", "report_only", "commit", "staged", "changed", "base", "accept",
    "trust_sarif",
)  # fmt: skip


def decides(given: Mapping[str, Any], path: Path) -> tuple[Authority, Context]:
    """Return the policy that counts, and on whose behalf it is asked.

    Args:
        given: the command's options.
        path: the folder that is judged, or where the command was typed.

    Raises:
        SecgateError: see `gate.authority`.
    """
    path = path.resolve()
    root = git.root_of(path)
    if given.get("bundle"):
        return _bundled(root, given["bundle"], given)
    about = context(root, os.environ) if root else LOCAL
    loosening = _loosening(given)
    elsewhere = Elsewhere(mirrors(given["mirror"]))
    return authority(root or path, about, given["policy"] or "", loosening, elsewhere), about


def _loosening(given: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(f"--{name.replace('_', '-')}" for name in _LOOSENING if given.get(name))


def _bundled(root: Path | None, found: Bundle, given: Mapping[str, Any]) -> tuple[Authority, Context]:
    if given["policy"]:
        raise UsageError("--policy and --bundle: there is one policy to judge by", "Give one of the two.")
    proven = bundles.prove(root, found)
    decides = bundles.decided(found)
    hold(proven, decides, _loosening(given))
    return decides, found.context


def mirrors(given: Sequence[str]) -> dict[str, Path]:
    """Return where sources lie on this machine, by how they begin.

    Raises:
        UsageError: one is not written as it must be, or names no folder.
    """
    found: dict[str, Path] = {}
    for one in given:
        prefix, equals, folder = one.rpartition("=")
        if not equals or not prefix or not Path(folder).is_dir():
            raise UsageError(f"--mirror {one}: names no folder", "Write --mirror https://example.org/policies=FOLDER.")
        found[prefix] = Path(folder)
    return found


def allowance(fail_on: str, report_only: bool, allow_incomplete: bool) -> Allowance:
    """Return what the caller makes milder or stricter."""
    return Allowance(Action(fail_on), report_only, allow_incomplete)
