"""Microsoft's own validator, with GitHub's rules, has nothing to say about what we write."""

import io

import pytest
from msgspec.structs import replace
from support import factories, multitool

from secgate.model import Category, EvidenceState, Location, Related, Rule, Severity
from secgate.sarif import SarifRun, Suppressed, limits, write

PATHS = [
    "src/a b#c%d?e:f.py", "c:/x y.py", "a:b/c", "ünï/日本/😀.py", "a\\b.py", "a//b/../../../etc/passwd", "", "/abs/x",
    "..", "a/%2e%2e/b", "a\nb\x00.py", "-x", "~/y", "a'\"<>|^`{}[]@!$&()*+,;=.py",
]  # fmt: skip
RULES = [
    Rule("B602", varies=True, help_uri="https://demo.example/x#y", cwe=("CWE-78",), tags=("a", "b")),
    Rule("CKV_AWS_1", "some name", "Ends with a stop.", "d\x1b[31m" * 300, "Do it [x](http://e)"),
    Rule("a.b.c-d", tags=tuple(f"t{number:02}" for number in range(30)), help_uri="not a page"),
    Rule("x y/é"),
    Rule(""),
]


def run(findings, evidence=(), tool="demo"):
    return SarifRun(tool, tool.title(), "1.9.4", "https://demo.example", findings=tuple(findings), evidence=evidence)


def compared():
    here, gone = (factories.finding(line_hash="abc:1", fingerprint=print) for print in ("1" * 32, "2" * 32))
    accepted = Suppressed(here.fingerprint, "W-1: accepted")
    return replace(run([here], (factories.evidence(),)), base="1" * 40, fixed=(gone,), suppressed=(accepted,))


def written(*runs):
    stream = io.BytesIO()
    write(runs, stream)
    return stream.getvalue()


def odd_findings():
    for number, path in enumerate(PATHS):
        for severity in Severity:
            yield factories.finding(
                severity=severity,
                rule=RULES[number % len(RULES)],
                message="With {0}, [link](http://evil.example) and \x1b[0m, `code`" if number % 2 else "",
                location=Location(path, 3, 4, 2 if number % 2 else 0, 7 if number % 2 else 0),
                related=(Related(Location(path, 9, 9), "from here"), Related(Location(path, 9, 9))),
                line_hash="abc:1",
            )


@pytest.mark.parametrize(
    "runs",
    [
        (run([factories.finding(line_hash="abc:1")], (factories.evidence(),)),),
        (run([factories.vulnerability(line_hash="abc:1")], (factories.evidence(),)), run([], tool="other")),
        (run([], (factories.evidence(state=EvidenceState.FAILED, reason="crash", errors=("a", "b")),)),),
        (compared(),),
        (run(odd_findings(), (factories.evidence(category=Category.SECRET),)),),
    ],
    ids=["usual", "two runs", "failed", "compared", "odd"],
)
def test_the_multitool_has_nothing_to_say(runs, tmp_path):
    document = written(*runs)
    assert multitool.complaints(document, tmp_path) == []
    assert limits.problems(document) == []


def test_the_multitool_is_awake(tmp_path):
    document = written(run([factories.finding(line_hash="abc:1")]))
    broken = document.replace(b'"uri":"shop/app.py"', b'"uri":"shop/my app.py"').replace(b',"startLine":12', b"")
    told = {text.split()[0] for text in multitool.complaints(broken, tmp_path)}
    assert {"SARIF1002", "GH1003"} <= told
