"""Every attack works on the tool by itself, and none of them weakens or owns the gate."""

from collections.abc import Callable
from pathlib import Path

import pytest
from attack.attack import Attack, Effect
from attack.attacks import ATTACKS
from attack.yard import VALUE, Judged, Tools, Yard, bare_sightings, once

pytestmark = pytest.mark.live

Get = Callable[[str, str], Yard]
ORDER = {"pass": 0, "info": 1, "warn": 2, "block": 3}


def cases(*, gate: bool, alone: bool = False) -> list[object]:
    """Return the attacks as parameters, or those of the common yard alone.

    Against the gate those that it does not withstand are expected to succeed.
    """
    return [
        pytest.param(
            attack,
            id=attack.id,
            marks=[
                *([pytest.mark.slow] if attack.slow else []),
                *([pytest.mark.xfail(reason=attack.missing, strict=True)] if gate and attack.missing else []),
            ],
        )
        for attack in ATTACKS
        if not (alone and attack.yard)
    ]


def yards() -> list[object]:
    """Return the names of all yards as parameters; one is slow where one of its attacks is."""
    slow = {attack.yard for attack in ATTACKS if attack.slow}
    names = sorted({attack.yard for attack in ATTACKS})
    return [pytest.param(name, id=name or "common", marks=[pytest.mark.slow] if name in slow else []) for name in names]


def judged(here: Yard) -> Judged:
    """Let secgate judge a yard with the tools that are attacked there, once."""
    tools = sorted({attack.tool for attack in here.attacks})
    once(here.folder, "judged", lambda: here.gate(tools))
    return Judged.read(here)


def withstood(attack: Attack, here: Yard) -> None:
    """Assert that the finding is there, judged no more mildly than elsewhere, or that its file is named as not read."""
    result = judged(here)
    rule, path = attack.hides
    seen = dict(result.sightings(attack.tool))
    where = f"{attack.place}{path}"
    if (rule, where) in seen:
        others = [action for (found, place), action in seen.items() if found == rule and place.startswith("innocent/")]
        assert others, "the innocent file is not found"
        assert ORDER[seen[rule, where]] >= max(map(ORDER.__getitem__, others)), "judged more mildly"
    else:
        assert result.named(attack.tool, where), "neither found nor named"
    assert not here.canary(attack).exists()
    assert here.sentinel(attack).encode() not in result.output


@pytest.mark.parametrize("tool", sorted({attack.tool for attack in ATTACKS}))
def test_a_tool_by_itself_finds_what_is_not_hidden(tool: str, yard: Get) -> None:
    here = yard("", "bare")
    once(here.folder, tool, lambda: here.bare(tool))
    found = {rule for rule, path in bare_sightings(here, tool) or () if path.startswith("innocent/")}
    assert {attack.hides[0] for attack in ATTACKS if attack.tool == tool} <= found


@pytest.mark.parametrize("attack", cases(gate=False))
def test_it_works_on_the_tool_by_itself(attack: Attack, yard: Get) -> None:
    here = yard(attack.yard, "bare")
    once(here.folder, attack.tool, lambda: here.bare(attack.tool))
    seen = bare_sightings(here, attack.tool)
    said = (here.folder / f"{attack.tool}.out").read_bytes() + (here.folder / f"{attack.tool}.err").read_bytes()
    rule, path = attack.hides
    worked = {
        Effect.HIDES: seen is not None and (rule, f"{attack.place}{path}") not in seen,
        Effect.RUNS: here.canary(attack).exists(),
        Effect.LEAKS: VALUE.encode() in said,
        Effect.READS: here.sentinel(attack).encode() in said,
        Effect.BREAKS: seen is None,
    }
    assert worked[attack.effect]


@pytest.mark.parametrize("attack", cases(gate=True))
def test_it_does_not_work_on_the_gate(attack: Attack, yard: Get) -> None:
    withstood(attack, yard(attack.yard, "gate"))


@pytest.mark.slow
@pytest.mark.parametrize("attack", cases(gate=True, alone=True))
def test_it_does_not_work_alone(attack: Attack, tmp_path: Path, tools: Tools) -> None:
    """In the common yard one attack could hide behind the noise of another one."""
    here = Yard(tmp_path, (attack,), tools)
    here.build()
    withstood(attack, here)


@pytest.mark.parametrize("name", yards())
def test_a_hostile_tree_gets_nothing(name: str, yard: Get) -> None:
    here = yard(name, "gate")
    result = judged(here)
    assert result.code in {1, 3}
    assert VALUE.encode() not in result.output
    assert result.untouched, "the tree, its repository or a file outside of it has changed"
    assert result.left == []
    assert list((here.folder / "canaries").iterdir()) == []
