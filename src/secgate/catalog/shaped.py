"""From a document to the value that it describes, or to what a person has to know where it describes none."""

import importlib
import re
from typing import Any, TypeVar

import msgspec

from secgate.catalog.document import Document, Key
from secgate.errors import UsageError

T = TypeVar("T")
_SCHEMA = "secgate.catalog.schema"
_PLACE = re.compile(r"(?P<said>.*?)(?: - at `(?P<where>[^`]*)`)?", re.DOTALL)
_STEP = re.compile(r"\.(?P<name>\w+)|\[(?P<index>[0-9]+|\.\.\.)\]")


def schema_of(type_: type) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the documents that describe a value of this type."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(type_)}


def shaped(loaded: Document, type_: type[T]) -> T:
    """Return a document as the value that it describes: of this type, within its bounds.

    Raises:
        UsageError: it is of another shape; the first place where, and a remedy.
    """
    try:
        return msgspec.convert(loaded.value, type_)
    except msgspec.ValidationError as error:
        # What explains a mistake takes longer to load than a document without one takes to be read.
        importlib.import_module(_SCHEMA).check(loaded, schema_of(type_))
        raise _unexplained(loaded, str(error)) from error


def _unexplained(loaded: Document, told: str) -> UsageError:
    """Return the error for what no schema says, such as what two fields say of each other."""
    found = _PLACE.fullmatch(told)
    said, where = (found["said"], found["where"] or "") if found else (told, "")
    key: Key = ()
    for step in _STEP.finditer(where):
        if step["index"] == "...":
            break
        key = (*key, int(step["index"]) if step["index"] else step["name"])
    return loaded.error(key, said)
