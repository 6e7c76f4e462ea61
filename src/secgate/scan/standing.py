"""Inline suppressions that stand at the base: they were reviewed there, and are honoured.

A suppression stands where the base has the same file, or one of the same name in which the same line tells the same
tool the same thing, as often. It covers a finding of its own tool on its lines, or on the line after a comment that
stands alone, if the base has these lines too, one behind the other: what a change writes, or moves to where something
is suppressed, is covered by nothing that it found there. Of infrastructure the first line counts, of a whole resource.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter

import msgspec

from secgate.model import Category, Finding, Scanner, Suppression, Target
from secgate.scan.inline import Quieter
from secgate.scan.lines import runs, split
from secgate.scan.since import Since

Content = Callable[[str], bytes | None]
"""Gives the content of a file as the copy has it."""

_WORD = re.compile(r"[\w.*-]+")
_ID = re.compile(r"\*|.*[\d_.-].*")
_COMMENT = re.compile(rb"\s*(?:#|//|/\*|\*|--|<!--|;|%)")


def stood(
    suppressions: Iterable[Suppression], since: Since, content: Content, scanners: Iterable[Scanner]
) -> tuple[Suppression, ...]:
    """Return the suppressions, those marked that stand at the base.

    Args:
        suppressions: of the judged tree.
        since: compares it with the base.
        content: of the judged tree.
        scanners: whose markers are looked for.
    """
    by_path: dict[str, list[Suppression]] = {}
    for one in suppressions:
        by_path.setdefault(one.path, []).append(one)
    same = {path for path in by_path if since.same(path)}
    old = since.read(sorted(by_path.keys() - same))
    marked: list[Suppression] = []
    for path, found in by_path.items():
        if path in same:
            marked += [_standing(one) for one in found]
        elif path in old:
            marked += _matched(found, split(content(path)), _before(path, old[path], scanners))
        else:
            marked += found
    return tuple(marked)


def _standing(one: Suppression) -> Suppression:
    return msgspec.structs.replace(one, stands=True)


def _before(path: str, content: bytes, scanners: Iterable[Scanner]) -> Counter[tuple[str, ...]]:
    quieter = Quieter(scanners)
    lines = split(quieter.quiet(Target(path), content))
    return Counter(_key(one, lines) for one in quieter.found)


def _matched(
    found: Sequence[Suppression], lines: Sequence[bytes], before: Counter[tuple[str, ...]]
) -> list[Suppression]:
    """Mark as many as there were before of each kind. Of more than that none is marked: nobody knows which is new."""
    now = Counter(_key(one, lines) for one in found)
    return [_standing(one) if now[key] <= before[key] else one for one in found for key in [_key(one, lines)]]


def _key(one: Suppression, lines: Sequence[bytes]) -> tuple[str, ...]:
    return one.tool, one.rule, one.reason, _line(lines, one.line).strip().decode("utf-8", "backslashreplace")


def _line(lines: Sequence[bytes], line: int) -> bytes:
    return lines[line - 1] if 0 < line <= len(lines) else b""


def honoured(
    findings: Iterable[Finding],
    suppressions: Iterable[Suppression],
    since: Since,
    content: Content,
    scanners: Iterable[Scanner],
) -> tuple[Finding, ...]:
    """Return the findings, those marked that a standing suppression covers. A secret is covered by none.

    Args:
        findings: of the scanners, in places of the tree.
        suppressions: of the tree, as `stood` gives them.
        since: compares the tree with the base.
        content: of the tree.
        scanners: whose markers are looked for.
    """
    findings = tuple(findings)
    standing: dict[str, list[Suppression]] = {}
    for one in sorted(suppressions, key=attrgetter("line")):
        if one.stands:
            standing.setdefault(one.path, []).append(one)
    if not standing:
        return findings
    now = {path: split(content(path)) for path in standing}
    old = _old_lines(standing, since, scanners)

    def is_covered(finding: Finding) -> bool:
        path = finding.location.path
        near = _near(finding, standing)
        return any(_covers(one, finding, now[path], old[path]) for one in near) and _has(old[path], finding, now[path])

    return tuple(msgspec.structs.replace(one, suppressed_at_base=True) if is_covered(one) else one for one in findings)


def covered(findings: Iterable[Finding], suppressions: Iterable[Suppression], content: Content) -> tuple[Finding, ...]:
    """Return the findings, those marked that any suppression covers, new ones too. A secret is covered by none.

    Args:
        findings: of the scanners, in places of the tree.
        suppressions: of the tree.
        content: of the tree.
    """
    here: dict[str, list[Suppression]] = {}
    for one in sorted(suppressions, key=attrgetter("line")):
        here.setdefault(one.path, []).append(one)
    lines = {path: split(content(path)) for path in here}

    def is_covered(finding: Finding) -> bool:
        return any(_covers(one, finding, lines[finding.location.path], None) for one in _near(finding, here))

    return tuple(msgspec.structs.replace(one, suppressed_inline=True) if is_covered(one) else one for one in findings)


def _near(finding: Finding, standing: Mapping[str, Sequence[Suppression]]) -> Sequence[Suppression]:
    """Return those on the finding's lines and on the line before."""
    place = finding.location
    found = standing.get(place.path, ())
    first = bisect_left(found, place.line - 1, key=attrgetter("line"))
    return found[first : bisect_right(found, place.end_line, key=attrgetter("line"))]


def _old_lines(paths: Iterable[str], since: Since, scanners: Iterable[Scanner]) -> dict[str, frozenset[bytes] | None]:
    """Return the base's lines of each file, as `runs` gives them; None where it is the same file."""
    paths = list(paths)
    changed = [path for path in paths if not since.same(path)]
    quieter = Quieter(scanners)
    # What was found is of the copy, in which no marker works.
    before = {path: quieter.quiet(Target(path), content) for path, content in since.read(changed).items()}
    read = {path: frozenset(runs(split(content))) for path, content in before.items()}
    return {path: read.get(path, frozenset()) if path in changed else None for path in paths}


def _covers(one: Suppression, finding: Finding, lines: Sequence[bytes], old: frozenset[bytes] | None) -> bool:
    place = finding.location
    if one.tool != finding.tool or finding.category is Category.SECRET or not _names(one, finding):
        return False
    if one.line < place.line and not _COMMENT.match(_line(lines, one.line)):
        return False
    return old is None or old.issuperset(runs(lines[min(one.line, place.line) - 1 : place.line]))


def _has(old: frozenset[bytes] | None, finding: Finding, lines: Sequence[bytes]) -> bool:
    """Return whether the base has all lines of a finding."""
    place = finding.location
    last = place.line if finding.category is Category.IAC else place.end_line
    return old is None or old.issuperset(runs(lines[place.line - 1 : last]))


def _names(one: Suppression, finding: Finding) -> bool:
    """Return whether a suppression is about the finding's rule: it names it, or names none."""
    ids = [word for word in _WORD.findall(one.rule) if _ID.fullmatch(word)]
    named = {_plain(word) for word in ids}
    rule = finding.rule
    return not named or "*" in ids or not named.isdisjoint(map(_plain, filter(None, (rule.id, rule.name))))


def _plain(name: str) -> str:
    """Return a rule's id as all its spellings have it: `AVD-DS-0002`, `DS002` and `a.b.ds-2` are one."""
    last = name.lower().rpartition(".")[2].removeprefix("avd-")
    return re.sub(r"(?<!\d)0+(?=\d)", "", last.replace("-", ""))
