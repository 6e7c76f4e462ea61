"""A scanner works where it finds every canary, whatever else it says."""

import pytest
from msgspec.structs import replace
from support import fakes
from support.fakes import FINDS, GOOD

from secgate.model import Canary, EvidenceState
from secgate.scan.run import run
from secgate.scan.trial import trials, tried

CANARIES = (Canary("canary.txt", "{name}.py", finds="R1"), Canary("canary.txt", "{name}.go", finds="R1"))
PARTLY = (
    "rows = [{'path': path, 'line': 1, 'rule': 'R1', 'severity': 'high'} for path in files if path.endswith('.py')]\n"
    "json.dump({'findings': rows, 'errors': [], 'read': files}, open(out, 'w'))\n"
)
COMPLAINS = "sys.stderr.write('odd\\n')\n" + FINDS


class Quiet:
    def started(self, task): ...

    def finished(self, run): ...


SAID = "secgate scan --only fake --verbose shows all that it said"


@pytest.mark.parametrize(
    ("body", "state", "reason", "remedy"),
    [
        (FINDS, EvidenceState.OK, "", ""),
        (COMPLAINS, EvidenceState.OK, "", ""),
        (PARTLY, EvidenceState.FAILED, "did not find 1 of 2 canaries: R1", "secgate tools install fake"),
        (GOOD, EvidenceState.FAILED, "did not find 2 of 2 canaries: R1, R1", "secgate tools install fake"),
        ("sys.exit(3)", EvidenceState.FAILED, "ended with exit code 3", SAID),
        ("print('garbage')", EvidenceState.FAILED, "wrote a report that cannot be read", SAID),
        (None, EvidenceState.MISSING, "is not installed", "secgate tools install fake"),
    ],
)
def test_every_canary_must_be_found(tmp_path, body, state, reason, remedy):
    (tmp_path / "canary.txt").write_text("{name}\n")
    (tmp_path / "tree").mkdir()
    scanner = replace(
        fakes.scanner(canaries=CANARIES),
        commands={**fakes.scanner(canaries=CANARIES).commands, "none": fakes.scanner().commands["check"]},
    )
    (trial,) = trials({"fake": scanner}, tmp_path / "tree", tmp_path / "tasks", lambda name: tmp_path)
    tools = {"fake": fakes.program(tmp_path, body)} if body is not None else {}
    (one,) = run([trial.task], fakes.bench(tmp_path, tools), 1, Quiet())
    evidence = tried(trial, one, fakes.adapter(), str(tmp_path / "tree"), str(tmp_path))
    assert (evidence.state, evidence.remedy, evidence.unread) == (state, remedy, ())
    assert evidence.reason.startswith(reason) if reason else not evidence.reason
