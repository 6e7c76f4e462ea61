"""JSON Schema errors as a person needs them: file, line, what is wrong, and the word that was probably meant."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

import jsonschema
from jsonschema.exceptions import ValidationError

from secgate.catalog.document import Document, Key
from secgate.catalog.meant import did_you_mean
from secgate.errors import UsageError

MAX_MESSAGE = 200


def check(document: Document, schema: Mapping[str, Any]) -> None:
    """Hold a document against a JSON Schema (2020-12).

    Raises:
        UsageError: the first violation in the order of the file's lines; what is missing comes last, because a
            misspelled key is missing too.
    """
    violations = map(_nearest, jsonschema.Draft202012Validator(schema).iter_errors(document.value))
    first = min(violations, key=lambda error: _order(document, error), default=None)
    if first is not None:
        raise _explain(document, first)


def _order(document: Document, error: ValidationError) -> tuple[bool, int, str]:
    return error.validator == "required", document.line(_key(error)), error.message


def _nearest(error: ValidationError) -> ValidationError:
    """Return, where none of several alternatives holds, what is wrong with the one that was probably meant."""
    while error.context:
        same_kind = [one for one in error.context if one.validator != "type" or one.path]
        error = min(same_kind or error.context, key=lambda one: (-len(one.absolute_path), one.message))
    return error


def _key(error: ValidationError) -> Key:
    """Return where to point: at the key that is unknown or badly named, else at the value."""
    if list(error.absolute_schema_path)[-2:-1] == ["propertyNames"]:
        return (*error.absolute_path, str(error.instance))
    return (*error.absolute_path, *_unknown(error)[:1])


def _unknown(error: ValidationError) -> list[str]:
    """Return the keys that the schema does not know, in the file's order, where that is what is wrong."""
    if error.validator != "additionalProperties" or not isinstance(error.instance, dict):
        return []
    patterns = _schema(error).get("patternProperties", {})
    known = _known(error)
    return [name for name in error.instance
            if name not in known and not any(re.search(pattern, name) for pattern in patterns)]  # fmt: skip


def _known(error: ValidationError) -> list[str]:
    return list(_schema(error).get("properties", {}))


def _schema(error: ValidationError) -> Mapping[str, Any]:
    return error.schema if isinstance(error.schema, dict) else {}


def _meant(word: object, known: Iterable[str], otherwise: str) -> str:
    return did_you_mean(str(word), known) or otherwise


def _explain(document: Document, error: ValidationError) -> UsageError:
    where, key, wrong = _where(error.absolute_path), _key(error), cast(Any, error.validator_value)
    if unknown := _unknown(error):
        known = _known(error)
        hint = _meant(unknown[0], known, f"Known keys: {', '.join(known)}.")
        return document.error(key, f"unknown key `{_short(unknown[0])}` in {where}", hint)
    if error.validator in {"enum", "const"}:
        words = [str(word) for word in (wrong if error.validator == "enum" else [wrong])]
        hint = _meant(error.instance, words, f"One of: {', '.join(words)}." if words[1:] else f"Write `{words[0]}`.")
        return document.error(key, f"{where} cannot be `{_short(error.instance)}`", hint)
    if error.validator == "type" and wrong == "string" and not isinstance(error.instance, dict | list):
        return document.error(key, f"{where} must be text, not `{_short(error.instance)}`", "Put it in quotes.")
    if error.validator == "pattern":
        like = _schema(error).get("examples", [])
        remedy = f"Write it like `{like[0]}`." if like else "Write it so that it does."
        return document.error(key, f"{where}: `{_short(error.instance)}` does not match `{wrong}`", remedy)
    return document.error(key, f"{where}{_short(_said(error))}", _remedy(error))


_KINDS = {
    "string": "text", "integer": "a whole number", "number": "a number", "boolean": "`true` or `false`, without quotes",
    "array": "a list: `[…]`", "object": "a map: `{…}`",
}  # fmt: skip
_SIZES = {"maxProperties": " has too many keys", "maxItems": " has too many items", "maxLength": " is too long"}


def _said(error: ValidationError) -> str:
    """Return what is wrong with a value, in words that follow its name."""
    if error.validator == "type":
        wrong: Any = error.validator_value
        kinds = [_KINDS.get(str(kind), str(kind)) for kind in (wrong if isinstance(wrong, list) else [wrong])]
        found = "empty" if error.instance is None else f"`{_short(error.instance)}`"
        return f" must be {' or '.join(kinds)}, not {found}"
    return _SIZES.get(str(error.validator), f": {error.message}")


def _remedy(error: ValidationError) -> str:
    """Return what would be right, for what the schema says in a word."""
    wrong: Any = error.validator_value
    if error.validator == "required":
        missing = [name for name in wrong if isinstance(error.instance, dict) and name not in error.instance]
        return f"Add {', '.join(f'`{name}`' for name in missing)}."
    if error.validator == "type":
        kinds = wrong if isinstance(wrong, list) else [wrong]
        return f"Write {' or '.join(_KINDS.get(str(kind), str(kind)) for kind in kinds)}."
    if error.validator in {"minItems", "minProperties", "minLength"}:
        return "Write what is meant, or leave the key out."
    if error.validator in {"minimum", "maximum", "maxLength", "maxItems", "maxProperties"}:
        return f"The limit is {wrong}."
    return "Correct it."


def _where(path: Iterable[str | int]) -> str:
    """Return `commands.python.reads[0].kind`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "the document"


def _short(said: object) -> str:
    text = str(said)
    return text if len(text) <= MAX_MESSAGE else f"{text[: MAX_MESSAGE - 1]}…"
