"""Trees full of attacks, scanned once by each tool by itself and once by secgate. What came of it lies in files."""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from attack import innocent
from attack.attack import Attack, Effect

from secgate import catalog
from secgate.model import ReportError

VALUE = "tr0ub4dor-9d41c7"
"""The value of an environment variable that nobody may print."""
_RULES = [f"--config={catalog.root()}/scanners/semgrep/rules/{name}" for name in ("python", "javascript", "java")]
_TRIVY = ("--skip-db-update", "--skip-check-update", "--offline-scan", "--cache-dir=@DATABASE@", "--format=json")
BARE: Mapping[str, tuple[str, ...]] = {
    "bandit": ("-r", ".", "-f", "json"),
    "semgrep": ("scan", "--metrics=off", "--disable-version-check", "--no-rewrite-rule-ids", *_RULES, "--json", "."),
    "checkov": ("-d", ".", "--skip-download", "--compact", "--framework", "terraform", "kubernetes", "dockerfile",
                "cloudformation", "-o", "json"),
    "trivy": ("fs", "--scanners=vuln,misconfig,secret", *_TRIVY, "."),
}  # fmt: skip
"""How a person starts each tool in a repository; offline, and Semgrep with the rules that secgate gives it."""


@dataclass(frozen=True)
class Tools:
    """The executables, and a home of secgate's that has them and a database of our own."""

    home: Path
    executables: Mapping[str, Path]
    database: Path


@dataclass(frozen=True)
class Yard:
    """One tree with attacks in it, in a folder of its own."""

    folder: Path
    attacks: tuple[Attack, ...]
    tools: Tools

    @property
    def tree(self) -> Path:
        """Return the repository."""
        return self.folder / "tree"

    @property
    def outside(self) -> Path:
        """Return the folder that nothing in the tree may lead to."""
        return self.folder / "outside"

    def canary(self, attack: Attack) -> Path:
        """Return the file that appears when the attack's code runs."""
        return self.folder / "canaries" / attack.id

    def sentinel(self, attack: Attack) -> str:
        """Return what stands in the files outside of the tree that the attack wants to read."""
        return f"sentinel_{attack.id.replace('-', '_')}"

    @cached_property
    def _environment(self) -> dict[str, str]:
        given = {name: value for attack in self.attacks for name, value in attack.environment.items()}
        filled = {name: self._fill(value, self.attacks[0]).decode() for name, value in given.items()}
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return {
            **kept,
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "SECGATE_TEST_SECRET": VALUE,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_OPTIONAL_LOCKS": "0",
            **filled,
        }

    def build(self) -> None:
        """Write the tree, commit it, and put something outside of it."""
        for name in ("tree", "outside", "canaries", "home", "tmp"):
            (self.folder / name).mkdir(parents=True)
        for attack in (one for one in self.attacks if one.effect is Effect.READS):
            outside = {
                name: content.replace("SENTINEL", self.sentinel(attack)).encode() for name, content in _OUTSIDE.items()
            }
            _write(self.outside / attack.id, outside)
            self._commit(self.outside / attack.id / "module")
        _write(self.tree, {f"innocent/{name}": content.encode() for name, content in innocent.FILES.items()})
        for attack in self.attacks:
            files = {name: self._fill(content, attack) for name, content in attack.files.items()}
            _write(self.tree / attack.place, files)
            for name, target in attack.links.items():
                link = self.tree / attack.place / name
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(self._fill(target, attack).decode())
        self._commit(self.tree)

    def _fill(self, content: str | bytes, attack: Attack) -> bytes:
        up = "/".join([".."] * 30)
        words = {"@CANARY@": str(self.canary(attack)), "@OUTSIDE@": str(self.outside / attack.id), "@UP@": up}
        filled = content.encode() if isinstance(content, str) else content
        for word, value in words.items():
            filled = filled.replace(word.encode(), value.encode())
        return filled

    def _commit(self, folder: Path) -> None:
        self._git(folder, "init", "-q")
        self._git(folder, "add", "-A", "-f")
        self._git(folder, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "-m", "a")

    def _git(self, folder: Path, *arguments: str) -> bytes:
        done = subprocess.run(["git", *arguments], cwd=folder, env=self._environment, capture_output=True, check=True)
        return done.stdout

    def bare(self, tool: str) -> None:
        """Run a tool by itself, as a person would who stands in the repository."""
        chosen = next((one.words for one in self.attacks if one.tool == tool and one.words), BARE[tool])
        words = [word.replace("@DATABASE@", str(self.tools.database)) for word in chosen]
        argv = [str(self.tools.executables[tool]), *words]
        done = subprocess.run(argv, cwd=self.tree, env=self._environment, capture_output=True, check=False)
        (self.folder / f"{tool}.out").write_bytes(done.stdout)
        (self.folder / f"{tool}.err").write_bytes(done.stderr)

    def gate(self, tools: Iterable[str]) -> None:
        """Run secgate with some scanners, from within the tree, and keep all that it says."""
        before = (self._snapshot(), self._git(self.tree, "status", "--porcelain"))
        out = self.folder / "gate"
        out.mkdir()
        argv = [sys.executable, "-I", "-m", "secgate", "scan", ".", *(f"--only={tool}" for tool in tools)]
        argv += [f"--{kind}={out / kind}" for kind in ("json", "sarif", "markdown")]
        environment = {**self._environment, "SECGATE_HOME": str(self.tools.home)}
        done = subprocess.run(argv, cwd=self.tree, env=environment, capture_output=True, check=False)
        (out / "stdout").write_bytes(done.stdout)
        (out / "stderr").write_bytes(done.stderr)
        after = (self._snapshot(), self._git(self.tree, "status", "--porcelain"))
        left = [str(path) for name in ("home", "tmp") for path in (self.folder / name).rglob("*")]
        result = {"code": done.returncode, "same": before == after, "left": left}
        (out / "result").write_text(json.dumps(result))

    def _snapshot(self) -> str:
        """Return a digest of the tree, of its repository and of what lies outside."""
        digest = hashlib.sha256()
        for path in (one for root in (self.tree, self.outside) for one in sorted(root.rglob("*"))):
            digest.update(repr((os.fsencode(path), path.lstat().st_mode, _content(path))).encode())
        return digest.hexdigest()


_OUTSIDE = {
    "plain.py": f"{innocent.PYTHON}# SENTINEL\n",
    "module/main.tf": innocent.VOLUME.replace('"data"', '"SENTINEL"'),
    "pom.xml": (
        "<project><modelVersion>4.0.0</modelVersion><groupId>org.example</groupId><artifactId>parent</artifactId>"
        "<version>1</version><packaging>pom</packaging><properties><there>SENTINEL</there></properties></project>\n"
    ),
}


def _content(path: Path) -> bytes:
    if path.is_symlink():
        return os.fsencode(path.readlink())
    return path.read_bytes() if path.is_file() else b""


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def once(folder: Path, name: str, make: Callable[[], None]) -> None:
    """Call `make` in one of all test processes, once, and let the others wait until it is done."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / f"{name}.done"
        if not done.exists():
            make()
            done.touch()


Sighting = tuple[str, str]
"""Rule and path."""


def bare_sightings(yard: Yard, tool: str) -> set[Sighting] | None:
    """Return what a tool by itself reported, without what it was told to suppress; None where there is no report."""
    try:
        report = catalog.adapter(tool).report((yard.folder / f"{tool}.out").read_bytes())
    except ReportError:
        return None
    root = f"{yard.tree}/"
    return {
        (one.rule.id, os.path.normpath(one.location.path.removeprefix(root)))
        for one in report.findings
        if not one.suppressed_inline
    }


@dataclass(frozen=True)
class Judged:
    """What secgate said about a yard."""

    code: int
    decision: Mapping[str, Any]
    output: bytes
    """Every byte that it wrote: both streams and all reports."""
    untouched: bool
    """The tree, its repository and what lies outside are as they were."""
    left: list[str]
    """What it left behind in the home and the temporary folder."""

    @classmethod
    def read(cls, yard: Yard) -> "Judged":
        """Read what lies in the yard's folder."""
        out = yard.folder / "gate"
        result = json.loads((out / "result").read_bytes())
        decision = json.loads((out / "json").read_bytes()) if (out / "json").exists() else {}
        output = b"\n".join(path.read_bytes() for path in sorted(out.iterdir()))
        return cls(result["code"], decision, output, result["same"], result["left"])

    def sightings(self, tool: str) -> Iterator[tuple[Sighting, str]]:
        """Yield what a tool saw, with the action that was decided."""
        for verdict in self.decision.get("verdicts", ()):
            finding = verdict["finding"]
            seen = [(finding["tool"], finding["rule"]["id"], finding["location"]["path"])]
            seen += [(one["tool"], one["ruleId"], one["location"]["path"]) for one in finding.get("also", ())]
            yield from (((rule, path), verdict["action"]) for name, rule, path in seen if name == tool)

    def named(self, tool: str, path: str) -> bool:
        """Return whether the decision says that the tool did not read this file, or none at all, and is incomplete."""
        gaps = [one for one in self.decision["evidence"] if one["scanner"] == tool and one["state"] in _GAPS]
        unmet = [one for one in self.decision["requirements"] if not one["met"]]
        return any(
            any(one["category"] == gap["category"] and one["reason"].startswith(tool) for one in unmet)
            and (gap["state"] != "partial" or path in gap.get("unread", ()) or path in " ".join(gap.get("errors", ())))
            for gap in gaps
        )


_GAPS = {"partial", "failed", "timed-out"}
