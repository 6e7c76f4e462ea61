"""What adapters and the runner share: reading a native report strictly, filling in a command line."""

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from secgate.errors import ReportError

T = TypeVar("T")
# As many digits as a weakness has at most; `0` is how some tools say that they know of none.
_NUMBER = re.compile(r"0{0,4}[1-9][0-9]{0,5}")


def decode(raw: bytes, shape: type[T]) -> T:
    """Read one JSON document of a declared shape.

    Args:
        raw: the whole report; a byte order mark is accepted.
        shape: msgspec types that describe what the adapter relies on; fields beyond those are ignored.

    Raises:
        ReportError: it is empty, not JSON, more than one document, or of another shape.
    """
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if not raw.strip():
        raise ReportError("the report is empty")
    try:
        return msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError as error:
        raise ReportError(f"the report has another shape: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ReportError(f"the report is not JSON: {error}") from error


def filled(word: str, words: Mapping[str, str]) -> str:
    """Return a word of a manifest with its `{placeholders}` filled in, in one pass: a value is never filled again."""
    return re.sub(r"\{[a-z]+\}", lambda found: words.get(found[0], found[0]), word)


def cwe_ids(numbers: Iterable[int | str]) -> tuple[str, ...]:
    """Return `CWE-<number>` for each number or id, sorted, without repeats; what holds no number is dropped."""
    found: set[int] = set()
    for number in numbers:
        digits = str(number).upper().removeprefix("CWE-").partition(":")[0].strip()
        if _NUMBER.fullmatch(digits):
            found.add(int(digits))
    return tuple(f"CWE-{number}" for number in sorted(found))
