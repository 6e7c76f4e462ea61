"""The targets of the fuzzer, with inputs of the right shape but for one thing; no fuzzer is needed."""

import json
from typing import Any

import pytest
import yaml
from fuzz.seeds import FILE, FOLDER, LINK, MODULE, entry, seeds
from fuzz.targets import TARGETS
from fuzz.trees import SEPARATOR
from hypothesis import given, settings
from hypothesis import strategies as st
from support.changes import changed

from secgate import catalog

FEW, SOME = settings(max_examples=40), settings(max_examples=100)
PARTS = [
    *(
        b"a",
        b"A",
        b".",
        b"..",
        b".git",
        b".GIT",
        b"git~1",
        b".bandit",
        b"/",
        b"\\",
        b":",
        b" ",
        b"\n",
        b"\xff",
        b"copy",
    ),
    *(b"\xc3\xa9", b"e\xcc\x81", b"\xe2\x80\x8c", b"x" * 120, b"CON", b".py", b"stand-ins"),
]
NAMES = st.lists(st.sampled_from(PARTS), max_size=4).map(b"".join)
MODES = st.sampled_from([FILE, b"100755", FOLDER, LINK, MODULE, b"0", b"777777"])
ENTRIES = st.lists(st.builds(entry, MODES, NAMES, st.integers(0, 6)), max_size=5).map(b"".join)
PIECES = [
    *(
        "#",
        "//",
        " ",
        "\t",
        "\n",
        "\r\n",
        '"',
        "'",
        "`",
        "\\",
        "\\n",
        "=",
        ":",
        ":=",
        ",",
        "*",
        "***",
        "@",
        "\u00a0",
        "é",
    ),
    *("nosec B602", "nosemgrep: a.b", "checkov:skip=CKV_1:why", "checkov.io/skip1: CKV_2=why", "trivy:", "tfsec:"),
    *("ignore:A", "password", "api_key", "token", "Bearer", "tr0ub4dor", "hunter22", "x1y2", "https://u:p4ss@h", "😀"),
    *(
        "Zx81spectrum9qQ+/==",
        "-----BEGIN PRIVATE KEY-----\n",
        "MIIEvQIBADANBgkqhkiG9w0B\n",
        "ENV SECRET ",
        "WARN ",
        "Traceback",
        "…",
        "...",
    ),
]
POLICY = yaml.safe_load(catalog.packs()["recommended@1"].read_bytes())


def documents(target: str) -> list[Any]:
    """Return the seeds of a target that are whole documents."""
    found = []
    for seed in seeds(target):
        try:
            found.append(json.loads(seed))
        except ValueError:
            continue
    return found


@pytest.mark.parametrize("scanner", catalog.scanners())
def test_a_report_with_one_part_replaced(scanner: str) -> None:
    @SOME
    @given(changed(documents(scanner)))
    def tried(data: bytes) -> None:
        TARGETS[scanner](data)

    tried()


@SOME
@given(changed(documents("sarif")))
def test_sarif_with_one_part_replaced(data: bytes) -> None:
    TARGETS["sarif"](data)


@SOME
@given(st.lists(ENTRIES, min_size=1, max_size=4).map(SEPARATOR.join))
def test_trees_with_hostile_names(data: bytes) -> None:
    TARGETS["tree"](b"\n" + data)


@SOME
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_texts_of_markers_and_secrets(text: str) -> None:
    TARGETS["text"](text.encode())


@FEW
@given(changed([POLICY, *documents("document")]))
def test_a_policy_or_a_decision_with_one_part_replaced(data: bytes) -> None:
    TARGETS["document"](data)
