"""The decision as a file: equal decisions give equal bytes, and what is read back must add up.

The file is what a later command publishes, so it is read as untrusted input: bounded, held against its shape,
its counts added up again and its outcome held against its verdicts.
"""

from collections import Counter
from functools import cache
from typing import TypeVar

import msgspec

from secgate.errors import UsageError
from secgate.model import Action, Decision, Value, conclude
from secgate.report import safe

API_VERSION = "secgate.dev/decision/v1"
MAX_BYTES = 256_000_000
MAX_FINDINGS = 500_000

_REMEDY = "Give a file that `secgate scan --json FILE` of this version wrote, unchanged."

T = TypeVar("T")


class _Header(msgspec.Struct, rename="camel"):
    """What tells a decision from any other JSON file."""

    api_version: str = ""


class _Document(Decision, frozen=True, kw_only=True):
    """A decision as it lies in a file: its own fields, the format's name, and how many verdicts say what."""

    api_version: str
    counts: dict[str, int]


def render(decision: Decision) -> bytes:
    """Return the decision as canonical JSON: UTF-8, keys sorted, one line with a newline at its end.

    Equal decisions give equal bytes, whether they were made here, by another process or read from a file.
    """
    settled = _settle(decision)
    document = _Document(
        **{name: getattr(settled, name) for name in Decision.__struct_fields__},
        api_version=API_VERSION,
        counts=_counts(decision),
    )
    return safe.json(msgspec.json.encode(document, order="sorted").decode()).encode() + b"\n"


def load(data: bytes) -> Decision:
    """Read a decision back, without loss.

    Raises:
        UsageError: it is too large, not JSON, of another format or shape, or contradicts itself.
    """
    if len(data) > MAX_BYTES:
        raise _refusal(f"is larger than {MAX_BYTES:,} bytes")
    header = _decode(data, _Header)
    if header.api_version != API_VERSION:
        found = f"`{header.api_version[:60]!a}`" if header.api_version else "nothing"
        raise _refusal(f"says {found} where `apiVersion` must be `{API_VERSION}`")
    document = _decode(data, _Document)
    decision = Decision(**{name: getattr(document, name) for name in Decision.__struct_fields__})
    _hold(decision, document.counts)
    return _settle(decision)


def _decode(data: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(data, type=shape)
    except msgspec.ValidationError as error:
        raise _refusal(f"has another shape: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refusal(f"is not JSON: {error}") from error


def _refusal(what: str) -> UsageError:
    return UsageError(f"the decision {what}", _REMEDY)


def _counts(decision: Decision) -> dict[str, int]:
    counted = Counter(verdict.action for verdict in decision.verdicts)
    return {action.value: counted[action] for action in Action}


def _hold(decision: Decision, counts: dict[str, int]) -> None:
    """Refuse a decision whose parts do not agree with each other."""
    if len(decision.verdicts) + len(decision.fixed) > MAX_FINDINGS:
        raise _refusal(f"holds more than {MAX_FINDINGS:,} findings")
    if counts != _counts(decision):
        raise _refusal("says other counts than its verdicts add up to")
    if (decision.fixed or decision.comparison) and not decision.base:
        raise _refusal("is compared with nothing and says what came of that")
    outcome, code = conclude(decision.verdicts, decision.requirements, decision.fail_on, decision.allowances)
    if decision.outcome is not outcome:
        raise _refusal(f"says {decision.outcome}, which its findings and its evidence contradict")
    if decision.exit != code:
        raise _refusal(f"says {decision.outcome} with exit code {decision.exit}")


@cache
def _defaults(kind: type[Value]) -> tuple[tuple[str, object], ...]:
    return tuple((field.name, field.default) for field in msgspec.structs.fields(kind))


def _settle(value: T) -> T:
    """Return an equal value in which every field that equals its default *is* its default.

    Defaults are left out of files, but they are recognised by identity: without this, 0.0 from a scanner's report and
    0.0 from the model would give different bytes.
    """
    if isinstance(value, tuple):
        return tuple(_settle(item) for item in value)  # type: ignore[return-value]
    if not isinstance(value, Value):
        return value
    changes = {}
    for name, default in _defaults(type(value)):
        old = getattr(value, name)
        if old is default:
            continue
        new = default if old == default else _settle(old)
        if new is not old:
            changes[name] = new
    return msgspec.structs.replace(value, **changes) if changes else value
