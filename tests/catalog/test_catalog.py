"""Finding and loading the content that ships with secgate, and what its authors are told when it is wrong."""

from pathlib import Path

import pytest
from support.words import without_column

from secgate import catalog
from secgate.errors import ContentError, Exit, SecgateError, UsageError

MANIFEST = """\
id: probe
title: Probe
homepage: https://example.org
licence: MIT
version: 1.2.3
sources:
  - {kind: index, lock: lock.txt, executable: bin/probe}
commands:
  code:
    category: sast
    target: files
    argv: ["{tool}"]
    finished: [0]
"""


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose only scanner is `probe`."""
    (tmp_path / "scanners" / "probe").mkdir(parents=True)
    (tmp_path / "scanners" / "probe" / "scanner.yaml").write_text(MANIFEST, encoding="utf-8")
    monkeypatch.setattr(catalog, "root", lambda: tmp_path)
    for cached in (catalog.scanners, catalog.packs, catalog.adapter, catalog.equivalents):
        cached.cache_clear()
    yield tmp_path
    for cached in (catalog.scanners, catalog.packs, catalog.adapter, catalog.equivalents):
        cached.cache_clear()


def refusal(content: Path, old: str, new: str) -> SecgateError:
    path = content / "scanners" / "probe" / "scanner.yaml"
    assert old in MANIFEST
    path.write_text(MANIFEST.replace(old, new), encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        catalog.scanners()
    assert refused.value.exit is Exit.INTERNAL
    message = refused.value.message
    assert message.startswith(str(path))
    refused.value.message = message.removeprefix(f"{path}")
    return refused.value


def test_a_manifest_becomes_a_value_with_its_defaults(content: Path) -> None:
    probe = catalog.scanner("probe")
    assert (probe.version, probe.commands["code"].finished, probe.commands["code"].timeout_s) == ("1.2.3", (0,), 600)
    assert list(catalog.scanners()) == ["probe"]


@pytest.mark.parametrize(
    ("old", "new", "message", "remedy"),
    [
        ("    target:", "    taget:", ":11: unknown key `taget` in commands.code", "Did you mean `target`?"),
        ("sast", "sats", ":10: commands.code.category cannot be `sats`", "Did you mean `sast`?"),
        ("1.2.3", "1.10", ":5: version must be text, not `1.1`", "Put it in quotes."),
        ("[0]", "[0, 300]", ":13: commands.code.finished[1]: 300 is greater than the maximum of 255", "limit is 255"),
        ("[0]", "[1.5]", ":13: commands.code.finished[0] must be a whole number, not `1.5`", "a whole number"),
        ("lock: lock.txt, ", "", ":7: a source of the kind `index` needs `lock`", "report it"),
        ("  code:", "  Code:", ":9: commands: `Code` does not match", "Write it so"),
        ("title: Probe", "title: Probe\ntitle: Prober", ":3: the key `title` stands here twice", "Keep one"),
        ("id: probe", "id: prober", ": the id `prober` differs from the folder's name", ""),
        ("[0]", "[1.0]", ":8: Expected `int`, got `float`", "report it"),
    ],
)
def test_a_broken_manifest_stops_the_program_and_says_where(
    content: Path, old: str, new: str, message: str, remedy: str
) -> None:
    refused = refusal(content, old, new)
    assert without_column(refused.message).startswith(message)
    assert remedy in refused.remedy


def test_a_manifest_that_cannot_be_read_stops_the_program(content: Path) -> None:
    (content / "scanners" / "other").mkdir()
    (content / "scanners" / "other" / "scanner.yaml").write_bytes(b"\xff")
    with pytest.raises(ContentError, match="not UTF-8"):
        catalog.scanners()


def test_no_scanners_at_all_is_an_error(content: Path) -> None:
    (content / "scanners" / "probe" / "scanner.yaml").unlink()
    with pytest.raises(ContentError, match="no scanners"):
        catalog.scanners()


def test_an_unknown_scanner_is_the_users_error_and_names_the_known(content: Path) -> None:
    with pytest.raises(UsageError, match="no scanner `prob`") as refused:
        catalog.scanner("prob")
    assert "probe" in refused.value.remedy


@pytest.mark.parametrize("text", [None, "REPORT = 1\n"])
def test_an_adapter_without_a_report_stops_the_program(content: Path, text: str | None) -> None:
    if text is not None:
        (content / "scanners" / "probe" / "adapter.py").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match="adapter"):
        catalog.adapter("probe")


def test_every_shipped_pack_and_group_can_be_loaded() -> None:
    assert "recommended@1" in catalog.packs()
    assert {tool for tool, _ in catalog.equivalents()} <= set(catalog.scanners())


def test_content_comes_from_the_program_and_never_from_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scanners").mkdir()
    monkeypatch.chdir(tmp_path)
    assert not catalog.root().is_relative_to(tmp_path)
