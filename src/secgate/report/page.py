"""Lays out lines of styled text for a terminal of a given width."""

from collections.abc import Iterable, Sequence
from io import StringIO

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

Part = tuple[str, str]
"""A text that is safe to print, and its style."""

DEEP = 12
"""Columns in front of what is said of a finding."""
NAMED = 3
"""How many of many are named."""


class Page:
    """Collects lines; markup, links and emoji codes in the text mean nothing here.

    Args:
        width: columns.
        color: whether escapes for colour may be written.
    """

    def __init__(self, width: int, *, color: bool) -> None:
        self._width = width
        self._color = color
        self._file = StringIO()
        self._gap = True
        self._console = Console(
            file=self._file,
            force_terminal=color,
            color_system="standard" if color else None,
            no_color=not color,
            width=width,
            height=100,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )

    def text(self) -> str:
        """Return all lines, without blanks at their ends."""
        return "".join(f"{line.rstrip()}\n" for line in self._file.getvalue().split("\n")[:-1])

    def blank(self) -> None:
        """Leave one empty line, never two."""
        if not self._gap:
            self._file.write("\n")
        self._gap = True

    def line(self, text: str, style: str = "") -> None:
        """Write one paragraph."""
        self.entry([], [(text, style)])

    def heading(self, text: str) -> None:
        """Write a heading on a line of its own over the whole width, set off by an empty line."""
        self.blank()
        rest = max(self._width - cell_len(text) - 4, 0)
        self.entry([], [("── ", "dim"), (text, "bold"), (f" {'─' * rest}", "dim")])

    def ruler(self, style: str) -> None:
        """Draw a thick line over the whole width."""
        self.entry([], [("━" * self._width, style)])

    def entry(self, label: Sequence[Part], parts: Sequence[Part]) -> None:
        """Write a label and, beside it, text that wraps below its own beginning."""
        self._gap = False
        margin = sum(cell_len(text) for text, _ in label)
        room = max(self._width - margin, 10)
        head = self._drawn(label)
        if sum(cell_len(text) for text, _ in parts) <= room:
            self._file.write(f"{head}{self._drawn(parts)}\n")
            return
        for line in Text.assemble(*parts).wrap(self._console, room, overflow="fold"):
            line.rstrip()
            self._file.write(f"{head}{self._rendered(line)}\n")
            head = " " * margin

    def labelled(self, label: str, text: str, style: str = "") -> None:
        """Write a line of a finding or of evidence: a short word, and the text beside it."""
        self.entry([(f"{label:>{DEEP - 2}}  ", "dim")], [(text, style)])

    def names(self, label: str, names: Sequence[str], *, verbose: bool) -> None:
        """Write some names, the first of them only unless `verbose`; nothing where there are none."""
        if not names:
            return
        shown = names if verbose else names[:NAMED]
        rest = f" and {len(names) - len(shown):,} more" if len(names) > len(shown) else ""
        self.labelled(label, f"{', '.join(shown)}{rest}")

    def address(self, label: Sequence[Part], before: str, address: str, style: str) -> None:
        """Write an address in one piece, even beyond the width, so that it can be clicked and copied."""
        self._gap = False
        self._file.write(f"{self._drawn([*label, (before, ''), (address, style)])}\n")

    def table(self, head: Sequence[str], rows: Iterable[Iterable[Part]]) -> None:
        """Write a table; columns take what they need, the second gives way; a column without a word is left out."""
        cells = [list(row) for row in rows]
        kept = [number for number, _ in enumerate(head) if any(row[number][0] for row in cells)]
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
        for number in kept:
            table.add_column(head[number], overflow="fold", no_wrap=number != 1)
        for row in cells:
            table.add_row(*(Text(*row[number]) for number in kept))
        self._console.print(table)
        self._gap = False

    def _drawn(self, parts: Iterable[Part]) -> str:
        if not self._color:
            return "".join(text for text, _ in parts)
        return "".join(Style.parse(style).render(text, color_system=ColorSystem.STANDARD) for text, style in parts)

    def _rendered(self, line: Text) -> str:
        if not self._color:
            return line.plain
        return self._drawn((segment.text, str(segment.style or "")) for segment in line.render(self._console))
