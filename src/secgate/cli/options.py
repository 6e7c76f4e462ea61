"""Options that several commands share, so that one word means one thing everywhere."""

from collections.abc import Callable
from typing import TypeVar

import click

from secgate.model import Action
from secgate.policy.evaluate import Allowance

Command = TypeVar("Command", bound=Callable[..., object])

FORMATS = ("terminal", "markdown", "json", "sarif")


def judging(command: Command) -> Command:
    """Add the options that say by what and how strictly to judge."""
    for option in (
        click.option("--allow-incomplete", is_flag=True, help="Exit 0 although evidence is missing. Printed with the verdict."),
        click.option("--report-only", is_flag=True, help="Exit 0 although findings block. Printed with the verdict."),
        click.option("--fail-on", type=click.Choice(["block", "warn"]), default="block", show_default=True,
                     help="The mildest action that blocks."),
        click.option("--policy", default="recommended@1", show_default=True, metavar="PACK", help="Judge by this pack."),
    ):  # fmt: skip
        command = option(command)
    return command


def outputs(command: Command) -> Command:
    """Add the options that say what to write where."""
    for option in (
        click.option("--no-color", is_flag=True, help="No colours. NO_COLOR does the same."),
        click.option("--verbose", "-v", is_flag=True, help="List every finding."),
        click.option("--quiet", "-q", is_flag=True, help="No progress, and only the verdict."),
        click.option("--markdown", metavar="FILE", help="Write Markdown; `-` is stdout."),
        click.option("--json", metavar="FILE", help="Write the decision; `-` is stdout."),
        click.option("--sarif", metavar="FILE", help="Write SARIF 2.1.0; `-` is stdout."),
    ):
        command = option(command)
    return command


def allowance(fail_on: str, report_only: bool, allow_incomplete: bool) -> Allowance:
    """Return what the caller makes milder or stricter."""
    return Allowance(Action(fail_on), report_only, allow_incomplete)
