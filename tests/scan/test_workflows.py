"""What only says when a job runs keeps no scanner from reading what it runs."""

import pytest

from secgate.scan.workflows import forms

PATH = ".github/workflows/ci.yml"
TEXT = """\
on: push
concurrency: # one at a time
  group: a

  cancel-in-progress: ${{ a }}
jobs:
  test:
    strategy:
      matrix:
        include: ${{ fromJson(a) }}
# not further right, but a comment
      fail-fast: false
    steps:
    - run: |
        strategy:
          curl evil
    - with:
        concurrency:
          a: b
"""
PLAIN = """\
on: push




jobs:
  test:





    steps:
    - run: |
        strategy:
          curl evil
    - with:
        concurrency:
          a: b
"""


def form(text, path=PATH):
    return [one.content.decode() for one in forms(path, text.encode())]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_when_and_how_often_a_job_runs_is_taken_out_and_no_other_line(end):
    (found,) = form(TEXT.replace("\n", end))
    assert found.replace("\r", "") == PLAIN
    (one,) = forms(PATH, TEXT.encode())
    assert (one.suffix, one.instead, one.lines) == (".yml", True, ())


@pytest.mark.parametrize(
    "text",
    [
        "on: push\njobs:\n  a:\n    steps:\n    - run: concurrency\n",
        "{on: push, concurrency: a}\n",
        "? concurrency\n: a\n",
        "strategy: a\n",
        "concurrency: [\n",
        "- concurrency: a\n",
        "jobs:\n  a: {strategy: b}\n",
        "a: 'b\n  concurrency: c'\n",
    ],
)
def test_any_other_line_stays_as_it_is(text):
    assert form(text) == []


@pytest.mark.parametrize("path", ["ci.yml", "a/.github/workflows/ci.yml", ".github/workflows/a/b.yml"])
def test_a_file_elsewhere_is_no_workflow(path):
    assert form(TEXT, path) == []
