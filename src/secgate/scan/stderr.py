"""What a tool says beside its report: every line that is not known to be harmless is a complaint."""

import re
from collections.abc import Collection, Iterable

from secgate.model import Run, ToolError

_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\s*")
_MAX_LINE = 10_000
_PATH_END = re.compile(r"""[\s"':,;)\]]|$""")


def complaints(run: Run, root: str) -> list[ToolError]:
    """Return the unknown lines of a run's stderr, in order and without their time.

    A line that has the whole path of a file that was to be read is about that file: complaints are cut where there
    are many, and the files that were not read never.

    Args:
        run: what came of a task.
        root: the folder below which the tool names files.
    """
    lines = _unknown(run.stderr, run.task.command.harmless)
    files = frozenset(run.task.files) if lines else frozenset()
    return [ToolError(line, _file_in(line[:_MAX_LINE], f"{root}/", files)) for line in lines]


def _unknown(stderr: str, harmless: Iterable[str]) -> list[str]:
    known = re.compile("|".join(f"(?:{pattern})" for pattern in harmless)) if harmless else None
    lines = (line.strip() for line in stderr.splitlines())
    return [_TIME.sub("", line) for line in lines if line and not (known and known.fullmatch(line))]


def _file_in(line: str, root: str, files: Collection[str]) -> str:
    _, found, rest = line.partition(root)
    ends = (match.start() for match in _PATH_END.finditer(rest)) if found else ()
    return max((rest[:end] for end in ends if rest[:end] in files), key=len, default="")
