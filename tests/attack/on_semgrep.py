"""Attacks on Semgrep."""

from attack.attack import Attack
from attack.innocent import JAVA, PYTHON, SCRIPT, SEMGREP, SEMGREP_JAVA, SEMGREP_JS

_MATCH = """\
def compute(words):
    match words:
        case {'a': x, **rest} if (y := eval(words)):
            return y
"""


def _python(name: str, how: str, text: str | bytes, missing: str = "") -> Attack:
    return Attack(f"semgrep-{name}", "semgrep", how, {"app.py": text}, (SEMGREP, "app.py"), missing=missing)


def _script(name: str, how: str, text: str | bytes, missing: str = "") -> Attack:
    return Attack(f"semgrep-{name}", "semgrep", how, {"app.js": text}, (SEMGREP_JS, "app.js"), missing=missing)


ATTACKS = (
    Attack(
        "semgrep-ignore",
        "semgrep",
        "a `.semgrepignore` file",
        {".semgrepignore": "app.py\n", "app.py": PYTHON},
        (SEMGREP, "app.py"),
    ),
    Attack(
        "semgrep-ignore-include",
        "semgrep",
        "a `.semgrepignore` file that takes over a `.gitignore`, which names a tracked file",
        {".semgrepignore": ":include .gitignore\n", ".gitignore": "app.py\n", "app.py": PYTHON},
        (SEMGREP, "app.py"),
    ),
    Attack(
        "semgrep-baseline",
        "semgrep",
        "the variable `SEMGREP_BASELINE_COMMIT`, so that only what changed since is reported",
        {"top.py": PYTHON},
        (SEMGREP, "top.py"),
        yard="semgrep-baseline",
        environment={"SEMGREP_BASELINE_COMMIT": "HEAD"},
        slow=True,
    ),
    Attack(
        "semgrep-nesting",
        "semgrep",
        "brackets nested so deeply that every rule runs out of time",
        {"top.js": f"{SCRIPT}var x = {'[' * 5_000}{']' * 5_000};\n"},
        (SEMGREP_JS, "top.js"),
        yard="semgrep-nesting",
        slow=True,
    ),
    Attack("semgrep-tests", "semgrep", "a folder called `tests`", {"tests/a.py": PYTHON}, (SEMGREP, "tests/a.py")),
    Attack(
        "semgrep-minified", "semgrep", "a name that ends in `.min.js`", {"a.min.js": SCRIPT}, (SEMGREP_JS, "a.min.js")
    ),
    Attack(
        "semgrep-link",
        "semgrep",
        "code under a name without suffix, and a link to it with one",
        {"code": PYTHON},
        (SEMGREP, "code"),
        links={"app.py": "code"},
    ),
    Attack(
        "semgrep-link-folder",
        "semgrep",
        "the same, through a folder that is a link too",
        {"real/code": PYTHON},
        (SEMGREP, "real/code"),
        links={"lib": "real", "app.py": "lib/code"},
    ),
    _python("nosem", "a comment `nosemgrep`", PYTHON.replace("eval(words)", "eval(words)  # nosemgrep")),
    _python(
        "nosem-rule",
        "a comment `nosem` with the rule's id",
        PYTHON.replace("(words)\n", f"(words)  # nosem: {SEMGREP}\n"),
    ),
    _python("huge", "a file above the size limit", f"{PYTHON}# {'x' * 1_100_000}\n"),
    _python("line-ends", "lines that end in a carriage return alone", f"# a\n{PYTHON}".replace("\n", "\r")),
    _python(
        "letters",
        "a name in other letters, which Python takes for the same name",
        PYTHON.replace("eval(", "\uff45val("),
    ),
    _python(
        "utf-7",
        "code that only its coding cookie makes readable",
        "# coding: utf-7\ndef compute(words):\n    return +AGUAdgBhAGw-(words)\n",
    ),
    _python(
        "comment",
        "a comment that its coding cookie turns into code",
        "# coding: unicode_escape\ndef compute(words):\n    # \\u000a    return eval(words)\n",
    ),
    _python("continuation", "a name broken over two lines", PYTHON.replace("eval(", "ev\\\nal(")),
    _python(
        "match",
        "a pattern of `match` that Semgrep's parser does not know",
        _MATCH,
    ),
    _script(
        "first-line",
        "a first line `#!` that a carriage return ends",
        f"#!/usr/bin/env node\r{SCRIPT}".replace("\n", "\r"),
    ),
    _script("escape", "an escape within a name", SCRIPT.replace("eval(", "\\u0065val(")),
    _script("utf-16", "a script in UTF-16", b"\xff\xfe" + SCRIPT.encode("utf-16-le")),
    Attack(
        "semgrep-java-comment",
        "semgrep",
        "a comment that an escape ends",
        {"A.java": JAVA.replace("    Message", "    // \\u000a    Message")},
        (SEMGREP_JAVA, "A.java"),
    ),
    _script("error", "a syntax error in front of it", f"function a() {{ @@@ (((\n{SCRIPT}"),
)
