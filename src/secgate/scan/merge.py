"""From reports to one list of findings: identified, deduplicated across tools, in one order.

The identity of a finding is a digest over what stays the same while the problem does: the rule, the file, and what its
lines say, the resource or the package; never a line number, a version of the tool or a path of the machine.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from secgate.model import Finding
from secgate.sarif.fingerprint import line_hashes
from secgate.scan.lines import counted
from secgate.scan.mask import Mask
from secgate.scan.places import Places

_SEPARATOR = "\0"
_NOTHING = Mask()
_LINES = 20
"""So many lines of a finding are looked at."""
_PRINT = re.compile("[0-9a-f]{32}")


def identify(findings: Iterable[Finding], places: Places | None, mask: Mask = _NOTHING) -> tuple[Finding, ...]:
    """Fill in `line_hash` and `fingerprint`.

    Args:
        findings: of any number of tools.
        places: the copy of the tree; where a finding's file is not in it, its line hash stays as it is. None: a
            fingerprint that a finding has stays as well.
        mask: what is hidden before a line is hashed: a short secret could be guessed from a hash, and a finding about
            one stays the same when its value is replaced.

    Returns:
        The findings in canonical order (see `order`). Two findings that would be the same in every respect are told
        apart by their place in that order.
    """
    ordered = sorted(findings, key=order)
    hashes, texts = _hashes(ordered, places, mask) if places else ({}, {})
    seen: Counter[str] = Counter()
    identified = []
    for finding in ordered:
        line_hash = hashes.get((finding.location.path, finding.location.line), finding.line_hash)
        given = "" if places else finding.fingerprint
        key = given or _key(finding, texts.get(_span(finding), "") or line_hash.partition(":")[0])
        seen[key] += 1
        digest = hashlib.sha256(f"{key}{_SEPARATOR}{seen[key]}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
        known = _PRINT.fullmatch(given) and seen[key] == 1
        identified.append(msgspec.structs.replace(finding, line_hash=line_hash, fingerprint=given if known else digest))
    return tuple(identified)


def order(finding: Finding) -> tuple[str | int, ...]:
    """Return the sort key of the canonical order: path, line, column, tool, rule, then whatever else differs."""
    place = finding.location
    return (
        place.path,
        place.line,
        place.end_line,
        place.column,
        finding.tool,
        finding.rule.id,
        finding.anchor,
        finding.package.purl,
        finding.message,
        finding.severity,
    )


def _key(finding: Finding, text: str) -> str:
    if finding.vuln.id:
        # Without the version: an upgrade that does not help is not a new finding.
        package = finding.package.purl.partition("?")[0].rpartition("@")[0] or finding.package.name
        parts = ["vulnerability", finding.vuln.id, package, finding.location.path]
    else:
        anchor = finding.anchor or text or f"line {finding.location.line}"
        parts = [finding.tool, finding.rule.id, finding.location.path, anchor]
    return _SEPARATOR.join(parts)


def _span(finding: Finding) -> tuple[str, int, int]:
    """Return the lines by which a finding is known: its own, at most `_LINES` of them, whatever stands around them."""
    place = finding.location
    return place.path, place.line, min(place.end_line, place.line + _LINES - 1)


def _hashes(
    findings: Iterable[Finding], places: Places, mask: Mask
) -> tuple[Mapping[tuple[str, int], str], Mapping[tuple[str, int, int], str]]:
    """Return GitHub's hash of each line at which a finding is, and the digest of what its lines say."""
    spans: dict[str, set[tuple[int, int]]] = {}
    for finding in findings:
        path, first, last = _span(finding)
        spans.setdefault(path, set()).add((first, last))
    hashes: dict[tuple[str, int], str] = {}
    texts: dict[tuple[str, int, int], str] = {}
    for path, wanted in spans.items():
        content = places.content(path)
        if content is not None:
            content = mask.content(content)
            for line, value in line_hashes(content, {first for first, _ in wanted}).items():
                hashes[path, line] = value
            texts |= _texts(path, counted(content), wanted)
    return hashes, texts


def _texts(path: str, lines: Sequence[bytes], wanted: Iterable[tuple[int, int]]) -> Mapping[tuple[str, int, int], str]:
    """Return the digest of each span of lines; blanks at both ends of a line do not count. Each line is read once."""
    digests: dict[int, bytes] = {}
    found = {}
    for first, last in wanted:
        digest = hashlib.sha256()
        for number in range(first, min(last, len(lines)) + 1):
            if number not in digests:
                digests[number] = hashlib.sha256(lines[number - 1].strip()).digest()
            digest.update(digests[number])
        if first <= len(lines):
            found[path, first, last] = digest.hexdigest()
    return found
