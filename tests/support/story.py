"""A small folder judged by two scripted scanners, from beginning to end."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from secgate import catalog
from secgate.gate import Request, check
from secgate.model import Decision, Scanner
from secgate.policy.evaluate import Allowance
from secgate.policy.source import named
from secgate.provision import present
from secgate.scan.plan import Wish
from support import fakes
from support.fakes import GOOD

PACK = """\
apiVersion: secgate.dev/v1
kind: Policy
metadata: {name: p, version: "1.0.0"}
spec:
  evidence:
    required:
      - {id: one, category: sast, anyOf: [one], applies: found}
      - {id: two, category: sast, anyOf: [two], applies: found}
  rules:
    - {id: severe, match: {severity: ">=high"}, scope: introduced, action: block}
"""


class Quiet:
    def started(self, task): ...

    def finished(self, run): ...


def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Decision]:
    """Return a function that judges a small folder with the scanners `one` and `two`, which do as their programs say.

    None stands for a scanner that is not installed, a path for a file that is taken as the program as it is.
    """
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.py").write_text("import os\nos.system(x)\n")
    (root / "b.py").write_text("x = 1\n")
    pack = tmp_path / "p" / "1.yaml"
    pack.parent.mkdir()
    pack.write_text(PACK)
    programs: dict[str, str | Path | None] = {}
    monkeypatch.setattr(catalog, "packs", lambda: {"p@1": pack})
    monkeypatch.setattr(catalog, "folder", lambda name: tmp_path)
    monkeypatch.setattr(catalog, "adapter", fakes.adapter)
    monkeypatch.setattr(catalog, "equivalents", dict)

    def installed(one: Scanner) -> Path | None:
        body = programs[one.id]
        return fakes.program(tmp_path, body, one.id) if isinstance(body, str) else body

    monkeypatch.setattr(present, "installed", installed)

    def judged(
        one: str | Path | None = GOOD, two: str | Path | None = GOOD, jobs: int = 2, path=root, **changes
    ) -> Decision:
        programs.update(one=one, two=two)
        wish = changes.pop("wish", Wish(cores=2))
        allowance = changes.pop("allowance", Allowance())
        asked = {name: changes.pop(name) for name in ("origin", "base", "context") if name in changes}
        decides = changes.pop("decides", None) or named("p@1")
        markers = changes.pop("markers", ())
        scanners = {name: replace(fakes.scanner(name, **changes), markers=markers) for name in ("one", "two")}
        monkeypatch.setattr(catalog, "scanners", lambda: scanners)
        return check(Request(path, wish, decides, allowance, "2026-11-25", jobs, **asked), Quiet())

    return judged
