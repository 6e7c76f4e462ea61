"""What holds for every scanner's folder, whichever tool it is about."""

import itertools
import json
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from support.samples import SCANNERS, Sample, samples, text

from secgate import catalog
from secgate.model import Report, ReportError, Source

SAMPLES = samples()
READABLE = [sample for sample in SAMPLES if not sample.refused.exists()]
REFUSED = [sample for sample in SAMPLES if sample.refused.exists()]
ids = {"ids": lambda one: one.id if isinstance(one, Sample) else one.name}
SOURCES = [
    pytest.param(folder, source, id=f"{folder.name}-{source.kind}-{source.executable.rpartition('/')[2]}")
    for folder in SCANNERS
    for source in catalog.load_scanner(folder / "scanner.yaml").sources
]
REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")


@pytest.mark.parametrize("folder", SCANNERS, **ids)
def test_a_folder_says_why_and_shows_what(folder: Path) -> None:
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert len(readme.split()) > 100
    flags = {word for command in catalog.scanner(folder.name).commands.values() for word in command.argv}
    unexplained = [flag for flag in sorted(flags) if flag.startswith("--") and flag.split("=")[0] not in readme]
    assert not [flag for flag in unexplained if flag != "--"]
    cases = {sample.folder.name: sample for sample in SAMPLES if sample.scanner == folder.name}
    assert {"findings", "clean", "broken"} <= cases.keys()
    assert cases["findings"].report().findings
    assert not cases["clean"].report().findings
    assert cases["broken"].refused.exists()


def test_every_folder_is_a_scanner() -> None:
    folders = [path for path in (catalog.root() / "scanners").iterdir() if path.is_dir() and path.name[0] not in "._"]
    assert sorted(folders) == SCANNERS == [catalog.folder(name) for name in catalog.scanners()]


@pytest.mark.parametrize("folder", SCANNERS, **ids)
def test_the_expressions_of_a_manifest_can_be_compiled_as_they_are_used(folder: Path) -> None:
    for command in catalog.scanner(folder.name).commands.values():
        re.compile("|".join(f"(?:{pattern})" for pattern in command.harmless))
        for reads in command.reads:
            re.compile(reads.containing.encode())


@pytest.mark.parametrize("folder", SCANNERS, **ids)
def test_every_command_has_a_canary(folder: Path) -> None:
    used = set()
    for command in catalog.scanner(folder.name).commands.values():
        assert command.canaries
        for canary in command.canaries:
            content = (folder / canary.file).read_text(encoding="utf-8")
            assert "{name}" in content
            assert not canary.kind or canary.kind in {reads.kind for reads in command.reads}
            used.add(folder / canary.file)
    # A name that no tool takes for code, also where it scans or maintains our own repository.
    assert used == set((folder / "canary").iterdir())
    assert {path.suffix for path in used} == {".txt"}


@pytest.mark.parametrize("sample", READABLE, **ids)
def test_a_report_becomes_these_findings(sample: Sample) -> None:
    assert text(sample.report()) == sample.expected.read_text(encoding="utf-8"), (
        "python tests/support/samples.py --write, then read the diff"
    )


@pytest.mark.parametrize("sample", REFUSED, **ids)
def test_what_is_no_whole_report_is_refused(sample: Sample) -> None:
    with pytest.raises(ReportError) as refusal:
        sample.report()
    words = sample.refused.read_text(encoding="utf-8").strip()
    assert words
    assert words in str(refusal.value)
    assert not sample.expected.exists()


@pytest.mark.parametrize("folder", SCANNERS, **ids)
@pytest.mark.parametrize(
    "raw",
    [b"", b" \n", b"\x00", b"{", b"3", b'"text"', b"Traceback (most recent call last):", b"\xff\xfe{\x00}\x00", b"[[]]",
     b"[" * 200_000, b'{"a": NaN}', b"{}{}"],
)  # fmt: skip
def test_garbage_is_refused_by_every_adapter(folder: Path, raw: bytes) -> None:
    with pytest.raises(ReportError):
        catalog.adapter(folder.name).report(raw)


@pytest.mark.parametrize("sample", [one for one in READABLE if one.folder.name == "findings"], **ids)
def test_a_number_that_could_not_be_written_again_is_refused_or_not_read(sample: Sample) -> None:
    raw = sample.raw.read_bytes()
    refused = 0
    for place in range(len(_numbers(raw))):
        try:
            msgspec.json.encode(sample.report(json.dumps(_with_long_number(raw, place)).encode()))
        except ReportError:
            refused += 1
    assert refused


def _numbers(raw: bytes) -> list[str]:
    found: list[str] = []
    json.loads(raw, parse_int=found.append)
    return found


def _with_long_number(raw: bytes, place: int) -> Any:
    places = itertools.count()
    return json.loads(raw, parse_int=lambda text: 10**30 if next(places) == place else int(text))


@pytest.mark.parametrize("sample", READABLE, **ids)
def test_no_byte_can_go_missing_at_the_end(sample: Sample) -> None:
    raw = sample.raw.read_bytes().rstrip()
    for length in {1, len(raw) // 2, len(raw) - 1} - {0, len(raw)}:
        with pytest.raises(ReportError):
            sample.report(raw[:length])


@pytest.mark.parametrize("sample", READABLE, **ids)
def test_findings_are_total_and_inside_the_tree(sample: Sample) -> None:
    report = sample.report()
    places = [finding.location.path for finding in report.findings]
    places += [related.location.path for finding in report.findings for related in finding.related]
    for path in (*places, *report.covered, *(error.path for error in report.errors if error.path)):
        assert path.startswith("/src/") or not path.startswith(("/", "../")), path
    for finding in report.findings:
        assert finding.tool == sample.scanner
        assert finding.message.strip()
        assert finding.rule.id.strip()
        assert finding.location.line >= 1
        assert finding.location.end_line >= finding.location.line
    assert list(report.covered) == sorted(set(report.covered))


@pytest.mark.parametrize("sample", READABLE, **ids)
def test_the_order_in_a_report_means_nothing(sample: Sample) -> None:
    raw = json.loads(sample.raw.read_bytes())
    before = _content(sample.report())
    for seed in range(3):
        shuffled = json.dumps(_shuffled(raw, random.Random(seed))).encode()
        assert _content(sample.report(shuffled)) == before


def _content(report: Report) -> tuple[Counter[Any], Counter[Any], tuple[str, ...], str]:
    return Counter(report.findings), Counter(report.errors), report.covered, report.version


def _shuffled(value: Any, chance: random.Random) -> Any:
    """Shuffle what is a list of objects; a list of plain values (a range of lines) is a value of its own."""
    if isinstance(value, dict):
        return {key: _shuffled(part, chance) for key, part in value.items()}
    if not isinstance(value, list):
        return value
    parts = [_shuffled(part, chance) for part in value]
    if all(isinstance(part, dict) for part in parts):
        chance.shuffle(parts)
    return parts


@pytest.mark.parametrize(("folder", "source"), SOURCES)
def test_everything_installed_is_pinned_by_its_content(folder: Path, source: Source) -> None:
    version = catalog.scanner(folder.name).version
    if source.kind == "archive":
        assert re.fullmatch(r"[0-9a-f]{64}", source.sha256)
        assert version in source.url
    elif source.kind == "module":
        lines = (folder / source.lock / "go.sum").read_text().splitlines()
        assert lines
        assert all(re.fullmatch(r"\S+ v\S+ h1:[A-Za-z0-9+/]{43}=", line) for line in lines)
        required = re.findall(r"^(?:require)?\s+(\S+) v(\S+)", (folder / source.lock / "go.mod").read_text(), re.M)
        assert any(source.package.startswith(path) and pin == version for path, pin in required)
    else:
        _assert_locked(folder.name, version, (folder / source.lock).read_text())


def _assert_locked(scanner: str, version: str, lock: str) -> None:
    pins = {}
    for entry in lock.replace("\\\n", " ").splitlines():
        if not entry.strip() or entry.lstrip().startswith("#"):
            continue
        name = REQUIREMENT.match(entry)
        assert name, f"not pinned: {entry[:80]}"
        assert re.search(r"--hash=sha256:[0-9a-f]{64}(\s|$)", entry), f"without a hash: {entry[:80]}"
        pins[name[1]] = name[2]
    own = [pin for name, pin in pins.items() if scanner in name.split("-")]
    assert any(pin == version or pin.startswith(version + ".") for pin in own), (own, version)
