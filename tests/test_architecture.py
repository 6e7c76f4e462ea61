"""The rules of the house, checked on the source text."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src" / "secgate"
SOURCES = sorted(SRC.rglob("*.py"))
KIT = sorted(path for path in ROOT.glob("scanners/*/*.py"))
SCANNERS = sorted(path.parent.name for path in ROOT.glob("scanners/*/scanner.yaml"))
FLOORS = [  # top first; the rooms of one floor are strangers
    {"__main__"},
    {"cli"},
    {"gate"},
    {"scan", "policy", "report", "github", "admission", "provision"},
    {"catalog", "sarif", "git", "globs"},
    {"model"},
    {"errors"},
    {"__init__"},
]
FLOOR = {room: height for height, rooms in enumerate(FLOORS) for room in rooms}
BROAD = {"cli/__init__.py", "scan/run.py"}
"""Where anything at all may go wrong without that being our defect."""
MAX_LINES = 300

sources = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(SRC).as_posix())
everything = pytest.mark.parametrize("path", SOURCES + KIT, ids=lambda path: path.relative_to(ROOT).as_posix())


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def room(path: Path) -> str:
    return path.relative_to(SRC).with_suffix("").parts[0]


def imported(path: Path) -> Iterator[str]:
    """Yield the full name of every module of ours that a file imports, and `secgate.x` for `from secgate import x`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "secgate")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 or path in KIT, "imports are absolute; an adapter may split itself into modules"
            if (node.module or "").split(".")[0] == "secgate":
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def first_part(name: str) -> str:
    part = name.split(".")[1] if "." in name else "__init__"
    return part if part in FLOOR else "__init__"  # `from secgate import __version__`


@sources
def test_imports_go_down_never_sideways(path: Path) -> None:
    here = room(path)
    assert here in FLOOR, f"{here} stands on no floor: give it one"
    for name in imported(path):
        there = first_part(name)
        assert there == here or FLOOR[there] > FLOOR[here], f"{here} may not import {there}"


@pytest.mark.parametrize("path", KIT, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_adapters_see_only_the_kit(path: Path) -> None:
    assert {first_part(name) for name in imported(path)} <= {"model", "sarif"}


@pytest.mark.parametrize("scanner", SCANNERS)
def test_the_core_names_no_scanner(scanner: str) -> None:
    word = re.compile(rf"(?i)(?<![a-z0-9]){re.escape(scanner)}(?![a-z0-9])")
    lines = ((path, line) for path in SOURCES for line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1))
    assert not [f"{path}:{number}" for path, (number, text) in lines if word.search(text)]


@everything
def test_nothing_is_imported_inside_a_function(path: Path) -> None:
    functions = (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    assert not [node.lineno for function in functions for node in ast.walk(function)
                if isinstance(node, ast.Import | ast.ImportFrom)]  # fmt: skip


@everything
def test_broad_excepts_stand_at_the_two_borders_only(path: Path) -> None:
    broad = [node.lineno for node in ast.walk(tree(path))
             if isinstance(node, ast.ExceptHandler) and _broad(node.type)]  # fmt: skip
    if path not in {SRC / name for name in BROAD}:
        assert not broad


def _broad(caught: ast.expr | None) -> bool:
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(name is None or (isinstance(name, ast.Name) and name.id in {"Exception", "BaseException"})
               for name in names)  # fmt: skip


@everything
def test_modules_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


@everything
def test_every_public_thing_says_what_it_promises(path: Path) -> None:
    assert ast.get_docstring(tree(path))
    defined = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in tree(path).body:
        if isinstance(node, defined) and not node.name.startswith("_"):
            members = node.body if isinstance(node, ast.ClassDef) else []
            for one in (node, *members):
                if isinstance(one, defined) and not one.name.startswith("_"):
                    assert ast.get_docstring(one), f"{node.name}.{one.name} at line {one.lineno}"


def test_no_module_reaches_itself() -> None:
    modules = {".".join(("secgate", *path.relative_to(SRC).with_suffix("").parts)).removesuffix(".__init__"): path
               for path in SOURCES}  # fmt: skip
    graph = {name: {found for full in imported(path) for found in [_module(full, modules)] if found not in {None, name}}
             for name, path in modules.items()}  # fmt: skip
    assert list(TopologicalSorter(graph).static_order())  # raises CycleError with the path


def _module(name: str, modules: dict[str, Path]) -> str | None:
    return name if name in modules else name.rpartition(".")[0] if name.rpartition(".")[0] in modules else None
