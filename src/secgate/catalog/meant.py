"""The word that was probably meant."""

import difflib
from collections.abc import Iterable

_MAX = 100
"""Characters of a word that are compared."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the question whether a known word was meant; empty where none is close."""
    close = difflib.get_close_matches(word[:_MAX], list(known), n=1)
    return f"Did you mean `{close[0]}`?" if close else ""
