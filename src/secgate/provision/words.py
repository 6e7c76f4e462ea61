"""The words of other programs, made harmless and short enough to stand in a message of ours."""

import re

_CREDENTIALS = re.compile(r"(?<=//)[^/@\s]+@")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def quote(text: str, limit: int = 300) -> str:
    """Return the text as one printable line: no escapes, no commands for a CI runner, no credentials of an address.

    Args:
        text: anything, also hostile.
        limit: in characters; the end of a longer text is kept, because programs say there what went wrong.
    """
    line = _CREDENTIALS.sub("***@", " ".join(_COLOUR.sub("", text).split()))
    line = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in line)
    line = line.replace("##[", "## [").replace("::", ": :")
    return line if len(line) <= limit else f"… {line[len(line) - limit :].partition(' ')[2]}"
