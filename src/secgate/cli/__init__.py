"""The command line: words in, words out. The only place that prints and exits.

A command's module is loaded only when the command is called, so that `secgate --version` costs little more than click.
"""

import gc
import importlib
import os
import signal
import sys
import traceback
from typing import NoReturn

import click

from secgate import __version__
from secgate.errors import Exit, SecgateError
from secgate.report import safe

DEBUG = "SECGATE_DEBUG"
"""The variable that asks for the traceback of an internal error; `--debug` sets it."""
LIMIT = 2_000
"""How many characters of a line of an error are shown."""

_COMMANDS = {
    "scan": "Scan a folder and judge what was found.",
    "init": "Write the first workflow, policy and hooks of a repository.",
    "evaluate": "Judge SARIF that you already have.",
    "convert": "Turn a scanner's own report into SARIF.",
    "report": "Render a decision again.",
    "explain": "Say why a finding blocks, and what would make it pass.",
    "waive": "Write a waiver for a finding.",
    "replay": "Derive a decision again from what it records.",
    "publish": "Show a decision on GitHub.",
    "policy": "Check, test, show and format a policy.",
    "resolve": "Find out whose policy counts, before there is a tree.",
    "prepare": "Fetch what a scan without a network will need.",
    "feeds": "Fetch and show what is known of vulnerabilities: KEV and EPSS.",
    "tools": "Install, list, lock and update the scanners.",
    "doctor": "See whether every scanner still finds a known defect.",
}


class _Commands(click.Group):
    """Loads `secgate.cli.<command>` and takes the click command of that name from it."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of `--help`."""
        return list(_COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; None where there is none of that name."""
        if cmd_name not in _COMMANDS:
            return None
        # What modules define stays: to look for garbage in it while they load takes a seventh of the time of a start.
        gc.disable()
        found: click.Command = getattr(importlib.import_module(f"secgate.cli.{cmd_name}"), cmd_name)
        gc.freeze()
        gc.enable()
        return found

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", message="secgate %(version)s", allow_from_autoenv=False)
def cli() -> None:
    """Refuse what your policy refuses, and never say green by accident.

    \b
    Example:
      secgate scan . --install

    Exit codes: 0 pass, 1 blocked, 2 usage, 3 incomplete, 4 trust, 5 internal error, 130 interrupted.
    """


def main() -> NoReturn:
    """Run the command line and exit with one of the codes of `secgate.errors.Exit`."""
    # A cancelled CI job is an interrupt too: scanners are ended and copies removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.default_int_handler)
    try:
        code = cli.main(prog_name="secgate", standalone_mode=False, auto_envvar_prefix="SECGATE")
    except click.ClickException as error:
        error.show()
        code = Exit.USAGE
    except SecgateError as error:
        complain(error)
        code = error.exit
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted: nothing was decided", err=True)
        code = Exit.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; what was decided is unknown to them, so it is not a pass.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.INTERNAL
    except Exception as error:  # noqa: BLE001 - Python's own exit code 1 must never look like a verdict
        _defect(error)
        code = Exit.INTERNAL
    # A command that forgets to say how it ended has not said that it passed.
    sys.exit(code if isinstance(code, int) else Exit.INTERNAL)


def complain(error: SecgateError) -> None:
    """Print an error and its remedy to stderr; both may quote a file, so each line is made harmless."""
    first, *rest = error.message.splitlines() or [""]
    click.echo(f"{click.style('secgate:', bold=True)} {safe.line(first, LIMIT)}", err=True)
    for line in rest:
        click.echo(f"    {safe.line(line, LIMIT)}", err=True)
    if error.remedy:
        click.echo(f"  → {safe.line(error.remedy, LIMIT)}", err=True)


def _defect(error: Exception) -> None:
    click.echo(safe.line(f"secgate: internal error: {type(error).__name__}: {error}", LIMIT), err=True)
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    else:
        click.echo(f"  → This is a defect of secgate. Run again with {DEBUG}=1 and report what it prints.", err=True)
