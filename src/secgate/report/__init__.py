"""Turns a decision into text: for people in a terminal and on a pull request, and for programs."""

from collections.abc import Callable, Mapping
from importlib import import_module

from secgate.model import Decision


def _terminal(decision: Decision) -> bytes:
    # Loaded when it is wanted: its library for text in terminals takes as long to import as all the rest.
    text: str = import_module("secgate.report.terminal").render(decision, width=100, color=False)
    return text.encode()


def _markdown(decision: Decision) -> bytes:
    text: str = import_module("secgate.report.markdown").render(decision)
    return text.encode()


def _json(decision: Decision) -> bytes:
    data: bytes = import_module("secgate.report.document").render(decision)
    return data


FORMATS: Mapping[str, Callable[[Decision], bytes]] = {
    "terminal": _terminal,
    "markdown": _markdown,
    "json": _json,
}
"""From a format's name to the function that renders a decision in it, as UTF-8."""
