"""From reports to one list of findings: identified, deduplicated across tools, in one order.

The identity of a finding is a digest over what stays the same while the problem does: the rule, the file, and the
line's content, the resource or the package; never a line number, a version of the tool or a path of the machine.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from secgate.model import Finding
from secgate.sarif.fingerprint import line_hashes
from secgate.scan.mask import Mask
from secgate.scan.places import Places

_SEPARATOR = "\0"
_NOTHING = Mask()


def identify(findings: Iterable[Finding], places: Places | None, mask: Mask = _NOTHING) -> tuple[Finding, ...]:
    """Fill in `line_hash` and `fingerprint`.

    Args:
        findings: of any number of tools.
        places: the copy of the tree, or None; where a finding's file is not in it, its line hash stays as it is.
        mask: what is hidden before a line is hashed: a short secret could be guessed from a hash, and a finding about
            one stays the same when its value is replaced.

    Returns:
        The findings in canonical order (see `order`). Two findings that would be the same in every respect are told
        apart by their place in that order.
    """
    ordered = sorted(findings, key=order)
    hashes = _line_hashes(ordered, places, mask) if places else {}
    seen: Counter[str] = Counter()
    identified = []
    for finding in ordered:
        line_hash = hashes.get((finding.location.path, finding.location.line), finding.line_hash)
        key = _key(finding, line_hash)
        seen[key] += 1
        digest = hashlib.sha256(f"{key}{_SEPARATOR}{seen[key]}".encode("utf-8", "surrogatepass")).hexdigest()
        identified.append(msgspec.structs.replace(finding, line_hash=line_hash, fingerprint=digest[:32]))
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


def _key(finding: Finding, line_hash: str) -> str:
    if finding.vuln.id:
        # Without the version: an upgrade that does not help is not a new finding.
        package = finding.package.purl.partition("?")[0].rpartition("@")[0] or finding.package.name
        parts = ["vulnerability", finding.vuln.id, package, finding.location.path]
    else:
        anchor = finding.anchor or line_hash.partition(":")[0] or f"line {finding.location.line}"
        parts = [finding.tool, finding.rule.id, finding.location.path, anchor]
    return _SEPARATOR.join(parts)


def _line_hashes(findings: Iterable[Finding], places: Places, mask: Mask) -> Mapping[tuple[str, int], str]:
    lines: dict[str, set[int]] = {}
    for finding in findings:
        lines.setdefault(finding.location.path, set()).add(finding.location.line)
    hashes: dict[tuple[str, int], str] = {}
    for path, wanted in lines.items():
        content = places.content(path)
        if content is not None:
            for line, value in line_hashes(mask.content(content), wanted).items():
                hashes[path, line] = value
    return hashes
