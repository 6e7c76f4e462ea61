"""What an error says, as far as a test is about it."""

import re


def without_column(message: str) -> str:
    """Return `file:line: …` for `file:line:column: …`."""
    return re.sub(r"(:\d+):\d+: ", r"\1: ", message, count=1)
