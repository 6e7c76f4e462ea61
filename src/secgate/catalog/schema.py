"""JSON Schema errors as a person needs them: file, line, what is wrong, and the word that was probably meant."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, cast

import jsonschema
from jsonschema.exceptions import ValidationError

from secgate.catalog.document import Document, Key
from secgate.errors import UsageError


def check(document: Document, schema: Mapping[str, Any]) -> None:
    """Hold a document against a JSON Schema (2020-12).

    Raises:
        UsageError: the first violation in the order of the file's lines.
    """
    violations = jsonschema.Draft202012Validator(schema).iter_errors(document.value)
    first = min(violations, key=lambda error: _weight(document, error), default=None)
    if first is not None:
        raise _explain(document, first)


def _weight(document: Document, error: ValidationError) -> tuple[bool, int, str]:
    # A misspelled key is also a missing one: the spelling is what there is to mend.
    return not _unknown(error), document.line(_key(error)), error.message


def _key(error: ValidationError) -> Key:
    return (*error.absolute_path, *_unknown(error)[:1])


def _unknown(error: ValidationError) -> list[str]:
    """Return the keys that the schema does not know, where that is what is wrong."""
    if error.validator != "additionalProperties" or not isinstance(error.instance, dict):
        return []
    return sorted(name for name in error.instance if name not in _known(error))


def _known(error: ValidationError) -> list[str]:
    return list(error.schema.get("properties", {})) if isinstance(error.schema, dict) else []


def _meant(word: str, known: Iterable[str], otherwise: str) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"Did you mean `{close[0]}`?" if close else otherwise


def _explain(document: Document, error: ValidationError) -> UsageError:
    where = ".".join(str(part) for part in error.absolute_path) or "the document"
    if unknown := _unknown(error):
        hint = _meant(unknown[0], _known(error), f"Known keys: {', '.join(_known(error))}.")
        return document.error(_key(error), f"unknown key `{unknown[0]}` in {where}", hint)
    if error.validator == "enum":
        words = [str(word) for word in cast(list[object], error.validator_value)]
        hint = _meant(str(error.instance), words, f"One of: {', '.join(words)}.")
        return document.error(_key(error), f"{where} cannot be `{error.instance}`", hint)
    return document.error(_key(error), f"{where}: {error.message}")
