"""Our own check of what GitHub refuses in a SARIF file and the SARIF Multitool lets pass."""

import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

import msgspec

RUNS_MAX = 20
RESULTS_MAX = 25_000
RESULTS_KEPT = 5_000
"""So many of a run's results GitHub shows; it drops the others in an order of its own."""
RULES_MAX = 25_000
GZIP_MAX = 10_000_000
TAGS_MAX = 20
NAME_MAX = 255
DESCRIPTION_MAX = 1024
LOCATIONS_MAX = 1_000

_NUMBER = re.compile(r"\d{1,2}(\.\d{1,9})?", re.ASCII)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


def problems(document: bytes) -> list[str]:
    """Return why GitHub's code scanning would refuse or misread the file, in words; empty where it takes it.

    Only for files that pass SARIF's schema: run the SARIF Multitool first.

    Args:
        document: the whole file as it would be uploaded, not compressed.
    """
    log: dict[str, Any] = msgspec.json.decode(document)
    runs = log.get("runs", [])
    found = [*_size(document), *_count("the file", "runs", runs, RUNS_MAX), *_twins(runs)]
    if not log.get("$schema"):
        found.append("`$schema` is missing")
    for number, run in enumerate(runs):
        found += (f"run {number}: {problem}" for problem in _run(run))
    return found


def _size(document: bytes) -> Iterator[str]:
    size = len(zlib.compress(document, wbits=31))
    if size > GZIP_MAX:
        yield f"the file has {size:,} bytes when compressed; GitHub takes {GZIP_MAX:,}"


def _count(where: str, what: str, items: list[Any], limit: int) -> Iterator[str]:
    if len(items) > limit:
        yield f"{where} has {len(items):,} {what}; GitHub takes {limit:,}"


def _twins(runs: list[dict[str, Any]]) -> Iterator[str]:
    keys = Counter((run["tool"]["driver"].get("name"), _category(run)) for run in runs)
    for (tool, category), times in keys.items():
        if times > 1:
            yield f"{times} runs have the tool {tool!r} and the category {category!r}; GitHub takes one"


def _category(run: dict[str, Any]) -> str:
    name: str = run.get("automationDetails", {}).get("id", "")
    return name.rpartition("/")[0]


def _run(run: dict[str, Any]) -> Iterator[str]:
    driver = run["tool"]["driver"]
    rules, results = driver.get("rules", []), run.get("results", [])
    if not driver.get("name"):
        yield "the driver has no name"
    yield from _count("it", "results", results, RESULTS_MAX)
    yield from _count("it", "rules", rules, RULES_MAX)
    for rule in rules:
        yield from (f"rule {rule.get('id')!r}: {problem}" for problem in _rule(rule))
    for number, result in enumerate(results):
        yield from (f"result {number}: {problem}" for problem in _result(result))


def _rule(rule: dict[str, Any]) -> Iterator[str]:
    properties = rule.get("properties", {})
    for name in ("shortDescription", "fullDescription", "help"):
        if not rule.get(name, {}).get("text"):
            yield f"`{name}.text` is empty"
    yield from _long(rule)
    tags = properties.get("tags", [])
    yield from _count("it", "tags", tags, TAGS_MAX)
    if len(set(tags)) < len(tags):
        yield "a tag stands there twice"
    severity = properties.get("security-severity", "1.0")
    if not _NUMBER.fullmatch(str(severity)) or not isinstance(severity, str) or not _in_range(float(severity)):
        yield f"`security-severity` is {severity!r}, not a number above 0 up to 10 in a string"


def _in_range(number: float) -> bool:
    return math.isfinite(number) and 0.0 < number <= 10.0


def _long(rule: dict[str, Any]) -> Iterator[str]:
    lengths = [("name", rule.get("name", ""), NAME_MAX)]
    lengths += [
        (name, rule.get(name, {}).get("text", ""), DESCRIPTION_MAX) for name in ("shortDescription", "fullDescription")
    ]
    for name, text, limit in lengths:
        if len(text) > limit:
            yield f"`{name}` has {len(text):,} characters; GitHub takes {limit:,}"


def _result(result: dict[str, Any]) -> Iterator[str]:
    if not result.get("message", {}).get("text"):
        yield "`message.text` is empty"
    if not result.get("ruleId"):
        yield "`ruleId` is empty"
    if not result.get("level"):
        yield "`level` is missing, so that the rule's counts"
    if not result.get("partialFingerprints", {}).get("primaryLocationLineHash"):
        yield "`partialFingerprints.primaryLocationLineHash` is missing"
    locations = result.get("locations", [])
    if not locations:
        yield "it has no location"
    yield from _count("it", "locations", locations, LOCATIONS_MAX)
    yield from _places((*locations, *result.get("relatedLocations", [])))


def _places(locations: Iterable[dict[str, Any]]) -> Iterator[str]:
    for location in locations:
        physical = location.get("physicalLocation", {})
        uri = physical.get("artifactLocation", {}).get("uri", "")
        if not uri:
            yield "a location has no URI"
        elif _SCHEME.match(uri) or uri.startswith("/") or ".." in re.split(r"[/\\]", unquote(uri)):
            yield f"the URI {uri!r} is not relative to the root or leaves it"
        if not physical.get("region", {}).get("startLine"):
            yield "a location has no line"
