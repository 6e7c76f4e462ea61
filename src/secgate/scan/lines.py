"""Which lines of a file another version of it has too. Time and memory are in proportion to the two."""

from collections.abc import Iterator, Sequence


def split(content: bytes | None) -> list[bytes]:
    """Return the lines of a file, by line feeds; no content is one empty line."""
    return (content or b"").split(b"\n")


def counted(content: bytes | None) -> list[bytes]:
    """Return the lines of a file as findings count them: a carriage return alone ends one too."""
    return split((content or b"").replace(b"\r\n", b"\n").replace(b"\r", b"\n"))


def runs(lines: Sequence[bytes]) -> Iterator[bytes]:
    """Give each line without the blanks around it, alone and with the one before it.

    A version that has all runs of some lines has these lines, one behind the other.
    """
    before = b""
    for number, line in enumerate(map(bytes.strip, lines)):
        yield line
        if number:
            yield before + b"\n" + line
        before = line
