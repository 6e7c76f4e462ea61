"""How long a policy of 20 rules takes over 100,000 findings, and how much memory: `python bench/policy.py`.

16 rules have a `match`, 4 a `when` too; each `match` of those four lets a fifth of the findings through to its `when`.
5 % of the findings block and 5 % warn. What makes an expression's map of a finding, and the trace of all that blocks or
warns, are part of it. Then the worst case: every finding reaches each `when` and blocks.
"""

import random
import resource
import time

from secgate.model import (
    Action,
    Category,
    Confidence,
    Finding,
    Location,
    Pack,
    Package,
    PolicyRule,
    Rule,
    Severity,
    Vulnerability,
)
from secgate.policy.circumstances import Circumstances
from secgate.policy.compiled import compiled
from secgate.policy.evaluate import judgement

COUNT = 100_000
NOW = Circumstances("2026-11-25", "pull_request", "refs/pull/7/merge", baseline={})
LIMIT_S, LIMIT_MB = 3.0, 600


def findings(count: int) -> list[Finding]:
    """Return seeded findings of all categories; one in 20 is `critical`, one in 20 `high`."""
    chance = random.Random(20)
    categories = list(Category)[:5]
    made = []
    for number in range(count):
        severity = (Severity.CRITICAL, Severity.HIGH, *[Severity.MEDIUM] * 9, *[Severity.LOW] * 9)[number % 20]
        made.append(
            Finding(
                tool=f"tool-{chance.randrange(4)}",
                category=chance.choice(categories),
                severity=severity,
                confidence=chance.choice(list(Confidence)),
                rule=Rule(f"R{chance.randrange(300)}", title="A rule", cwe=(f"CWE-{chance.randrange(900)}",)),
                message="something is wrong here",
                location=Location(f"src/part{chance.randrange(200)}/file{chance.randrange(50)}.py", number % 900 + 1),
                fingerprint=f"{chance.getrandbits(128):032x}",
                vuln=Vulnerability(f"CVE-2026-{number}", epss=chance.random(), fix_available=chance.random() < 0.5),
                package=Package("p", "1.0", f"pkg:pypi/p{number % 999}@1.0", "pypi", chance.choice(["runtime", "dev"])),
                is_new=chance.random() < 0.5,
                age_days=chance.randrange(400),
            )
        )
    return made


def usual() -> Pack:
    """Return the policy of the promise."""
    categories = [category.value for category in list(Category)[:5]]
    rules = [
        PolicyRule("critical", Action.BLOCK, {"severity": "critical"}),
        PolicyRule("high", Action.WARN, {"severity": "high"}),
    ]
    rules += [
        PolicyRule(f"match-{number:02}", Action.BLOCK, {
            "category": categories[number % 5], "severity": ">=low", "location.path": {"glob": [f"infra{number}/**"]},
        })
        for number in range(14)
    ]  # fmt: skip
    rules += [
        PolicyRule(f"when-{number}", Action.BLOCK, {"category": categories[number]},
                   "finding.vuln.epss > 2.0 || (finding.severityRank == 4 && finding.package.scope == 'none')")
        for number in range(4)
    ]  # fmt: skip
    return Pack("bench", "1.0.0", "sha256:0", tuple(rules), ())


def worst() -> Pack:
    """Return a policy of which every expression is asked about every finding, and every rule blocks all of them."""
    rules = [PolicyRule(f"match-{number:02}", Action.BLOCK, {"severity": ">=info"}) for number in range(16)]
    when = "finding.vuln.epss >= 0.0 && finding.package.scope != 'none' && finding.location.path != ''"
    rules += [PolicyRule(f"when-{number}", Action.BLOCK, {"severity": ">=info"}, when) for number in range(4)]
    return Pack("bench", "1.0.0", "sha256:0", tuple(rules), ())


def measure(name: str, pack: Pack, some: list[Finding]) -> float:
    """Judge, and print what it took."""
    start = time.process_time()
    found = judgement(some, compiled(pack, NOW))
    seconds = time.process_time() - start
    counted = {action.value: sum(one.action is action for one in found.verdicts) for action in Action}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name}: {len(some):,} findings x {len(pack.rules)} rules: {seconds:.2f} s of CPU, {memory:.0f} MB at most; "
          f"{counted}, {sum(bool(one.trace) for one in found.verdicts):,} traces")  # fmt: skip
    return seconds


def main() -> None:
    """Print both cases, and whether the promise holds."""
    some = findings(COUNT)
    seconds = measure("usual", usual(), some)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    kept = "kept" if seconds <= LIMIT_S and memory <= LIMIT_MB else "BROKEN"
    print(f"promised: at most {LIMIT_S:.0f} s and {LIMIT_MB} MB: {kept}")
    measure("worst", worst(), some)


if __name__ == "__main__":
    main()
