"""Which Kubernetes files every scanner reads as Kubernetes does: a white list, quick to try.

A line is plain where nobody can take it for anything else: a key and a simple value, in blocks, in the first column
where it belongs there. A file of such lines needs no other form. Any other one is parsed to find out.
"""

import re

from secgate.scan.plan import HEAD_BYTES

_BOOL = rb"(?i:y|n|yes|no|on|off|true|false|null)(?![\w./:-])"
_END = rb"[ ]*+(?:(?<=[ ])\#[^\n]*+)?+\r?(?:\n|\Z)"
_QUOTED = rb"""(?:"[^"\\\n]*+"|'[^'\n]*+')"""
_NAME = rb"""(?:(?!%b)[A-Za-z][\w./:-]{0,250}|"[\w ./:@-]{1,250}"|'[\w ./:@-]{1,250}')""" % _BOOL
_NUMBER = rb"(?!-?\d+\.0+[ \r\n])(?:0|-?[1-9]\d{0,17})(?:\.\d+)*+[A-Za-z%]*+(?=[ \r\n]|\Z)"
_TEXT = rb"(?!(?i:y|n|yes|no|on|off)\b)(?:[A-Za-z/$(]|[._-](?=[A-Za-z/_-]))[^\n]*+(?:\n|\Z)"
_FLOW = rb"(?:\{\}|\[(?:[ ]*+(?:%b|ALL|[A-Z]\w{3,})[ ]*+,?)*+[ ]*\])" % _QUOTED
_VALUE = rb"(?:(?:%b|%b|%b)%b|%b)" % (_QUOTED, _NUMBER, _FLOW, _END, _TEXT)
_KEY = rb"""(?!name:)(?:[A-Za-z_][\w./-]*+|"(?!name")[\w./:-]++"|'(?!name')[\w./:-]++'):"""
_MORE = rb"[ ]+[^\n]*+(?:\n|\Z)|[ ]*\r?\n"
_LINE = rb"""(?x:
    [ ]*+(?:-[ ]++)*+(?:
        %(key)b(?:[ ]++%(value)b|%(end)b)
        |name:[ ]++%(name)b%(end)b
        |name:\r?\n(?=[ ]*+(?:type|description):)
        |(?:defaultMode|mode):[ ]++0[0-7]{3}%(end)b
        |(?<=-[ ])%(value)b
    )
    |(?P<a>[ ]*+)(?!(?:apiVersion|kind|metadata):)%(key)b[ ]++[|>][-+]?%(end)b(?:(?P=a)%(more)b)*+
    |(?P<b>[ ]*+)-[ ]%(key)b[ ]++[|>][-+]?%(end)b(?:(?P=b)[ ]{2}%(more)b)*+
    |(?P<c>[ ]*+)-[ ][|>][-+]?%(end)b(?:(?P=c)%(more)b)*+
)""" % {b"key": _KEY, b"value": _VALUE, b"end": _END, b"name": _NAME, b"more": _MORE}
_FOLDED = rb"(?P<d>[ ]*+)description:[ ]++%b(?:(?P=d)[ ]++[^\n\s][^\n]*+(?:\n|\Z)|[ ]*\r?\n)*+" % _TEXT
_FILLER = rb"(?:[ ]*+(?:\#[^\n]*+)?\r?\n)"
_START = rb"(?=%b*+(?:[A-Za-z_]|---\r?\n|\Z))" % _FILLER
_FILE = re.compile(rb"%b(?:%b++|---\r?\n%b|%b|%b)*+\Z" % (_START, _FILLER, _START, _FOLDED, _LINE))
_ODD = re.compile(
    rb"generateName|\{\{|(?m:^(?:items:|kind:.*List\b))|[\x00-\x08\t\x0b\x0c\x0e-\x1f\x7f]"
    rb"|\xe2\x80[\xa8\xa9]|\xc2[\x80-\x9f]|\r(?!\n)"
)
"""Wherever it stands: what makes a document a list, or one without a name, and what might be a template or a line."""


def is_plain(content: bytes) -> bool:
    """Return whether all of a YAML file is of plain lines, in time that grows with its length."""
    return len(content) <= HEAD_BYTES and not _ODD.search(content) and bool(_FILE.match(content))
