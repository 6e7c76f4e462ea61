"""The samples of the scanner folders: what each adapter makes of real output, kept where a person can read it.

A case is `scanners/<id>/samples/<case>/raw.*` beside `expected.json` (the report that the adapter must return) or
`refused.txt` (words that its refusal must contain).

    python tests/support/samples.py --write              # write every expected.json again, then read the diff
    python tests/support/samples.py --write bandit trivy  # those of some scanners only
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from secgate import catalog
from secgate.model import Report, ReportError

SCANNERS = sorted(path.parent for path in (catalog.root() / "scanners").glob("*/scanner.yaml"))


@dataclass(frozen=True)
class Sample:
    """One case of one scanner."""

    scanner: str
    folder: Path

    @property
    def id(self) -> str:
        return f"{self.scanner}/{self.folder.name}"

    @property
    def raw(self) -> Path:
        (found,) = self.folder.glob("raw.*")
        return found

    @property
    def expected(self) -> Path:
        return self.folder / "expected.json"

    @property
    def refused(self) -> Path:
        return self.folder / "refused.txt"

    def report(self, raw: bytes | None = None) -> Report:
        """Let the adapter read `raw`, by default the case's own."""
        result: Report = catalog.adapter(self.scanner).report(self.raw.read_bytes() if raw is None else raw)
        return result


def samples() -> list[Sample]:
    """Return every case of every scanner, sorted."""
    return [Sample(scanner.name, case) for scanner in SCANNERS for case in sorted(scanner.glob("samples/*/"))]


def text(report: Report) -> str:
    """Return the canonical form of a report: sorted keys, indented, defaults left out."""
    return msgspec.json.format(msgspec.json.encode(report, order="sorted"), indent=2).decode() + "\n"


def _write(scanners: list[str]) -> None:
    for sample in samples():
        if sample.refused.exists() or (scanners and sample.scanner not in scanners):
            continue
        try:
            sample.expected.write_text(text(sample.report()), encoding="utf-8")
        except ReportError as error:
            sys.exit(f"{sample.id}: is refused ({error}); is a refused.txt missing?")


if __name__ == "__main__":
    if sys.argv[1:2] != ["--write"]:
        sys.exit(__doc__)
    _write(sys.argv[2:])
