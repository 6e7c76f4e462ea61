"""The copy and the tree that it is of: what was found in the one is told of the other."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import msgspec

from secgate.model import Category, Finding, Location, Related, Target
from secgate.scan.spans import Spans


@dataclass(frozen=True)
class Places:
    """Which file of the tree each file of the copy is, and where the copy has it."""

    root: Path
    """The copy."""
    stand_ins: dict[str, Target] = field(default_factory=dict)
    """By its path in the copy: each file that stands for another one."""
    moved: dict[str, str] = field(default_factory=dict)
    """Files of the tree that are in the copy under another name only, and that name."""

    def content(self, path: str) -> bytes | None:
        """Return the content of a file of the tree as the copy has it; None where it has none."""
        place = self.root / self.moved.get(path, path)
        if path in self.stand_ins:
            return None
        return place.read_bytes() if place.is_file() and not place.is_symlink() else None

    def original(self, path: str) -> str:
        """Return the path in the tree of a file of the copy."""
        target = self.stand_ins.get(path)
        return target.original if target else path

    def is_linked(self, path: str) -> bool:
        """Return whether a file of the copy has its name from a link of the tree."""
        target = self.stand_ins.get(path)
        return target is not None and target.linked

    def excused(self, unread: Collection[str], covered: Collection[str]) -> set[str]:
        """Return those of the `unread` files that need not be read, because all that is to be read instead was."""
        forms: dict[str, set[str]] = {}
        for path, target in self.stand_ins.items():
            if target.instead:
                forms.setdefault(target.original, set()).add(path)
        return {path for path in unread if not forms.get(path, {path}) & set(unread) and forms[path] & set(covered)}

    def text(self, text: str) -> str:
        """Return a text of a scanner in which files of the copy are called as the tree calls them."""
        for path, target in self._renamed.items() if self._folder in text else ():
            text = text.replace(path, target.original)
        return text

    @cached_property
    def _renamed(self) -> dict[str, Target]:
        return {path: target for path, target in self.stand_ins.items() if not target.in_place}

    @property
    def _folder(self) -> str:
        return next(iter(self._renamed), "\0").partition("/")[0]

    def told(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """Return the findings of one run as they are told: at places of the tree, each once.

        A scanner that reads both a file and what stands for it says the same twice, or more often, perhaps some lines
        apart. What is read instead of a file has the better lines: not every scanner counts them well in a file of
        several documents, of which each has its own.
        """
        better = {(one.rule.id, self.original(one.location.path)) for one in findings if self._is_better(one)}
        told: list[Finding] = []
        said: dict[tuple[str, str], dict[str, Spans]] = {}
        for one in sorted(findings, key=self._rank):
            path, target = one.location.path, self.stand_ins.get(one.location.path)
            if target is None and (one.rule.id, path) in better:
                continue
            finding = self._told(one) if target else one
            known = said.setdefault((finding.rule.id, finding.location.path), {})
            # What is read instead of one file is in parts: none of them says what another one does.
            part, lines = "" if target and target.instead else path, (finding.location.line, finding.location.end_line)
            if target and any(other != part and spans.meets(*lines) for other, spans in known.items()):
                continue
            told.append(finding)
            known.setdefault(part, Spans()).add(*lines)
        return tuple(told)

    def _rank(self, finding: Finding) -> int:
        target = self.stand_ins.get(finding.location.path)
        return 0 if target is None else 2 if target.lines else 1

    def _is_better(self, finding: Finding) -> bool:
        return self._is_instead(finding.location.path) and finding.category is Category.IAC

    def _is_instead(self, path: str) -> bool:
        target = self.stand_ins.get(path)
        return target is not None and target.instead

    def _told(self, finding: Finding) -> Finding:
        related = tuple(Related(self.located(one.location), one.message) for one in finding.related)
        place, message = self.located(finding.location), self.text(finding.message)
        return msgspec.structs.replace(finding, location=place, message=message, related=related)

    def located(self, location: Location) -> Location:
        """Return a place of the copy as a place of the tree; where lines are others, columns mean nothing."""
        target = self.stand_ins.get(location.path)
        if target is None:
            return location
        place = msgspec.structs.replace(location, path=target.original)
        if not target.lines or not location.known:
            return place
        first, last = target.line(location.line), target.line(location.end_line)
        return msgspec.structs.replace(place, line=first, end_line=max(first, last), column=0, end_column=0)


def places(root: Path, files: Iterable[Target]) -> Places:
    """Return the places of a copy.

    Args:
        root: the copy.
        files: all that it holds.
    """
    files = list(files)
    own = {one.path for one in files if not one.stands_for}
    stand_ins = {one.path: one for one in files if one.stands_for}
    # What stands for a file in another form has other lines; of several with the same ones any will do.
    moved = {one.stands_for: one.path for one in stand_ins.values() if one.stands_for not in own and not one.lines}
    return Places(root, stand_ins, moved)
