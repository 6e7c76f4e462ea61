"""A waiver as text, added to a file of waivers of which nothing else changes."""

import json
from collections.abc import Iterable, Mapping

import yaml

from secgate.catalog import document
from secgate.errors import UsageError
from secgate.model import Waiver

_HEAD = "# yaml-language-server: $schema=https://secgate.dev/schema/waivers/v1.json\napiVersion: secgate.dev/v1\n" \
        "kind: WaiverList\nwaivers:\n"  # fmt: skip


def added(old: bytes | None, name: str, waiver: Waiver) -> bytes:
    """Return a file with one waiver more, at its end.

    Args:
        old: what is there; None: no file yet.
        name: what to call the file in errors.
        waiver: the new one, about a fingerprint.

    Raises:
        UsageError: the file is no YAML, or its list of waivers is not what it ends with.
    """
    if old is None:
        return (_HEAD + _entry(waiver, 2)).encode()
    document.parse(old, name)
    text = old.decode("utf-8-sig")
    indent = _indent(text, name)
    return f"{text.rstrip()}\n{_entry(waiver, indent)}".encode()


def _indent(text: str, name: str) -> int:
    """Return how far the list's entries are indented."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    key, held = pairs[-1] if pairs else (None, None)
    if key is None or key.value != "waivers" or not isinstance(held, yaml.SequenceNode) or held.flow_style:
        raise UsageError(f"{name}: does not end with a list of waivers, one below the other", "Name another --file.")
    column: int = held.start_mark.column
    return column


def _entry(waiver: Waiver, indent: int) -> str:
    lines = [f"{name}: {value}" for name, value in _fields(waiver) if value]
    blank = " " * indent
    return "".join(f"{blank}{'- ' if number == 0 else '  '}{line}\n" for number, line in enumerate(lines))


def _fields(waiver: Waiver) -> Iterable[tuple[str, str]]:
    yield "id", _text(waiver.id)
    yield "type", waiver.type.value
    yield "match", _map({name: str(value) for name, value in waiver.match.items()})
    yield "rules", _list(waiver.rules)
    yield "environments", _list(waiver.environments) if waiver.environments else ""
    yield "reason", _text(waiver.reason)
    yield "owner", _text(waiver.owner)
    yield "requestedBy", _text(waiver.requested_by)
    yield "ticket", _text(waiver.ticket)
    yield "created", _text(waiver.created)
    yield "expires", _text(waiver.expires)
    approvals = (
        _map({"who": one.who, "team": one.team, "on": one.on, "evidence": one.evidence}) for one in waiver.approved_by
    )
    yield "approvedBy", f"[{', '.join(approvals)}]" if waiver.approved_by else ""


def _text(text: str) -> str:
    """Return a text in double quotes, which mean the same in YAML and JSON; nothing for no text."""
    return json.dumps(text, ensure_ascii=False) if text else ""


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"


def _map(pairs: Mapping[str, str]) -> str:
    return f"{{{', '.join(f'{name}: {_text(value)}' for name, value in pairs.items() if value)}}}"
