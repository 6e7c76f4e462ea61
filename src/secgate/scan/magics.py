"""What a notebook's Python has beside Python: magics, commands of the shell, questions."""

import re

# Cells whose body is another language or a text. That of a magic that nobody knows is taken for Python: if it is
# something else, the notebook cannot be read, and is named.
_OTHERS = {
    "!", "sh", "bash", "cmd", "shell", "powershell", "sx", "system", "perl", "ruby", "julia", "octave", "matlab",
    "rust", "fortran", "cpp", "cuda", "cu", "scala", "java", "kotlin", "dotnet", "csharp", "fsharp", "js",
    "javascript", "node", "typescript", "ts", "coffeescript", "html", "svg", "css", "scss", "sass", "latex", "tikz",
    "markdown", "mermaid", "dot", "graphviz", "plantuml", "lilypond", "r", "rdevice", "sas", "stata", "sql", "sqlite",
    "duckdb", "sparksql", "bigquery", "bq", "bqsql", "kql", "kusto", "cypher", "opencypher", "oc", "gremlin",
    "sparql", "graphql", "prolog", "configure", "ai", "aiconfig", "json", "yaml", "xml", "toml", "info", "comment",
}  # fmt: skip
_FILES = {"writefile", "file", "appendfile", "overwritefile"}
# Of an option's own word only so much is known that something to run must follow it.
_RUNS = re.compile(
    r"[ \t]*(?:%%?(?:time|timeit|prun|memit|mprun|lprun|debug|px)\b[ \t]+(?:-{1,2}\w+[ \t]+(?:[\w.]+[ \t]+(?=\S))?)*)+"
    r"(?=[^\s%!])"
)
# With a question mark it only asks about the magic, and the rest of the cell runs.
_CELL = re.compile(r"\s*^[ \t]*%%(!|\w++(?!\?))([^\n]*)", re.MULTILINE)
_STARTS = re.compile(r"(?:.*[\s/])?(?:i?python|pypy)[\d.]*\b")
_TEXT = (
    r'''(?P<text>"""(?:\\.|[^\\])*?(?:"""|\Z)|\'\'\'(?:\\.|[^\\])*?(?:\'\'\'|\Z)'''
    r"""|"(?:\\.|[^"\\\n])*+"?|'(?:\\.|[^'\\\n])*+'?|\#[^\n]*)|(?P<open>[(\[{])|(?P<close>[)\]}])"""
)
_INSIDE = re.compile(_TEXT, re.DOTALL)
_REST = r"(?:[^\n]*\\\n)*[^\n]*"
# In this order: marked as a magic; a question; a command of the shell, which no statement of Python looks like.
_MAGIC = rf"[ \t]*(?:%%?[A-Za-z_]|[!?]){_REST}|[ \t]*%?[\w.*]+\?\??[ \t]*$|(?:pip|conda)[ \t]+install\b{_REST}"
_VALUE = rf"(?<==)[ \t]*(?:!|%[A-Za-z_]){_REST}"
_OUTSIDE = re.compile(rf"{_TEXT}|^(?P<magic>{_MAGIC})|(?P<value>{_VALUE})", re.MULTILINE | re.DOTALL)


def neutral(cell: str) -> str:
    """Return a cell's text with as many lines, in which only Python is left.

    Args:
        cell: its lines end with a line feed.
    """
    whole = _CELL.match(cell)
    if whole and not _is_python(whole[1], whole[2]):
        return "\n" * cell.count("\n")
    return _without_magics(cell)


def _is_python(magic: str, words: str) -> bool:
    if magic == "script":
        return bool(_STARTS.match(words))
    return words.rstrip().endswith(".py") if magic in _FILES else magic.lower() not in _OTHERS


def _without_magics(text: str) -> str:
    """Return text without magics: one stands where a statement begins, never in a text or between brackets."""
    parts: list[str] = []
    depth, at = 0, 0
    while match := (_INSIDE if depth else _OUTSIDE).search(text, at):
        depth = max(0, depth + bool(match["open"]) - bool(match["close"]))
        plain = match.lastgroup in {"text", "open", "close"}
        parts += (text[at : match.start()], match[0] if plain else _neutral(match[0], match.lastgroup == "value"))
        at = match.end()
    return "".join(parts) + text[at:]


def _neutral(magic: str, is_value: bool) -> str:
    """Return what stands for a magic: what it is given to run, or what does nothing."""
    if runs := _RUNS.match(magic):
        return magic[: len(magic) - len(magic.lstrip())] + magic[runs.end() :]
    blanks = magic[: len(magic) - len(magic.lstrip(" \t"))]
    return f"{blanks}{'None' if is_value else 'pass'}" + "\n" * magic.count("\n")
