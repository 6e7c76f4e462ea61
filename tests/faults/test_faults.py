"""No way in which a scanner can fail ends as a pass, and each says why in one line and what to do about it."""

import json
import os

import pytest
from support import story
from support.fakes import FINDS, GOOD

from secgate.model import EvidenceState, Outcome

FAILED, PARTIAL, MISSING, TIMED_OUT = (
    EvidenceState.FAILED,
    EvidenceState.PARTIAL,
    EvidenceState.MISSING,
    EvidenceState.TIMED_OUT,
)
AGAIN = "report = open(out).read()\n"
"""Reads back what GOOD has written."""
FAULTS = {
    "missing": (None, MISSING, "is not installed"),
    "ends with another exit code": ("sys.exit(3)", FAILED, "exit code 3"),
    "a clean report with another exit code": (GOOD + "sys.exit(3)", FAILED, "exit code 3"),
    "crashes": ("raise RuntimeError('x')", FAILED, "wrote no report"),
    "crashes after its report": (GOOD + "raise RuntimeError('x')", PARTIAL, "complained"),
    "killed": ("os.kill(os.getpid(), 9)", FAILED, "SIGKILL"),
    "segmentation fault": ("os.kill(os.getpid(), 11)", FAILED, "SIGSEGV"),
    "terminated": (GOOD + "os.kill(os.getpid(), 15)", FAILED, "SIGTERM"),
    "hangs": ("time.sleep(60)", TIMED_OUT, "after 2 s"),
    "hangs after its report": (GOOD + "time.sleep(60)", TIMED_OUT, "after 2 s"),
    "out of memory": ("bytearray(64 << 30)", FAILED, "wrote no report"),
    "no report": ("pass", FAILED, "wrote no report"),
    "an empty report": ("open(out, 'w')", FAILED, "wrote no report"),
    "garbage": ("open(out, 'wb').write(bytes(range(256)) * 20)", FAILED, "cannot be read"),
    "not JSON": ("open(out, 'w').write('<html>proxy error</html>')", FAILED, "cannot be read"),
    "truncated": (GOOD + AGAIN + "os.truncate(1, len(report) - 2)", FAILED, "cannot be read"),
    "null": ("open(out, 'w').write('null')", FAILED, "cannot be read"),
    "two documents": (GOOD + AGAIN + "open(out, 'a').write(report)", FAILED, "cannot be read"),
    "another shape": ("json.dump({'results': []}, open(out, 'w'))", FAILED, "cannot be read"),
    "not UTF-8": ('open(out, \'wb\').write(b\'{"findings": [], "errors": [], "read": ["\\xff"]}\')', FAILED, "read"),
    "nested without end": ("open(out, 'w').write('[' * 1_000_000)", FAILED, "cannot be read"),
    "errors inside": (
        "json.dump({'findings': [], 'errors': [{'message': 'rule x broke'}], 'read': files}, open(out, 'w'))",
        PARTIAL,
        "rule x broke",
    ),
    "reads nothing": ("json.dump({'findings': [], 'errors': [], 'read': []}, open(out, 'w'))", PARTIAL, "a.py"),
    "reads one file less": (
        "json.dump({'findings': [], 'errors': [], 'read': files[1:]}, open(out, 'w'))",
        PARTIAL,
        "did not read 1 of 2 files: a.py",
    ),
    "a rule that breaks on stderr only": ("sys.stderr.write('ERROR plugin x: y\\n')\n" + GOOD, PARTIAL, "plugin x"),
    "floods stderr": ("sys.stderr.write('x' * 2_000_000)\n" + GOOD, FAILED, "more than the gate reads"),
    "its disk is full": (
        "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (9, 9))\n" + GOOD,
        FAILED,
        "cannot be read",
    ),
    "a read-only cache": (
        "raise OSError(30, 'Read-only file system', os.environ['HOME'] + '/.cache')",
        FAILED,
        "wrote no report",
    ),
    "a read-only cache that it does without": (
        "sys.stderr.write('WARN cache: Read-only file system\\n')\n" + GOOD,
        PARTIAL,
        "Read-only file system",
    ),
    "overwrites its own program": ("open(sys.argv[0], 'w').write('#!/bin/true')", FAILED, "wrote no report"),
}


@pytest.fixture
def go(tmp_path, monkeypatch):
    return story.judge(tmp_path, monkeypatch)


@pytest.mark.parametrize("how", FAULTS)
def test_a_scanner_that_fails_in_any_way_is_never_a_pass(go, how):
    program, state, words = FAULTS[how]
    decision = go(one=program, timeout_s=2)
    assert (decision.outcome, decision.exit) == (Outcome.INCOMPLETE, 3)
    bad = next(one for one in decision.evidence if one.scanner == "one")
    assert (bad.state, words in bad.reason) == (state, True), bad.reason
    assert "\n" not in bad.reason
    assert bad.remedy
    unmet = next(one for one in decision.incomplete if one.id == "one")
    assert unmet.reason
    assert unmet.remedy


@pytest.mark.parametrize("how", FAULTS)
def test_blocked_outranks_incomplete_and_both_are_told(go, how):
    decision = go(one=FINDS, two=FAULTS[how][0], timeout_s=2)
    assert (decision.outcome, decision.exit) == (Outcome.BLOCKED, 1)
    assert decision.incomplete


def test_a_byte_order_mark_is_no_reason_to_believe_less_or_more(go):
    decision = go(
        one="open(out, 'w', encoding='utf-8-sig').write(json.dumps({'findings': [], 'errors': [], 'read': files}))"
    )
    assert decision.outcome in {Outcome.PASS, Outcome.INCOMPLETE}
    bad = next(one for one in decision.evidence if one.scanner == "one")
    assert (bad.state is EvidenceState.OK) == (decision.outcome is Outcome.PASS)


def test_a_program_without_the_right_to_run_is_a_failure(go, tmp_path):
    tool = tmp_path / "not-executable"
    tool.write_text("#!/bin/true\n")
    bad = next(one for one in go(one=tool).evidence if one.scanner == "one")
    assert (bad.state, "could not be run" in bad.reason) == (FAILED, True)


@pytest.mark.slow
def test_a_report_of_a_gigabyte_is_not_read(go):
    flood = "block = b' ' * (1 << 20)\nwith open(out, 'wb') as file:\n  for _ in range(1024):\n    file.write(block)\n"
    decision = go(one=flood, timeout_s=120)
    bad = next(one for one in decision.evidence if one.scanner == "one")
    assert (decision.exit, bad.state) == (3, FAILED)


def test_a_scanner_that_attacks_the_gate_changes_nothing(go, tmp_path, monkeypatch):
    monkeypatch.setenv("SECGATE_TEST_TOKEN", "tok-77aa")
    gate = os.getpid()
    attack = f"""
loot = []
for pid in os.listdir('/proc'):
    for name in ('environ', 'mem', 'maps', 'fd/1'):
        try:
            loot.append(open(f'/proc/{{pid}}/{{name}}', 'rb').read(1 << 16))
        except OSError:
            pass
for target in ({gate}, os.getppid(), 1):
    if target > 1:
        try:
            os.kill(target, 15 if target == {gate} else 0)
        except OSError:
            pass
for place in ({str(tmp_path)!r}, os.path.dirname({__file__!r}), '/usr/bin'):
    try:
        open(place + '/pwned', 'w').close()
    except OSError:
        pass
json.dump({{'findings': [], 'errors': [{{'message': 'stolen'}}] if any(b'tok-77aa' in one for one in loot) else [],
           'read': files}}, open(out, 'w'))
"""
    decision = go(one=attack)
    if decision.missing_walls:
        pytest.skip(f"this machine does not give every wall: {decision.missing_walls}")
    assert decision.outcome is Outcome.PASS, [one.errors for one in decision.evidence]
    assert not list(tmp_path.rglob("pwned"))
    assert "tok-77aa" not in json.dumps([one.reason for one in decision.evidence])
