"""What SARIF has no field for, read from where other tools put it: category, severity, weaknesses, identifiers.

Category: a known tag of the rule decides (`vulnerability`, `secret`, `misconfiguration`, `license` and their kin);
else a CVE or GHSA in the rule's id, name, title or tags means dependencies; else an id, name or title that speaks of
secrets or keys means secrets; all else is code. Severity: `security-severity`, the result's before the rule's; else the
level, the result's before the rule's before SARIF's default, warning.
"""

import math
import re
from collections.abc import Iterable

from secgate.model import Category, Confidence, Severity
from secgate.model.native import cwe_ids
from secgate.sarif.shape import Bag

_TAGS = {
    "vulnerability": Category.SCA,
    "vulnerable-dependency": Category.SCA,
    "sca": Category.SCA,
    "secret": Category.SECRET,
    "secrets": Category.SECRET,
    "misconfiguration": Category.IAC,
    "iac": Category.IAC,
    "license": Category.LICENSE,
}
_LEVELS = {
    "error": Severity.HIGH,
    "warning": Severity.MEDIUM,
    "note": Severity.LOW,
    "none": Severity.INFO,
}
_PRECISIONS = {
    "very-high": Confidence.HIGH,
    "high": Confidence.HIGH,
    "medium": Confidence.MEDIUM,
    "low": Confidence.LOW,
}
_LABEL_MAX = 40
_ADVISORY = re.compile(r"CVE-\d{4}-\d{4,19}|GHSA(?:-[0-9a-z]{4}){3}", re.IGNORECASE)
_SECRET = re.compile(r"secret|credential|(?:api|access|private)[-_ ]?key", re.IGNORECASE)
_CWE = re.compile(r"(?:external/cwe/)?cwe[-_ ]?0*(\d{1,9})\b", re.IGNORECASE | re.ASCII)


def advisories(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the CVE and GHSA ids in the texts: CVEs first, sorted, without repeats."""
    found = {name.upper() for text in texts for name in _ADVISORY.findall(text)}
    # GitHub writes its own ids in lower case after the prefix.
    return tuple(sorted(name if name.startswith("CVE") else "GHSA" + name[4:].lower() for name in found))


def category(rule_id: str, words: str, tags: Iterable[str]) -> Category:
    """Return what kind of problem the rule finds; see the module's text.

    Args:
        rule_id: the rule's id.
        words: its name and title.
        tags: its tags.
    """
    lowered = [tag.lower() for tag in tags]
    for tag in lowered:
        if tag in _TAGS:
            return _TAGS[tag]
    if advisories([rule_id, words, *lowered]):
        return Category.SCA
    return Category.SECRET if _SECRET.search(f"{rule_id} {words}") else Category.SAST


def severity(bags: Iterable[Bag], levels: Iterable[str | None]) -> tuple[Severity, str, float]:
    """Return the severity, the word or number that it was read from, and the score (0.0 where there is none).

    Args:
        bags: properties that may hold `security-severity`, the strongest first.
        levels: SARIF levels, the strongest first; a level that SARIF does not know makes the severity unknown.
    """
    for bag in bags:
        raw = (bag or {}).get("security-severity")
        number = _score(raw)
        if number:
            return _band(number), str(raw)[:_LABEL_MAX], number
    level = next((level for level in levels if level is not None), "warning")
    return _LEVELS.get(level, Severity.UNKNOWN), level[:_LABEL_MAX], 0.0


def confidence(bag: Bag) -> Confidence:
    """Return how sure the rule is, by its `precision`."""
    return _PRECISIONS.get(str((bag or {}).get("precision")).lower(), Confidence.UNKNOWN)


def tags(bag: Bag) -> tuple[str, ...]:
    """Return the tags in a property bag, as they stand there; what is not text is left out."""
    return _texts((bag or {}).get("tags"))


def weaknesses(bags: Iterable[Bag]) -> tuple[str, ...]:
    """Return the CWE ids that stand in tags or in a property `cwe`, sorted."""
    texts = [text for bag in bags if bag for text in (*tags(bag), *_texts(bag.get("cwe")))]
    return cwe_ids(match[1] for text in texts if (match := _CWE.match(text)))


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _score(raw: object) -> float:
    """Return a number above 0 up to 10, or 0.0 where it is not one."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return 0.0
    try:
        number = float(raw)
    except (ValueError, OverflowError):
        return 0.0
    return number if math.isfinite(number) and 0.0 < number <= 10.0 else 0.0


def _band(score: float) -> Severity:
    if score >= 9.0:
        return Severity.CRITICAL
    if score >= 7.0:
        return Severity.HIGH
    return Severity.MEDIUM if score >= 4.0 else Severity.LOW
