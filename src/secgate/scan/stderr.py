"""What a tool says beside its report: every line that is not known to be harmless is a complaint."""

import posixpath
import re
from collections.abc import Iterable, Mapping

from secgate.model import Run, ToolError

_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\s*")
_TRACEBACK = re.compile(r"(Traceback \(most recent call last\):)(?:\n[ \t].*)*\n(.*)")
_MAX_LINE = 10_000
_PATH_END = re.compile(r"""[\s"':,;)\]]|$""")


def complaints(run: Run, root: str) -> list[ToolError]:
    """Return the unknown lines of a run's stderr, in order and without their time.

    A line that has the whole path of a file that was to be read is about that file, and so is the traceback that it
    announces: complaints are cut where there are many, and the files that were not read never. A line about a folder is
    about the file that stands for it.

    Args:
        run: what came of a task.
        root: the folder below which the tool names files.
    """
    lines = _unknown(run.stderr, run.task.command.harmless)
    named = {posixpath.dirname(path): path for path in run.task.whole}
    named |= {path: path for path in run.task.files} if lines else {}
    about = re.compile(run.task.command.about) if run.task.command.about else None
    return [ToolError(line, _about(line[:_MAX_LINE], about, f"{root}/", named)) for line in lines]


def _unknown(stderr: str, harmless: Iterable[str]) -> list[str]:
    known = re.compile("|".join(f"(?:{pattern})" for pattern in harmless)) if harmless else None
    whole = _TRACEBACK.sub(r"\1 \2", "\n".join(stderr.splitlines()))
    lines = (line.strip() for line in whole.split("\n"))
    return [_TIME.sub("", line) for line in lines if line and not (known and known.fullmatch(line))]


def _about(line: str, about: re.Pattern[str] | None, root: str, named: Mapping[str, str]) -> str:
    """Return the file that a line is about; empty where it is about none that was to be read."""
    if about and (match := about.match(line)):
        return named.get(match["path"], "")
    _, found, rest = line.partition(root)
    ends = (match.start() for match in _PATH_END.finditer(rest)) if found else ()
    return named.get(max((rest[:end] for end in ends if rest[:end] in named), key=len, default=""), "")
