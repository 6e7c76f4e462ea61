"""Attacks on Bandit."""

import json

from attack.attack import Attack, Effect
from attack.innocent import ARCHIVE, BANDIT, BANDIT_ARCHIVE, PYTHON

_SEEN = (BANDIT, "app.py")
_TOP = (BANDIT, "top.py")
_CRASH = ARCHIVE.replace("'/srv'", "'/srv', members=names.all()")
_KNOWN = {
    "filename": "./top.py", "test_id": "B602", "test_name": "subprocess_popen_with_shell_equals_true",
    "issue_severity": "HIGH", "issue_confidence": "HIGH", "line_number": 5, "line_range": [5], "col_offset": 11,
    "end_col_offset": 47, "issue_text": "subprocess call with shell=True identified, security issue.",
    "issue_cwe": {"id": 78, "link": "https://cwe.mitre.org/data/definitions/78.html"}, "more_info": "",
    "code": "4 def run(command):\n5     return subprocess.call(command, shell=True)\n6 \n",
}  # fmt: skip


def _notebook(first: str) -> str:
    """Return a notebook with one cell, which begins with these lines."""
    cell = {"cell_type": "code", "source": [first + PYTHON], "metadata": {}, "outputs": []}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


_NOTEBOOK = _notebook("%matplotlib inline\n")


def _settings(name: str, how: str, text: str, effect: Effect = Effect.HIDES, **more: str) -> Attack:
    """Return an attack by a `.bandit` file, which acts on a whole run."""
    return Attack(
        f"bandit-{name}", "bandit", how, {"top.py": PYTHON, ".bandit": f"[bandit]\n{text}\n", **more}, _TOP, effect,
        yard=f"bandit-{name}",
    )  # fmt: skip


def _source(name: str, how: str, text: str | bytes, hides: tuple[str, str] = _SEEN) -> Attack:
    return Attack(f"bandit-{name}", "bandit", how, {"app.py": text}, hides)


def _folder(name: str, folder: str) -> Attack:
    path = f"{folder}/app.py"
    return Attack(f"bandit-{name}", "bandit", f"a folder called `{folder}`", {path: PYTHON}, (BANDIT, path))


ATTACKS = (
    _settings("ini-skips", "a `.bandit` file that skips tests", "skips: B602"),
    _settings("ini-exclude", "a `.bandit` file that excludes a file", "exclude: ./top.py"),
    _settings("ini-output", "a `.bandit` file that sends the report elsewhere", "output: @CANARY@", Effect.BREAKS),
    _settings(
        "ini-baseline",
        "a `.bandit` file that names a baseline in which the finding is known",
        "baseline: known.json",
        **{"known.json": json.dumps({"errors": [], "generated_at": "", "metrics": {}, "results": [_KNOWN]})},
    ),
    _settings("ini-twice", "two `.bandit` files, which end Bandit", "", Effect.BREAKS, **{"a/.bandit": "[bandit]\n"}),
    Attack(
        "bandit-pyproject",
        "bandit",
        "a table `tool.bandit` in `pyproject.toml`",
        {"top.py": PYTHON, "pyproject.toml": '[tool.bandit]\nskips = ["B602"]\n'},
        _TOP,
        yard="bandit-pyproject",
        words=("-r", ".", "-c", "pyproject.toml", "-f", "json"),
    ),
    Attack(
        "bandit-surrogate",
        "bandit",
        "half a surrogate pair in a password, which loses the report of all files",
        {"top.py": PYTHON, "x.py": "password = '\\ud800'\n"},
        _TOP,
        Effect.BREAKS,
        yard="bandit-surrogate",
    ),
    Attack(
        "bandit-crash",
        "bandit",
        "a legal call that crashes the test which looks at it",
        {"top.py": _CRASH},
        (BANDIT_ARCHIVE, "top.py"),
        yard="bandit-crash",
    ),
    Attack(
        "bandit-crash-buried",
        "bandit",
        "the same, among many files that Bandit complains about",
        {"top.py": _CRASH, **{f"A/{number}.py": "(\n" for number in range(30)}},
        (BANDIT_ARCHIVE, "top.py"),
        yard="bandit-crash-buried",
    ),
    Attack(
        "bandit-pythonpath",
        "bandit",
        "`PYTHONPATH` leads into the tree, which has a `sitecustomize.py`",
        {"top.py": PYTHON, "sitecustomize.py": "open('@CANARY@', 'w').close()\n"},
        _TOP,
        Effect.RUNS,
        yard="bandit-pythonpath",
        environment={"PYTHONPATH": "."},
    ),
    Attack(
        "bandit-link-outside",
        "bandit",
        "a link to a file outside of the tree, which Bandit quotes",
        {"other.py": PYTHON},
        (BANDIT, "other.py"),
        Effect.READS,
        links={"app.py": "@OUTSIDE@/plain.py"},
    ),
    _source("nosec", "a comment `# nosec`", PYTHON.replace("True)", "True)  # nosec")),
    _source(
        "nosec-first-line",
        "a comment `# nosec` on another line of the same statement",
        PYTHON.replace("call(command,", "call(  # nosec\n        command,"),
    ),
    _folder("folder-cvs", "CVSparser"),
    _folder("folder-tox", ".tox"),
    _folder("folder-eggs", ".eggs"),
    _folder("folder-svn", "my.svn.d"),
    _folder("folder-cache", "__pycache__"),
    _source("recursion", "an expression so long that the stack overflows", f"{PYTHON}X = {'1+' * 2_500}1\n"),
    _source("nesting", "an expression nested so deeply that the parser gives up", f"{PYTHON}X = {'-' * 3_000}1\n"),
    _source("utf-16", "source in UTF-16", b"\xff\xfe" + PYTHON.encode("utf-16-le")),
    _source("null", "a NUL byte in a comment", f"# \0\n{PYTHON}"),
    _source("cookie", "a coding cookie that nobody knows", f"# coding: nonsense\n{PYTHON}"),
    _source("syntax", "syntax that is newer than the scanner's Python", f"{PYTHON}x = t'{{eval(y)}}'\n"),
    Attack(
        "bandit-program",
        "bandit",
        "a program without a suffix",
        {"deploy": f"#!/usr/bin/env -S python3 -u\n{PYTHON}"},
        (BANDIT, "deploy"),
    ),
    Attack("bandit-notebook", "bandit", "a notebook", {"app.ipynb": _NOTEBOOK}, (BANDIT, "app.ipynb")),
    *(
        Attack(f"bandit-notebook-{name}", "bandit", how, {"app.ipynb": _notebook(first)}, (BANDIT, "app.ipynb"))
        for name, how, first in (
            ("magic", "a notebook with a cell that only asks about a magic, and runs", "%%bash?\n"),
            ("script", "a notebook with a cell that a magic hands to Python", "%%script python3 -u\n"),
            ("unknown", "a notebook with a cell for a magic that nobody knows", "%%mine\n"),
        )
    ),
    Attack("bandit-notebook-broken", "bandit", "a broken notebook", {"a.ipynb": _NOTEBOOK[:-1]}, (BANDIT, "a.ipynb")),
    Attack("bandit-suffix", "bandit", "a suffix in capital letters", {"app.PY": PYTHON}, (BANDIT, "app.PY")),
)
