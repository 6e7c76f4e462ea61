"""From a decision to what was asked for: files, and the report on stdout."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from secgate import catalog
from secgate.cli import output
from secgate.cli.output import STDOUT, Output
from secgate.cli.progress import takes_utf8
from secgate.errors import SecgateError
from secgate.model import Decision
from secgate.report import codequality, document, junit, lines, markdown, sarif_file, terminal, upload

FILES = ("sarif", "upload", "json", "markdown", "junit", "codequality", "lines")
"""The formats that an option of their own writes to a file."""


@dataclass(frozen=True)
class Wanted:
    """Where the outputs go, and how the terminal report looks."""

    sarif: str | None = None
    json: str | None = None
    markdown: str | None = None
    upload: str | None = None
    junit: str | None = None
    codequality: str | None = None
    lines: str | None = None
    quiet: bool = False
    verbose: bool = False
    no_color: bool = False
    seconds: Mapping[str, float] = field(default_factory=dict)

    def check(self) -> None:
        """Refuse places that could not be written to; see `output.check`."""
        output.check(list(self.places.values()))

    @property
    def places(self) -> dict[str, str]:
        """Return where each format goes that was asked for."""
        return {name: place for name in FILES if (place := getattr(self, name))}


def deliver(decision: Decision, wanted: Wanted) -> int:
    """Write the files and the report, and return the decision's exit code.

    The terminal report gives way where stdout was asked for by another format.
    """
    chosen = wanted.places
    if STDOUT not in chosen.values():
        chosen["terminal"] = STDOUT
    output.write([Output(place, partial(FORMATS[name], decision, wanted)) for name, place in chosen.items()])
    return decision.exit


def _terminal(decision: Decision, wanted: Wanted) -> bytes:
    """Return the terminal report, in what this terminal can show."""
    text = terminal.render(
        decision,
        width=output.width(),
        color=output.colour(wanted.no_color),
        seconds=wanted.seconds,
        verbose=wanted.verbose,
        quiet=wanted.quiet,
        ascii_only=not takes_utf8(sys.stdout),
    )
    return text.encode("utf-8", "replace")


def _upload(decision: Decision) -> bytes:
    """Return the file to upload; where no scanner has finished it holds no run, which GitHub refuses.

    Raises:
        SecgateError: one file would be too large for GitHub.
    """
    made = upload.render(decision, catalog.scanners())
    if len(made.files) > 1:
        raise SecgateError(f"{len(made.files)} files would have to be uploaded, and --upload writes one",
                           "Leave out --upload, and use `secgate publish`.")  # fmt: skip
    return made.files[0] if made.files else sarif_file.written(())


FORMATS: Mapping[str, Callable[[Decision, Wanted], bytes]] = {
    "terminal": _terminal,
    "markdown": lambda decision, _: markdown.render(decision).encode(),
    "json": lambda decision, _: document.render(decision),
    "junit": lambda decision, _: junit.render(decision),
    "codequality": lambda decision, _: codequality.render(decision),
    "lines": lambda decision, _: lines.render(decision).encode(),
    "sarif": lambda decision, _: sarif_file.render(decision, catalog.scanners()),
    "upload": lambda decision, _: _upload(decision),
}
"""From a format's name to what renders a decision in it."""
