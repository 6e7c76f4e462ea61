"""Which texts of a tree are secrets: worked out from what the scanners found and the lines that they point at.

A value is only ever held in memory, apart from findings and evidence, and only to be hidden (see `scan.mask`).

What counts, where a finding is about a secret (its category, or a weakness such as *hard-coded password*): a value that
is given to a name such as `password`, the password of a URL, each line of a private key, whatever looks random; and
where the finding's lines hold none of the first three, every quoted text and every value that they assign. Where only
the words of a finding speak of secrets (an exposed `ENV`, user data of a machine), its lines may hold much else: then
what is given to such a name counts, the password of a URL, and what looks random.

What does not count: fewer than four characters, a reference such as `${NAME}`, a common word, and every word of the
rules' own ids and titles: they are public, and no report could be read without them. A short word of letters only, and
what is but one of several texts on the line, does not count where a rule's help speaks of it either.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from secgate.model import Category, Finding
from secgate.scan.mask import SHORTEST
from secgate.scan.places import Places

Quoted = Callable[[Finding], str]
"""Gives the text that a finding points at, or an empty one where nobody has it."""

_WEAKNESSES = {"CWE-256", "CWE-257", "CWE-259", "CWE-260", "CWE-321", "CWE-547", "CWE-555", "CWE-798"}
_SPEAKS = re.compile(r"(?i)pass(?:word|wd|phrase)|secret|credential|token|sensitive|(?:api|access|private)[ _-]?key")
_COMMON = {
    *("true", "false", "none", "null", "undefined", "string", "default", "example", "value", "test", "self", "return"),
    *("password", "passwd", "passphrase", "secret", "token", "username", "user", "admin", "root", "localhost"),
}
_REFERENCE = re.compile(r"[$#%@]?[{(<\[].*[})>\]]|\$\w+|%\w", re.DOTALL)

# Each takes a time that grows with the text and no faster: the text is hostile, and one line may be a whole file.
_LITERAL = r"""(?<!\\)(?P<{0}>["'`])(?P<{0}_text>(?:\\.|(?!(?P={0})).)*+)(?P={0})"""
_BARE = r"""(?P<bare>[^\s"'`,;&<>(){}\[\]]++)"""
_TEXT = re.compile(_LITERAL.format("q"))
_ALONE = re.compile(rf"\s*+(?:{_LITERAL.format('q')}|(?P<word>[^\s\"'`]++))\s*+")
_SECRETIVE = r"(?:pass|pwd|secret|token|key|cred|auth)[\w.\-]{0,60}+"
_NAMED = re.compile(
    rf"""(?i){_SECRETIVE}["'`\])]{{0,4}}+\s*+(?::\s*+[\w.\[\], |]{{1,80}}(?==))?"""
    rf"""(?:(?P<comma>,)|:=|=>|===?|!==?|[=:])\s*+(?:(?:bearer|basic|token)\s++)?"""
    rf"""(?:[bfru]{{0,2}}{_LITERAL.format("q")}|(?(comma)(?!)|{_BARE}))"""
)
_DECLARED = re.compile(
    rf"(?im)^[ \t]*+(?:ENV|ARG)[ \t]++\w{{0,60}}?{_SECRETIVE}[ \t]++(?:{_LITERAL.format('q')}|{_BARE})"
)
_ASSIGNED = re.compile(rf"(?::=|=>|=|:)\s*+{_BARE}")
_LOGIN = re.compile(r"""://[^\s/:@"'`]{0,200}+:([^\s"'`@]{1,200})@""")
_TOKEN = re.compile(r"(?<![A-Za-z0-9_+/.~-])[A-Za-z0-9_+/.~-]{8,}+={0,2}+(?!\()")
_KEY_LINE = re.compile(r"(?m)^[^\w\n+/]*+([A-Za-z0-9+/]{2,}+={0,2}+)[^\w\n]*+$")
_CLASSES = (re.compile("[a-z]"), re.compile("[A-Z]"), re.compile("[0-9]"))


def secrets(findings: Iterable[Finding], quoted: Quoted) -> frozenset[str]:
    """Return the values of the secrets that the findings are about, in one piece each; none holds a line end."""
    findings = sorted(findings, key=lambda finding: finding.location.path)
    rules = {finding.rule for finding in findings}
    ruled = _COMMON.union(*(_words(rule.id, rule.name, rule.title) for rule in rules))
    spoken = ruled.union(*(_words(rule.description, rule.help, rule.help_uri) for rule in rules))
    found: set[str] = set()
    seen = set()
    for finding in findings:
        sure = _is_sure(finding)
        place = (finding.location, sure)
        if (sure or _speaks(finding)) and not (place in seen and finding.location.known):
            seen.add(place)
            text = quoted(finding)
            given, other = _values(text, sure, _is_key(finding, text)) if text else ((), _told(finding, sure))
            found.update(value for value in given if value.lower() not in (spoken if _is_plain(value) else ruled))
            found.update(value for value in other if value.lower() not in spoken)
    return frozenset(value for value in found if _counts(value))


def lines_of(places: Places) -> Quoted:
    """Return what gives the lines of a finding from the copy of its tree; exactly its columns where it has any."""

    @lru_cache(maxsize=1)
    def lines(path: str) -> list[str]:
        return re.split(r"\r\n|\r|\n", (places.content(path) or b"").decode("utf-8", "replace"))

    def quoted(finding: Finding) -> str:
        place = finding.location
        if not place.known:
            return ""
        held = lines(place.path)[place.line - 1 : place.end_line]
        if len(held) == 1 and 0 < place.column < place.end_column:
            held = [held[0][place.column - 1 : place.end_column - 1]]
        return "\n".join(held)

    return quoted


def _is_sure(finding: Finding) -> bool:
    return finding.category is Category.SECRET or not _WEAKNESSES.isdisjoint(finding.rule.cwe)


def _speaks(finding: Finding) -> bool:
    return any(_SPEAKS.search(text) for text in (finding.rule.title, finding.rule.name, finding.message))


def _is_key(finding: Finding, text: str) -> bool:
    several = finding.category is Category.SECRET and finding.location.end_line > finding.location.line
    return several or "PRIVATE KEY-----" in text


def _words(*texts: str) -> set[str]:
    lowered = [text.lower() for text in texts]
    return {*lowered, *(word for text in lowered for apart in (r"\W+", r"[^\w-]+") for word in re.split(apart, text))}


def _values(text: str, sure: bool, key: bool) -> tuple[set[str], set[str]]:
    """Return the values that are secrets by what they are given to or look like, and those that may be others."""
    # A key on one line has its line ends written out.
    text = re.sub(r"\\[nr]", "\n", text)
    given = {*_matched(_NAMED, text), *_matched(_DECLARED, text), *_LOGIN.findall(text)}
    if key:
        given.update(_KEY_LINE.findall(text))
    other: set[str] = set()
    if sure and not given:
        other = {*_matched(_TEXT, text), *_matched(_ASSIGNED, text)}
    if sure and (alone := _ALONE.fullmatch(text)):
        given.add(alone["q_text"] or alone["word"] or "")
    given.update(_random(text, 16 if sure else 0))
    return _unescaped(given), _unescaped(other)


def _unescaped(values: set[str]) -> set[str]:
    return values | {re.sub(r"\\(.)", r"\1", value) for value in values}


def _matched(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    """Return what is quoted or assigned; a name that is called or indexed is no value."""
    for found in pattern.finditer(text):
        parts = found.groupdict()
        called = parts.get("bare") and text[found.end() : found.end() + 1] in {"(", "["}
        yield "" if called else parts.get("q_text") or parts.get("bare") or ""


def _random(text: str, plain: int) -> Iterator[str]:
    """Return the words that look random: of all three kinds, or from `plain` characters on letters and digits."""
    for word in _TOKEN.findall(text):
        for part in {word, *re.split("[/.]", word)}:
            kinds = [bool(kind.search(part)) for kind in _CLASSES]
            if len(part) >= 8 and (all(kinds) or (0 < plain <= len(part) and kinds[2] and any(kinds[:2]))):
                yield part


def _told(finding: Finding, sure: bool) -> Iterator[str]:
    """Return what a message quotes that may be the secret: nobody has the lines, so nothing better is known."""
    for text in _matched(_TEXT, finding.message) if sure else ():
        if len(text) >= 8 and any(map(str.isdigit, text)) and any(map(str.isalpha, text)):
            yield text


def _is_plain(value: str) -> bool:
    return value.isalpha() and len(value) < 8


def _counts(value: str) -> bool:
    return (
        len(value) >= SHORTEST
        and any(map(str.isalnum, value))
        and not _REFERENCE.fullmatch(value)
        and value.splitlines() == [value]
    )
