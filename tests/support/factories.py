"""Small, sensible values; each test changes only what it is about.

finding(severity=Severity.LOW)
decision(verdicts=(verdict(finding(), Action.BLOCK),))
"""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from secgate.model import (
    Action,
    Category,
    Command,
    Confidence,
    DatabaseState,
    Decision,
    Evidence,
    EvidenceState,
    Finding,
    Location,
    Outcome,
    Package,
    PolicyRef,
    RequirementState,
    Rule,
    Run,
    Scanner,
    Severity,
    Status,
    Subject,
    Task,
    Verdict,
    Vulnerability,
)


def location(path: str = "shop/app.py", line: int = 12, **changes: Any) -> Location:
    """Return one line of a file."""
    return Location(**{"path": path, "line": line, "end_line": line} | changes)


def rule(id: str = "B602", **changes: Any) -> Rule:
    """Return a rule about shells."""
    values: dict[str, Any] = {
        "name": "subprocess_popen_with_shell_equals_true",
        "title": "Subprocess popen with shell equals true",
        "help_uri": "https://bandit.readthedocs.io/en/1.9.4/plugins/b602_subprocess_popen_with_shell_equals_true.html",
        "cwe": ("CWE-78",),
    }
    return Rule(id=id, **values | changes)


def finding(**changes: Any) -> Finding:
    """Return a finding of high severity in Python code."""
    values: dict[str, Any] = {
        "tool": "bandit",
        "category": Category.SAST,
        "severity": Severity.HIGH,
        "severity_label": "HIGH",
        "confidence": Confidence.HIGH,
        "rule": rule(),
        "message": "subprocess call with shell=True identified, security issue.",
        "location": location(),
        "fix": "Pass the command as a list and leave out shell=True.",
        "fingerprint": "1f2e3d4c5b6a79880123456789abcdef",
    }
    return Finding(**values | changes)


def vulnerability(**changes: Any) -> Finding:
    """Return a finding about a dependency with a published fix."""
    values: dict[str, Any] = {
        "tool": "trivy",
        "category": Category.SCA,
        "rule": Rule(
            "CVE-2021-23337",
            title="lodash: command injection via template",
            help_uri="https://avd.aquasec.com/nvd/cve-2021-23337",
        ),
        "message": "lodash 4.17.20 lets templates run commands.",
        "location": location("web/package-lock.json", 1, known=False),
        "fix": "Upgrade lodash to 4.17.21.",
        "vuln": Vulnerability(id="CVE-2021-23337", cvss=7.2, cvss_source="nvd", fix_available=True),
        "package": Package("lodash", "4.17.20", "pkg:npm/lodash@4.17.20", "npm", fixed_versions=("4.17.21",)),
        "fingerprint": "77aa88bb99cc00dd1122334455667788",
    }
    return finding(**values | changes)


def verdict(about: Finding | None = None, action: Action = Action.BLOCK, **changes: Any) -> Verdict:
    """Return the verdict on a finding, by one rule."""
    by = () if action is Action.PASS else (f"{action.value}-high",)
    return Verdict(**{"finding": about or finding(), "action": action, "rules": by} | changes)


def evidence(**changes: Any) -> Evidence:
    """Return evidence that is complete: code, 12 files, all read."""
    values: dict[str, Any] = {
        "scanner": "bandit",
        "category": Category.SAST,
        "state": EvidenceState.OK,
        "command": "python",
        "label": "bandit",
        "version": "1.9.4",
        "expected": 12,
    }
    return Evidence(**values | changes)


def database(**changes: Any) -> DatabaseState:
    """Return the state of a vulnerability database."""
    values = {"id": "vulnerabilities", "digest": "sha256:" + "d" * 64, "updated": "2026-11-24T06:00:00Z"}
    return DatabaseState(**values | changes)


def requirement(**changes: Any) -> RequirementState:
    """Return a requirement on code that is met."""
    return RequirementState(**{"id": "code", "category": Category.SAST, "met": True} | changes)


def unmet(**changes: Any) -> RequirementState:
    """Return a requirement on dependencies that is not met."""
    values: dict[str, Any] = {
        "id": "dependencies",
        "category": Category.SCA,
        "met": False,
        "reason": "trivy has no vulnerability database",
        "remedy": "Run `secgate tools update`.",
    }
    return requirement(**values | changes)


def decision(**changes: Any) -> Decision:
    """Return a decision; without an `outcome` or `exit` these follow from the verdicts and the requirements."""
    verdicts: Iterable[Verdict] = changes.get("verdicts", ())
    requirements: Iterable[RequirementState] = changes.get("requirements", (requirement(),))
    outcome = changes.get("outcome") or _outcome(verdicts, requirements)
    codes = {Outcome.PASS: 0, Outcome.BLOCKED: 1, Outcome.INCOMPLETE: 3}
    values: dict[str, Any] = {
        "outcome": outcome,
        "exit": codes[outcome],
        "subject": Subject("shop", "working tree", "9c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6a7b8c9d", files=12),
        "policy": PolicyRef("recommended", "1.0.0", "sha256:" + "ab" * 32),
        "now": "2026-11-25",
        "tool": "secgate 0.1.0",
        "evidence": (evidence(),),
        "requirements": (requirement(),),
    }
    return Decision(**values | changes)


def _outcome(verdicts: Iterable[Verdict], requirements: Iterable[RequirementState]) -> Outcome:
    if any(each.action is Action.BLOCK for each in verdicts):
        return Outcome.BLOCKED
    if any(state.lacking for state in requirements):
        return Outcome.INCOMPLETE
    return Outcome.PASS


def command(**changes: Any) -> Command:
    """Return a command that reads Python files."""
    values: dict[str, Any] = {
        "category": Category.SAST,
        "target": "files",
        "argv": ("{tool}", "--", "{files}"),
        "finished": (0, 1),
    }
    return Command(**values | changes)


def scanner(id: str = "bandit", **changes: Any) -> Scanner:
    """Return a scanner with one command."""
    values: dict[str, Any] = {
        "title": id.capitalize(),
        "homepage": "https://example.org",
        "licence": "Apache-2.0",
        "version": "1.9.4",
        "sources": (),
        "commands": {"python": command()},
    }
    return Scanner(id=id, **values | changes)


def task(of: Scanner | None = None, name: str = "python", **changes: Any) -> Task:
    """Return a task over two files."""
    of = of or scanner()
    return Task(**{"scanner": of, "name": name, "command": of.commands[name], "files": ("a.py", "b.py")} | changes)


def run(of: Task | None = None, **changes: Any) -> Run:
    """Return a run that finished in 0.6 seconds."""
    return Run(**{"task": of or task(), "status": Status.FINISHED, "seconds": 0.6, "label": "bandit"} | changes)


def many(count: int, of: Finding | None = None, action: Action = Action.BLOCK, files: int = 50) -> tuple[Verdict, ...]:
    """Return verdicts on `count` findings with different lines and fingerprints, spread over `files` files."""
    of = of or finding()
    return tuple(
        verdict(
            replace(
                of,
                location=location(f"src/part_{number * files // count:03}/app.py", number + 1),
                fingerprint=f"{number:032x}",
            ),
            action,
        )
        for number in range(count)
    )
