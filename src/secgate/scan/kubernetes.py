"""Kubernetes documents that scanners skip or read in another way than Kubernetes are given to them once more.

Each document becomes a file of its own in block style (see `scan.block`), and lists are taken apart. Most files are
plain (see `scan.plain`) and need none of it.
"""

import re
from collections.abc import Iterator

from secgate.scan import plain
from secgate.scan.block import block
from secgate.scan.documents import Kind, Node, Piece, UnreadableError, pieces
from secgate.scan.form import Form, decoded, is_marked
from secgate.scan.oddness import begins_oddly, is_odd
from secgate.scan.plan import HEAD_BYTES
from secgate.scan.values import At, Value, is_merge, value

MAX_DOCUMENTS = 5_000
"""Of one file."""
UNNAMED = "unnamed-"
_YAML, _JSON = (".yaml", ".yml"), (".json",)
_KEYS = (b"apiVersion", b"kind")
_VERSION = re.compile(rb'"apiVersion"\s*:\s*"')
_HEADS = {"apiVersion", "kind", "metadata"}
_LETTER = re.compile(rb"\\(?:x|u00|U000000)[4-7]|\\\r?\n")
"""An escape that may write a letter of a key, or join two halves of it."""
_ODD = re.compile(r"\{\{-?\s*\.(?:Values|Release)\.|[\x85\u2028\u2029]|\r(?!\n)|(?m:^(?:---[^\r\n]|\.\.\.|%))")
"""What makes all documents of a file odd: what looks like a chart, and what not everybody takes for a line's end or a
document's."""
_TEMPLATE = re.compile(r"(?m)^[^#\n]*\{[{%]")
_KIND = re.compile(r"\bkind\b")
_ESCAPE = re.compile(r"\\[xuU]")
_BAD = re.compile(r"[#{}]")
_LONGEST = 253
_UNREAD = b"apiVersion: v1\nkind: Pod\nmetadata: [\n"
"""What no scanner can parse, and every one that reads Kubernetes is expected to."""


def forms(path: str, content: bytes) -> Iterator[Form]:
    """Give a file's documents in one form where any of them is odd; and for each that nobody can read a file like it.

    Args:
        path: in the tree.
        content: all of it.
    """
    is_json = path.lower().endswith(_JSON)
    if not (is_json or path.lower().endswith(_YAML)) or not _may_be(content, is_json):
        return
    text = decoded(content)
    if not is_json and path.endswith(_YAML) and plain.is_plain(text.encode()):
        return
    try:
        found = pieces(text, json=is_json)
    except UnreadableError:
        yield _unread(0, 1)
        return
    objects = [root for piece in found for root in _roots(piece)]
    odd_file = any(piece.broken for piece in found) or (is_json and len(found) > 1) or _ODD.search(text)
    if odd_file or not path.endswith(_YAML + _JSON) or _any_odd(found, objects, is_json):
        yield from _forms(found)


def _any_odd(found: list[Piece], objects: list[Node], is_json: bool) -> bool:
    documents = (root for piece in found if objects for root in piece.documents)
    return any(begins_oddly(one, json=is_json) for one in objects) or any(
        is_odd(one, json=is_json) for one in documents
    )


def _may_be(content: bytes, is_json: bool) -> bool:
    if is_marked(content) or _LETTER.search(content):
        return True
    # A schema has the keys as well, and no text behind them.
    return all(key in content for key in _KEYS) and not (is_json and not _VERSION.search(content))


def _roots(piece: Piece) -> list[Node]:
    """Return the documents that may be objects of Kubernetes; a key that is an alias or is merged counts as any."""
    return [root for root in piece.documents if root.kind is Kind.MAPPING and _may_be_object(root)]


def _may_be_object(root: Node) -> bool:
    sure = all(key.kind is Kind.SCALAR and not is_merge(key) for key, _ in root.pairs)
    return not sure or {"apiVersion", "kind"} <= {key.text for key, _ in root.pairs}


def _forms(found: list[Piece]) -> Iterator[Form]:
    objects: list[At] = []
    lost: list[int] = []
    whole = True
    for piece in found:
        try:
            objects += _meant(piece)
        except UnreadableError:
            # A template is no document yet: what comes of it is read, by whoever fills it in.
            is_template = bool(_TEMPLATE.search(piece.text))
            whole = whole and not is_template
            lost += [piece.line] if _looks(piece.text) and not is_template else []
    if len(objects) > MAX_DOCUMENTS:
        lost.append(objects[MAX_DOCUMENTS].line)
    yield from (_form(one, number, whole) for number, one in enumerate(objects[:MAX_DOCUMENTS], 1))
    yield from (_unread(number, line) for number, line in enumerate(lost, 1))


def _looks(text: str) -> bool:
    """Return whether a text that cannot be parsed may have been meant for an object."""
    return bool(("apiVersion" in text and _KIND.search(text)) or _ESCAPE.search(text))


def _meant(piece: Piece) -> list[At]:
    """Return a piece's objects.

    Raises:
        UnreadableError: it cannot be parsed, or not be understood.
    """
    if piece.broken:
        raise UnreadableError
    return [one for root in _roots(piece) for one in _objects(value(root))]


def _unread(number: int, line: int) -> Form:
    return Form(f".unread{number}.yaml", _UNREAD, (line,))


def _objects(at: At, kind: str = "", version: Value = None) -> Iterator[At]:
    """Give a document, or what it is a list of; an item without a kind has the list's."""
    if not isinstance(at.value, dict):
        return
    head = {"apiVersion": At(at.line, version), "kind": At(at.line, kind)} if kind else {}
    document = {**head, **at.value}
    if not all(isinstance(document.get(key, at).value, str) for key in ("apiVersion", "kind")):
        return
    name = str(document["kind"].value)
    items = document.get("items", at).value
    for item in items if isinstance(items, list) else ():
        yield from _objects(item, name.removesuffix("List"), document["apiVersion"].value)
    if not isinstance(items, list):
        yield At(at.line, document)
    elif not name.endswith("List"):
        yield At(at.line, {key: item for key, item in document.items() if key != "items"})


def _form(at: At, number: int, whole: bool) -> Form:
    document = _plain_names(_named(at, number))
    content, lines = block(document)
    if len(content) > HEAD_BYTES:
        content, lines = block(_sorted(document))
    return Form(f".{number}.yaml", content, lines, whole)


def _named(at: At, number: int) -> At:
    """Return a document that has a name: one without is made a new one by Kubernetes each time."""
    document = dict(at.value) if isinstance(at.value, dict) else {}
    line, found = document.get("metadata", at)
    metadata = found if isinstance(found, dict) and found is not at.value else {}
    if not metadata.get("name", At(0, "")).value:
        start = metadata.get("generateName", At(0, UNNAMED)).value
        metadata = {**metadata, "name": At(line, f"{start}{number}")}
    document["metadata"] = At(line, metadata)
    return At(at.line, document)


def _sorted(at: At) -> At:
    """Return a document with what says what it is in front."""
    document = at.value if isinstance(at.value, dict) else {}
    return At(at.line, dict(sorted(document.items(), key=lambda pair: pair[0] not in _HEADS)))


def _plain_names(at: At) -> At:
    """Return a document in which every name is one that everybody takes."""
    if isinstance(at.value, list):
        return At(at.line, [_plain_names(item) for item in at.value])
    if not isinstance(at.value, dict):
        return at
    return At(
        at.line, {key: _plain_name(item) if key == "name" else _plain_names(item) for key, item in at.value.items()}
    )


def _plain_name(at: At) -> At:
    if isinstance(at.value, list | dict):
        return _plain_names(at)
    return At(at.line, _BAD.sub("_", "" if at.value is None else str(at.value))[:_LONGEST])
