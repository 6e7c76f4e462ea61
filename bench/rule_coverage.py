"""Measures what Semgrep finds with our rules on code that nobody here wrote, and writes scanners/semgrep/COVERAGE.md.

    python bench/rule_coverage.py --semgrep PATH --bandit PATH EXAMPLES [--advisories DIR] [--quiet DIR …]

EXAMPLES is the folder `examples` of Bandit's source archive (`pip download bandit --no-binary :all: --no-deps`).
DIR of --advisories holds one folder for each package of `ADVISORIES`, unpacked (`npm pack NAME@VERSION`).
The folders of --quiet hold other people's libraries, where a finding ought to be rare.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from secgate import catalog
from secgate.model import Finding, Report

PAGE = catalog.folder("semgrep") / "COVERAGE.md"

# Why Bandit says something where the rules do not: looked at one by one.
REASONS = {
    "B101": "style",
    "B102": "the code is a constant",
    "B103": "writable for the group only; the rules mean everybody",
    "B105": "short or word-like values; the rules want what looks like a real secret",
    "B106": "short or word-like values",
    "B107": "short or word-like values",
    "B110": "style",
    "B112": "style",
    "B113": "httpx has a timeout of its own; `requests.get(timeout=…)` through a session is not followed",
    "B202": "members given by a function count as checked",
    "B307": "the expression is a constant",
    "B308": "the text is a constant",
    "B310": "the address is a constant",
    "B311": "**not covered**: `random` is reported only where its output is called a token, password, key, …",
    "B313": "the document is a constant",
    "B314": "the document is a constant",
    "B316": "the document is a constant",
    "B318": "the document is a constant",
    "B319": "the document is a constant",
    "B403": "the import alone; the call is reported",
    "B404": "the import alone; the call is reported",
    "B401": "the import alone; the call is reported",
    "B402": "the import alone; the call is reported",
    "B405": "the import alone; the call is reported",
    "B406": "the import alone; the call is reported",
    "B407": "the import alone; the call is reported",
    "B408": "the import alone; the call is reported",
    "B409": "the import alone; the call is reported",
    "B411": "the next line is reported",
    "B412": "**not covered**: CGI handlers and the Proxy header",
    "B413": "the import alone; pycryptodome has the same name, so the weak call is reported instead",
    "B415": "**not covered**: IPMI",
    "B502": "a protocol constant in a call that is not one of ssl or pyOpenSSL",
    "B503": "a protocol constant as the default of a parameter",
    "B601": "the command is a constant",
    "B602": "the command is a constant",
    "B603": "**not covered**: a process without a shell; reported where the program comes from a request",
    "B604": "**not covered**: any function that has an argument called shell",
    "B605": "the command is a constant",
    "B606": "**not covered**: a process without a shell",
    "B607": "**not covered**: a program without its full path",
    "B608": "the string is not executed in the file; the rules want the call too",
    "B610": "the SQL is a constant",
    "B611": "the SQL is a constant",
    "B613": "the rule reports another line of the same file",
    "B615": "a call that names a local folder",
    "B701": "`autoescape` is given by a variable or a function",
    "B703": "the text is a constant",
    "B704": "the text is a constant",
}
# Findings that were looked at one by one, where Bandit is silent or is known to be wrong: true where ours are right.
JUDGED: dict[tuple[str, str], bool] = {
    ("mark_safe_secure.py", "python-unescaped-markup"): False,
    ("markupsafe_markup_xss_allowed_calls.py", "python-unescaped-markup"): False,
    ("xml_xmlrpc.py", "python-xmlrpc"): True,
    ("hardcoded-passwords.py", "python-hardcoded-password"): True,
    ("huggingface_unsafe_download.py", "python-model-not-pinned"): True,
    ("trojansource.py", "common-bidirectional-characters"): True,
    ("trojansource_latin1.py", "common-bidirectional-characters"): True,
    ("ssl-insecure-version.py", "python-ssl-old-protocol"): True,
}
# Released packages with a published weakness in their own code.
ADVISORIES = {
    "crud-file-server": ("0.7.0", "CVE-2018-3733", "CWE-22"),
    "deep-extend": ("0.5.0", "CVE-2018-3750", "CWE-1321"),
    "growl": ("1.9.2", "CVE-2017-16042", "CWE-78"),
    "kill-port": ("1.3.1", "CVE-2019-5414", "CWE-78"),
    "macaddress": ("0.2.8", "CVE-2018-13797", "CWE-78"),
    "merge": ("1.2.0", "CVE-2018-16469", "CWE-1321"),
    "mixin-deep": ("1.3.0", "CVE-2018-3719", "CWE-1321"),
    "morgan": ("1.9.0", "CVE-2019-5413", "CWE-94"),
    "node-serialize": ("0.0.4", "CVE-2017-5941", "CWE-502"),
    "open": ("0.0.5", "GHSA-28xh-wpgr-7fm8", "CWE-78"),
    "pdfinfojs": ("0.3.6", "CVE-2018-3746", "CWE-78"),
    "ps": ("0.0.2", "CVE-2018-16460", "CWE-78"),
    "serialize-to-js": ("0.5.0", "CVE-2017-5954", "CWE-502"),
    "static-eval": ("1.1.1", "CVE-2017-16226", "CWE-94"),
    "typed-function": ("0.10.5", "CVE-2017-1001004", "CWE-94"),
}


def scan(semgrep: Path, folder: Path) -> tuple[Report, str, int]:
    """Run Semgrep over a folder as the manifest says; give its report, its evidence label, how many files it had."""
    adapter = catalog.adapter("semgrep")
    command = catalog.scanner("semgrep").commands["code"]
    suffixes = {glob.removeprefix("**/*") for reads in command.reads for glob in reads.paths}
    files = sorted(path for path in folder.resolve().rglob("*") if path.is_file() and path.suffix in suffixes)
    with tempfile.TemporaryDirectory() as work:
        label = adapter.prepare([str(path) for path in files], Path(work))
        words = [word.format(tool=semgrep, work=work, out=work, files="{files}") for word in command.argv]
        argv = [word for word in words if word != "{files}"]
        environment = {"PATH": "/usr/bin:/bin", "HOME": work, **command.environment}
        subprocess.run([*argv, *map(str, files)], cwd=work, env=environment, check=True)
        return adapter.report(Path(work, command.output).read_bytes()), label, len(files)


def bandit(program: Path, folder: Path) -> list[dict[str, Any]]:
    """Run Bandit over its own examples and give its results."""
    argv = [str(program), "-q", "-r", "-f", "json", "--ignore-nosec", "-x", "/nonexistent", str(folder.resolve())]
    output = subprocess.run(argv, capture_output=True, check=False).stdout
    results: list[dict[str, Any]] = json.loads(output)["results"]
    return results


def python_section(report: Report, reference: list[dict[str, Any]]) -> list[str]:
    """Compare line by line: a finding counts as confirmed where Bandit reports an overlapping line."""
    ours: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        ours[Path(finding.location.path).name].append(finding)
    found, total, confirmed = Counter[tuple[str, str]](), Counter[tuple[str, str]](), set[int]()
    for result in reference:
        lines = [*result["line_range"], result["line_number"]]
        near = [
            finding
            for finding in ours[Path(result["filename"]).name]
            if finding.location.line <= max(lines) and finding.location.end_line >= min(lines)
        ]
        key = result["test_id"], result["issue_severity"]
        total[key] += 1
        found[key] += bool(near)
        confirmed |= {id(finding) for finding in near}
    rows = ["| Bandit | severity | lines | found | why not the rest |", "|---|---|---|---|---|"]
    for (test, severity), count in sorted(total.items()):
        why = REASONS.get(test, "") if found[test, severity] < count else ""
        rows.append(f"| {test} | {severity.lower()} | {count} | {found[test, severity]} | {why} |")
    strong = [key for key in total if key[1] != "LOW"]
    rows.append(
        f"\nOf the {sum(total[key] for key in strong)} lines that Bandit rates medium or high, "
        f"{sum(found[key] for key in strong)} are found."
    )
    return [*rule_table(report.findings, confirmed), "", *rows]


def rule_table(findings: tuple[Finding, ...], confirmed: set[int]) -> list[str]:
    """One row for each rule: its weakness, its hits, what Bandit confirms, and the rest judged by hand."""
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_rule[finding.rule.id].append(finding)
    rows = ["| CWE | rule | hits | Bandit agrees | judged right | false alarms |", "|---|---|---|---|---|---|"]
    for rule, hits in sorted(by_rule.items(), key=lambda item: (item[1][0].rule.cwe, item[0])):
        judged = {id(hit): JUDGED.get((Path(hit.location.path).name, rule)) for hit in hits}
        agreed = [hit for hit in hits if id(hit) in confirmed and judged[id(hit)] is not False]
        rest = [hit for hit in hits if hit not in agreed]
        verdicts = Counter(judged[id(hit)] for hit in rest)
        if verdicts[None]:
            places = {f"{Path(hit.location.path).name}:{hit.location.line}" for hit in rest}
            print(f"not judged yet: {rule} {sorted(places)}", file=sys.stderr)
        rows.append(
            f"| {' '.join(hits[0].rule.cwe)} | `{rule}` | {len(hits)} | {len(agreed)} | {verdicts[True]} "
            f"| {verdicts[False]} |"
        )
    return rows


def advisory_section(semgrep: Path, folder: Path) -> list[str]:
    """Say for each package whether a rule fires in it whose weakness is the published one."""
    report, _, _ = scan(semgrep, folder)
    rows = ["| package | advisory | CWE | found by |", "|---|---|---|---|"]
    for name, (version, advisory, cwe) in sorted(ADVISORIES.items()):
        inside = [hit for hit in report.findings if f"/{name}/" in hit.location.path]
        rules = sorted({hit.rule.id for hit in inside if hit.rule.id not in {"javascript-buffer-uninitialised"}})
        rows.append(
            f"| {name} {version} | {advisory} | {cwe} | {', '.join(f'`{r}`' for r in rules) or '**nothing**'} |"
        )
    return rows


def quiet_section(semgrep: Path, folders: list[Path]) -> list[str]:
    """Count what fires in other people's libraries."""
    rows = ["| library | files | findings | of them critical or high | rules |", "|---|---|---|---|---|"]
    for folder in folders:
        report, _, files = scan(semgrep, folder)
        rules = Counter(hit.rule.id for hit in report.findings)
        severe = sum(hit.severity.rank >= 3 for hit in report.findings)
        names = ", ".join(f"`{rule}` {count}" for rule, count in sorted(rules.items(), key=lambda item: -item[1]))
        rows.append(f"| {folder.name} | {files} | {len(report.findings)} | {severe} | {names} |")
    return rows


def catalogue() -> list[str]:
    """List which weaknesses the rules of each language look for."""
    adapter = catalog.adapter("semgrep")
    with tempfile.TemporaryDirectory() as work:
        names = [
            f"x{glob.removeprefix('**/*')}"
            for r in catalog.scanner("semgrep").commands["code"].reads
            for glob in r.paths
        ]
        adapter.prepare(names, Path(work))
        rules = json.loads(Path(work, "rules.json").read_bytes())["rules"]
    count, weak = Counter[str](), defaultdict[str, set[int]](set)
    for rule in rules:
        for language in rule["languages"]:
            count[language] += 1
            weak[language] |= {int(cwe.removeprefix("CWE-")) for cwe in rule["metadata"]["cwe"]}
    rows = ["| language | rules | weaknesses (CWE) |", "|---|---|---|"]
    rows += [f"| {name} | {count[name]} | {', '.join(map(str, sorted(weak[name])))} |" for name in sorted(count)]
    return rows


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("examples", type=Path)
    parser.add_argument("--semgrep", type=Path, required=True)
    parser.add_argument("--bandit", type=Path, required=True)
    parser.add_argument("--advisories", type=Path)
    parser.add_argument("--quiet", type=Path, nargs="*", default=[])
    arguments = parser.parse_args()
    report, label, files = scan(arguments.semgrep, arguments.examples)
    page = [(Path(__file__).parent / "rule_coverage.md").read_text(encoding="utf-8").rstrip(), ""]
    page += ["## What the rules look for", "", *catalogue(), ""]
    page += [f"## Python: Bandit's examples ({files} files, {label})", ""]
    page += [*python_section(report, bandit(arguments.bandit, arguments.examples)), ""]
    if arguments.advisories:
        page += [
            "## JavaScript: packages with a published weakness",
            "",
            *advisory_section(arguments.semgrep, arguments.advisories),
            "",
        ]
    if arguments.quiet:
        page += ["## Other people's libraries", "", *quiet_section(arguments.semgrep, arguments.quiet), ""]
    PAGE.write_text("\n".join(page), encoding="utf-8")


if __name__ == "__main__":
    main()
