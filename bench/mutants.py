"""Change the policy's judging code in one place at a time, and see that a test fails.

Usage: python bench/mutants.py [MODULE]...

Each mutant is one change of one operator, constant, condition or function that a mistake could make. It is judged in a
process of its own by the tests of the policy, the fastest first; the first that fails kills it. What survives is
listed, and stands in `bench/mutants.md` with why it changes nothing.
"""

import ast
import copy
import importlib.abc
import importlib.util
import os
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

# What tests need and no mutant touches is loaded once.
import hypothesis.strategies  # noqa: F401
import pytest

import secgate.catalog.schema
import secgate.model
import secgate.policy.match  # noqa: F401

ROOT = Path(__file__).resolve().parents[1]
POLICY = ROOT / "src" / "secgate" / "policy"
MODULES = (
    "evaluate", "waivers", "counts", "vex", "completed", "clock", "inline", "compiled", "circumstances", "reminders",
    "feeds",
)  # fmt: skip
FIRST = ("evaluate", "waivers", "vex", "completed", "reminders", "feeds", "semantics", "baseline")
"""The tests that are asked first; a module's own before the others."""
THEN = ("expression", "explain", "traps", "layers", "lint", "facts", "properties")
CPU_S = 60
"""So long a process of its own may work: what goes on without end is killed, however busy the machine is."""

_COMPARE = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}  # fmt: skip
_BINARY = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr}
_CALLS = {"any": "all", "all": "any", "min": "max", "max": "min"}

Change = Callable[[ast.AST], None]


def changes(node: ast.AST) -> Iterator[Change]:
    """Yield every change of one node, as what makes it in a copy."""
    for kind, of in _CHANGES.items():
        if isinstance(node, kind):
            yield from of(node)


def _comparisons(node: ast.Compare) -> Iterator[Change]:
    for index, operator in enumerate(node.ops):
        for other in _COMPARE.get(type(operator), ()):
            yield lambda one, index=index, other=other: one.ops.__setitem__(index, other())


def _conjunctions(node: ast.BoolOp) -> Iterator[Change]:
    other = ast.And if isinstance(node.op, ast.Or) else ast.Or
    yield lambda one: setattr(one, "op", other())
    for index in range(len(node.values)):
        yield lambda one, index=index: one.values.pop(index)


def _sums(node: ast.BinOp) -> Iterator[Change]:
    if other := _BINARY.get(type(node.op)):
        yield lambda one: setattr(one, "op", other())


def _functions(node: ast.Call) -> Iterator[Change]:
    if isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        yield lambda one: setattr(one.func, "id", _CALLS[one.func.id])


def _conditions(_: ast.If | ast.IfExp) -> Iterator[Change]:
    yield lambda one: setattr(one, "test", ast.UnaryOp(ast.Not(), one.test))


def _filters(node: ast.comprehension) -> Iterator[Change]:
    for index in range(len(node.ifs)):
        yield lambda one, index=index: one.ifs.pop(index)


def _answers(node: ast.Return) -> Iterator[Change]:
    if isinstance(node.value, ast.Name | ast.Call | ast.Attribute):
        yield lambda one: setattr(one, "value", ast.Constant(None))


def _constants(node: ast.Constant) -> Iterator[Change]:
    if isinstance(node.value, bool):
        yield lambda one: setattr(one, "value", not one.value)
    elif isinstance(node.value, int):
        yield lambda one: setattr(one, "value", one.value + 1)
        yield lambda one: setattr(one, "value", one.value - 1)


_CHANGES = {
    ast.Compare: _comparisons, ast.BoolOp: _conjunctions, ast.BinOp: _sums, ast.Call: _functions,
    ast.If | ast.IfExp: _conditions, ast.comprehension: _filters, ast.Return: _answers, ast.Constant: _constants,
}  # fmt: skip


def mutants(source: str) -> Iterator[tuple[int, str, str, str]]:
    """Yield each mutant of a module: the line, what stood there, what stands there now, and the whole text."""
    tree = ast.parse(source)
    for number, node in enumerate(ast.walk(tree)):
        for change in changes(node):
            changed = copy.deepcopy(tree)
            found = next(one for index, one in enumerate(ast.walk(changed)) if index == number)
            before = _told(found)
            change(found)
            ast.fix_missing_locations(changed)
            line = getattr(node, "lineno", getattr(getattr(node, "target", node), "lineno", 0))
            yield line, before, _told(found), ast.unparse(changed)


def _told(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:100]


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads one module from another text."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text

    def find_spec(self, name: str, *_: object) -> object:
        return importlib.util.spec_from_loader(name, self) if name == self.name else None

    def exec_module(self, module: object) -> None:
        exec(compile(self.text, f"{self.name} (mutated)", "exec"), module.__dict__)


def _pass(names: Sequence[str]) -> bool:
    paths = [f"tests/policy/test_{name}.py" for name in names]
    return pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--assert=plain", *paths]) == 0


def killed(module: str, text: str) -> bool:
    """Return whether a test fails, or does not end, with a module's other text."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        sys.meta_path.insert(0, _Mutated(f"secgate.policy.{module}", text))
        os.chdir(ROOT)
        own = [name for name in FIRST if name == module]
        rest = [name for name in FIRST if name != module]
        os._exit(0 if all(_pass(names) for names in (own, rest, THEN) if names) else 1)
    _, status = os.waitpid(child, 0)
    return status != 0


def main() -> int:
    """Try all mutants and print those that live."""
    total = living = 0
    for module in sys.argv[1:] or MODULES:
        source = (POLICY / f"{module}.py").read_text(encoding="utf-8")
        if killed(module, source):
            print(f"{module}: the tests fail without any change", file=sys.stderr)
            return 2
        for line, before, after, text in mutants(source):
            total += 1
            if total % 20 == 0:
                print(f"{module}: {total} tried, {living} live", file=sys.stderr, flush=True)
            if not killed(module, text):
                living += 1
                print(f"{module}.py:{line}: {before}  →  {after}", flush=True)
        print(f"{module}: done, {living} of {total} live", file=sys.stderr, flush=True)
    return 1 if living else 0


if __name__ == "__main__":
    sys.exit(main())
