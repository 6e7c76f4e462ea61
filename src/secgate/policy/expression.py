"""`when`: CEL, evaluated by Google's own implementation.

Each expression is compiled twice. Once against the types of a finding, so that a misspelled field or a comparison of a
word with a number is refused when the policy is loaded; once over plain values, for evaluation. An error in evaluation
is no answer, and no answer counts as a match: `Answer` says which it was.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from cel_expr_python import cel
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool

from secgate.catalog.meant import did_you_mean
from secgate.policy.fields import FIELDS

MAX_CHARACTERS = 10_000
MAX_NESTING = 100
MAX_REGEX = 1_000

_TYPES: Mapping[str, tuple[FieldDescriptorProto.Type.ValueType, FieldDescriptorProto.Label.ValueType]] = {
    "text": (FieldDescriptorProto.TYPE_STRING, FieldDescriptorProto.LABEL_OPTIONAL),
    "texts": (FieldDescriptorProto.TYPE_STRING, FieldDescriptorProto.LABEL_REPEATED),
    "whole": (FieldDescriptorProto.TYPE_INT64, FieldDescriptorProto.LABEL_OPTIONAL),
    "number": (FieldDescriptorProto.TYPE_DOUBLE, FieldDescriptorProto.LABEL_OPTIONAL),
    "flag": (FieldDescriptorProto.TYPE_BOOL, FieldDescriptorProto.LABEL_OPTIONAL),
}
_CONTEXT = {"event": "text", "ref": "text", "environment": "text", "labels": "texts"}
_OF_PYTHON = {str: "text", bool: "flag", int: "whole", float: "number"}
_PACKAGE = "secgate"
_COMPLAINT = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_UNDEFINED = re.compile(r"undefined field '(.*)' not found in struct 'secgate\.(.*)'")
_COMPARED = re.compile(r"""\bfinding\.([\w.]+)\s*(?:[=!]=|in)\s*(\[[^][]*\]|"[^"\\]*"|'[^'\\]*')(?!\s*[+.?[])""")
_WORD = re.compile(r"""(["'])([^"'\\]*)\1""")
_STRING = re.compile(r"""\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""", re.S)


class ExpressionError(ValueError):
    """An expression that cannot be meant; `remedy` says what would be right."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


class Answer(NamedTuple):
    """Whether an expression holds, and why that is so where it gave no answer."""

    holds: bool
    error: str = ""


YES, NO = Answer(True), Answer(False)

Expression = Callable[[Any], Answer]
"""From an activation to an answer."""


class Types:
    """The types of what an expression can name, with a policy's own parameters."""

    def __init__(self, params: Mapping[str, object]) -> None:
        self._known: dict[str, list[str]] = {}
        file = FileDescriptorProto(name="finding.proto", package=_PACKAGE, syntax="proto3")
        self._message(file, "Finding", {name: field.kind for name, field in FIELDS.items()} | {"vuln.id": "text"})
        self._message(file, "Context", _CONTEXT)
        self._message(file, "Params", {name: _OF_PYTHON[type(value)] for name, value in params.items()})
        pool = DescriptorPool()
        pool.AddSerializedFile(file.SerializeToString())
        names = {"finding": "Finding", "context": "Context", "params": "Params"}
        self._environment = cel.NewEnv(
            pool, variables={key: cel.Type(f"secgate.{name}") for key, name in names.items()}
        )

    def check(self, text: str) -> None:
        """Hold an expression against the types.

        Raises:
            ExpressionError: it is too long, not CEL, names what does not exist, or is visibly not boolean.
        """
        _bound(text)
        try:
            found = self._environment.compile(text).return_type()
        except RuntimeError as error:
            raise self._explain(str(error)) from error
        if found != cel.Type.BOOL and found != cel.Type.DYN:
            kind = found.name().lower()
            raise ExpressionError(f"it gives a value of type {kind}, not true or false", "Compare it with something.")
        _words_exist(text)

    def _message(self, file: FileDescriptorProto, name: str, fields: Mapping[str, str]) -> None:
        message = file.message_type.add(name=name)
        groups: dict[str, dict[str, str]] = {}
        for path, kind in fields.items():
            group, _, leaf = path.rpartition(".")
            if group:
                groups.setdefault(group, {})[leaf] = kind
            else:
                _add(message, path, kind)
        for group, leaves in groups.items():
            self._message(file, group.title(), leaves)
            number, made = len(message.field) + 1, f".{_PACKAGE}.{group.title()}"
            message.field.add(name=group, number=number, type=FieldDescriptorProto.TYPE_MESSAGE, type_name=made)
        self._known[name] = [field.name for field in message.field]

    def _explain(self, told: str) -> ExpressionError:
        found = _COMPLAINT.search(told)
        if not found:
            return ExpressionError(told.splitlines()[0][:300])
        line, column, message = found.groups()
        # The place of a field is that of the point before it.
        place = _place(int(line), int(column) + bool(_UNDEFINED.search(message)))
        return ExpressionError(f"{place}: {message[:300]}", self._remedy(message))

    def _remedy(self, message: str) -> str:
        if undefined := _UNDEFINED.search(message):
            known = self._known.get(undefined[2], [])
            return did_you_mean(undefined[1], known) or f"There is: {', '.join(sorted(known))}."
        if "(double, int)" in message or "(int, double)" in message:
            return "Write a whole number with a point where the field is none (`7.0`), and without where it is."
        if "undeclared reference" in message:
            return "An expression sees `finding`, `context` and `params`."
        return "Write CEL, such as `finding.vuln.epss >= 0.1 && finding.severity == 'high'`."


def _add(message: DescriptorProto, name: str, kind: str) -> None:
    type_, label = _TYPES[kind]
    message.field.add(name=name, number=len(message.field) + 1, type=type_, label=label)


def _words_exist(text: str) -> None:
    """Refuse to compare a field with a word that it never holds: to CEL one text is as good as another."""
    for compared in _COMPARED.finditer(text):
        field = FIELDS.get(compared[1])
        known = field.words if field else ()
        for found in _WORD.finditer(text, *compared.span(2)) if known else ():
            if found[2] not in known:
                remedy = did_you_mean(found[2], known) or f"One of: {', '.join(known)}."
                before = text[: found.start() + 1]
                place = _place(before.count("\n") + 1, len(before) - before.rfind("\n") - 1)
                raise ExpressionError(f"{place}: `{compared[1]}` cannot be `{found[2]}`", remedy)


def _place(line: int, column: int) -> str:
    return f"column {column}" if line == 1 else f"line {line}, column {column}"


def _bound(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(f"it has more than {MAX_CHARACTERS:,} characters", "Split the rule.")
    depth = deepest = 0
    for character in _STRING.sub("''", text):
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    if deepest > MAX_NESTING:
        raise ExpressionError(f"it is nested deeper than {MAX_NESTING} levels", "Split the rule.")


@cache
def _plain() -> cel.Env:
    return cel.NewEnv(variables=dict.fromkeys(("finding", "context", "params", "value"), cel.Type.DYN))


def activation(values: Mapping[str, object]) -> cel.Activation:
    """Return the values of `finding`, `context` and `params` as expressions see them."""
    return _plain().Activation(values)


def compiled(text: str) -> Expression:
    """Return what evaluates an expression that `Types.check` has let through."""
    return _asked(_plain().compile(text).eval)


def _asked(ask: Callable[[Any], cel.Value]) -> Expression:
    def answer(given: cel.Activation) -> Answer:
        try:
            value = ask(given).value()
        except RuntimeError as error:
            return Answer(True, str(error)[:300])
        if value is True:
            return YES
        if value is False:
            return NO
        return Answer(True, f"it gave no answer: {value!s:.300}")

    return answer


def words(text: str) -> frozenset[str]:
    """Return every word of an expression: a field that is not among them is not asked for."""
    return frozenset(re.findall(r"\w+", text))


@cache
def regex(pattern: str) -> Callable[[str], bool]:
    """Return the test whether a whole text meets an RE2 expression.

    Raises:
        ExpressionError: it is no regular expression of RE2, which has neither look-arounds nor back-references.
    """
    if len(pattern) > MAX_REGEX:
        raise ExpressionError(f"it has more than {MAX_REGEX:,} characters", "Shorten it.")
    # By itself first: `a)|(b` would break out of what is put around it.
    for one in (pattern, f"^(?:{pattern})$"):
        ask = _plain().compile(f"value.matches({json.dumps(one, ensure_ascii=False)})").eval
        told = ask(_plain().Activation({"value": ""}))
        if told.type() != cel.Type.BOOL:
            raise ExpressionError(str(told.value())[:300], "Write it for RE2: no look-arounds, no back-references.")
    # A word of the model's own is no value that CEL knows.
    return lambda text: bool(ask(_plain().Activation({"value": str.__str__(text)})).value())
