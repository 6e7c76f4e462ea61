"""A module of Terraform that is called under a condition is called once more without it."""

import json
import time

import pytest

from secgate.scan.modules import forms


def again(text, path="main.tf"):
    return [(one.suffix, one.content.decode()) for one in forms(path, text.encode())]


CALL = 'module "a" {\n  source = "./a"\n  size   = 1\n}\n'


@pytest.mark.parametrize(
    "condition",
    ["count = 0", "count=var.on ? 1 : 0 # why", "for_each = {}", "for_each = {\n    a = { b = 1 }\n  }",
     "count = length([\n    for one in [\"}\", \"{\"] : one\n  ])", "count = <<EOT\n}\n  EOT", "/* { */ count = 0"],
)  # fmt: skip
def test_the_call_is_the_same_without_the_condition_and_each_line_where_it_was(condition):
    text = 'resource "b" "c" {\n  count = 0\n}\n' + CALL.replace("  size", f"  {condition}\n  size")
    ((suffix, written),) = again(text)
    assert suffix == ".tofu"
    lines = written.split("\n")
    assert [line.strip() for line in lines if line.strip()] == [
        'module "a-again" {',
        'source = "./a"',
        "size   = 1",
        "}",
    ]
    assert lines[4].strip() == 'source = "./a"'
    assert len(lines) == len(text.split("\n")) - 1


@pytest.mark.parametrize(
    "text",
    [
        CALL,
        f"{CALL}locals {{\n  count = 0\n}}\n",
        'module "a" {\n  source = "hashicorp/a"\n  count  = 0\n}\n',
        'module "a" {\n  source = "./a"\n  in = {\n    count = 0\n  }\n}\n',
        f"/*\n{CALL.replace('size', 'count')}*/\n",
        f"a = <<EOT\n{CALL.replace('size', 'count')}EOT\n",
        "count module {",
        'module "a" {\n  source = "./a"\n  count = 0\n',
    ],
)
def test_nothing_else_is_called_again(text):
    assert again(text) == []
    assert again(text.replace("size", "count"), "main.txt") == []


def test_several_calls_are_called_again():
    text = CALL.replace("size", "count")
    ((_, written),) = again(text + "x = 1\n" + text.replace('"a"', "b"))
    assert [line for line in written.split("\n") if "again" in line] == ['module "a-again" {', "module b-again {"]


@pytest.mark.parametrize("shape", [lambda one: {"a": one}, lambda one: [{"a": [one]}]])
def test_calls_in_json_too(shape):
    document = {"module": shape({"source": "../a", "count": 0, "size": 1}), "locals": {"count": 0}}
    ((suffix, written),) = again(json.dumps(document), "x/main.tf.json")
    assert (suffix, json.loads(written)) == (".tofu.json", {"module": {"a-again": {"source": "../a", "size": 1}}})
    for other in (
        "{",
        "[]",
        '{"module": 1, "count": 1}',
        '{"module": {"a": 1, "count": []}}',
        "[" * 100_000 + "module count",
    ):
        assert again(other, "main.tf.json") == []


@pytest.mark.parametrize(
    "part", ['module "a" {\n', "<<a\n", '"', "/*", "count = {", "module a {\ncount = 1\n}\n", "}{", "module "]
)
def test_hostile_text_takes_time_in_proportion(part):
    began = time.monotonic()
    list(forms("main.tf", f"module count\n{part * (2_000_000 // len(part))}".encode()))
    assert time.monotonic() - began < 10
