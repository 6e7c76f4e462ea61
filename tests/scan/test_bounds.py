"""No file of a hostile tree can make the gate hang or fill the memory: what is read of it costs what it is long.

Memory is not measured: what took too much of it took too much time as well.
"""

import time

import pytest

from secgate.scan import attributes, cloudformation, dockerfile, kubernetes, source

CPU_S = 10
MACROS = "[attr]m0 -diff filter=a filter=b\n" + "".join(f"[attr]m{n} m{n - 1} m{n - 1}\n" for n in range(1, 60))
NINE = ", ".join(["*{0}"] * 9)
BOMB = "a: &a [1, 1, 1]\n" + "".join(f"{two}: &{two} [{NINE.format(one)}]\n" for one, two in ("ab", "bc", "cd", "de"))
PODS = f"apiVersion: v1\nkind: Pod\ny: 017\n{BOMB}---\n" * 100
STACKS = f"Resources:\n  A:\n    Type:\n      AWS::S3::Bucket\n{BOMB}---\n" * 100
CASES = {
    "macros of macros": (attributes.notices, ".gitattributes", MACROS + "*.py m59\n"),
    "a word on very many lines": (dockerfile.forms, "Dockerfile", "A\\\n" * 300_000),
    "half of what makes an object, again and again": (kubernetes.forms, "a.yaml", "{ xkind " + "apiVersion " * 100_000),
    "one value behind the other": (
        kubernetes.forms, "a.json", '{"apiVersion": "v1", "kind": "Pod"}' + " 1" * 50_000,
    ),
    "few aliases for many values in each document": (kubernetes.forms, "a.yaml", PODS),
    "few aliases for many values in each stack": (cloudformation.forms, "a.yaml", STACKS),
    "a text that never ends": (source.forms, "a.ipynb", '"' + '\\"' * 200_000),
    "brackets": (source.forms, "a.ipynb", "{" * 200_000),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_reading_takes_bounded_time(name):
    read, path, content = CASES[name]
    began = time.process_time()
    list(read(path, content.encode()))
    assert time.process_time() - began < CPU_S


def test_a_macro_of_macros_still_hides():
    assert [one.line for one in attributes.notices(".gitattributes", (MACROS + "*.py m59\n").encode())] == [61]
