"""CloudFormation templates in YAML that do not plainly say what they are, in block style (see `scan.block`)."""

import re
from collections.abc import Iterator

from secgate.scan.block import block
from secgate.scan.documents import Kind, Node, Piece, UnreadableError, pieces
from secgate.scan.form import Form, decoded
from secgate.scan.plan import HEAD_BYTES
from secgate.scan.values import At, Bounds, value

_RESOURCES = "Resources"
_SUFFIXES = (".yaml", ".yml", ".template")
_PLAIN = re.compile(
    rb"""(?mx)\A
    (?=[\s\S]*(?:^["']?|[{,]\s{0,99}["']?)Resources["']?[ \t]*:)
    (?=[\s\S]*["']?\bType["']?[ \t]*:[ \t]*["']?AWS::\w+::)"""
)
_LETTER = re.compile(rb"\\(?:x|u00|U000000)[4-7]")
_MERGE = re.compile(rb"<<[ \t]*:")
_ELSEWHERE = re.compile(rb"(?m)<<[ \t]*:|^[ \t-]*\?[ \t]|\bType[\"']?[ \t]*:[ \t]*(?:[*&!|>\[]|\"[^\"\n]*$|\r?$)")
"""A key that is merged or stands alone, or a type that is no word on the same line."""
_LOOKS = re.compile(r"(?s)AWS::\w+::|\\[xuU]")
_UNREAD = b"Resources:\n  A:\n    Type: AWS::S3::Bucket\n  [\n"
"""What no scanner can parse, and every one that reads CloudFormation is expected to."""


def forms(path: str, content: bytes) -> Iterator[Form]:
    """Give a template in one form where its keys are hidden, or what nobody can read where it cannot be parsed.

    Args:
        path: in the tree.
        content: all of it.
    """
    if not path.lower().endswith(_SUFFIXES) or not _is_hidden(content):
        return
    text = decoded(content)
    try:
        roots = [root for piece in pieces(text) for root in _parsed(piece)]
        bounds = Bounds()
        found = [(root, value(root, bounds, local=True)) for root in roots]
    except UnreadableError:
        if _LOOKS.search(text) and _RESOURCES in text and "{{" not in text:
            yield Form(".unread.yaml", _UNREAD, (1,))
        return
    stacks = [(root, at) for root, at in found if _is_stack(at)]
    plain = _PLAIN.match(content[:HEAD_BYTES]) and not _MERGE.search(content)
    if not plain or not all(_is_written_out(root) for root, _ in stacks):
        for number, (_, at) in enumerate(stacks, 1):
            yield Form(f".stack{number}.yaml", *block(at), instead=True)


def _is_hidden(content: bytes) -> bool:
    """Return whether a file may be a template, and not plainly so."""
    if _LETTER.search(content):
        return True
    return b"AWS::" in content and not (_PLAIN.match(content[:HEAD_BYTES]) and not _ELSEWHERE.search(content))


def _parsed(piece: Piece) -> tuple[Node, ...]:
    if piece.broken:
        raise UnreadableError
    return piece.documents


def _is_stack(at: At) -> bool:
    resources = at.value.get(_RESOURCES, at).value if isinstance(at.value, dict) else None
    return isinstance(resources, dict) and resources is not at.value and any(map(_is_resource, resources.values()))


def _is_resource(at: At) -> bool:
    kind = at.value.get("Type", at).value if isinstance(at.value, dict) else None
    return isinstance(kind, str) and kind.startswith("AWS::")


def _is_written_out(root: Node) -> bool:
    """Return whether the keys and types that make a template one stand in it letter by letter."""
    resources = _written(root, _RESOURCES)
    return resources is not None and all(
        (kind := _written(one, "Type")) is not None and (kind.kind is not Kind.SCALAR or kind.literal)
        for _, one in resources.pairs
        if one.kind is Kind.MAPPING
    )


def _written(mapping: Node, name: str) -> Node | None:
    """Return the value of a key that is written out, on the same line where it is a word."""
    for key, found in mapping.pairs:
        if key.literal and key.text == name and (found.kind is Kind.MAPPING or found.line == key.line):
            return found
    return None
