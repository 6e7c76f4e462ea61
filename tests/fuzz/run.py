"""Fuzz, guided by coverage: `python -m fuzz.run SECONDS [TARGET...]`, from `tests/`; all targets where none is named.

What it learns stays in `.fuzz/TARGET/`: the corpus, the log, the slowest input, and the one that a run has stopped at.
With `--keep` in place of the seconds the least of that corpus that covers as much becomes `tests/fuzz/corpus/TARGET/`.
"""

import base64
import re
import shutil
import subprocess
import sys
from pathlib import Path

from fuzz.seeds import seeds
from fuzz.targets import TARGETS

HERE = Path(__file__).parent
LIMITS = ("-timeout=10", "-rss_limit_mb=1024")
"""Of one input: seconds; of the process: megabytes."""
BYTES = {"text": 2_048, "tree": 4_096}
"""Of one input, at most; 32 KiB where nothing else is said."""
_WORD = re.compile(rb"[\w./:$-]{3,40}")
_TOLD = re.compile(
    r"DONE +cov: (?P<edges>\d+)|number_of_executed_units: (?P<runs>\d+)|peak_rss_mb: +(?P<megabytes>\d+)"
)


def folder(target: str) -> Path:
    """Return where what is learned about a target stays."""
    return HERE.parents[1] / ".fuzz" / target


def kept(target: str) -> Path:
    """Return the folder of a target's kept corpus."""
    return HERE / "corpus" / target


def main(seconds: str, *names: str) -> int:
    """Fuzz one target after the other, each for so many seconds; return 1 where something was found."""
    unknown = [name for name in names if name not in TARGETS]
    if unknown:
        sys.exit(f"there is no target {unknown[0]}; known: {', '.join(TARGETS)}")
    for name in names or TARGETS:
        _prepare(name)
    return max([_keep(name) if seconds == "--keep" else _fuzz(name, seconds) for name in names or TARGETS])


def _prepare(name: str) -> None:
    """Write what the fuzzer begins with: seeds, and the words in them."""
    place = folder(name)
    for part in (place / "corpus", place / "seeds", kept(name)):
        part.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(name)):
        (place / "seeds" / str(number)).write_bytes(seed)
    words = {b"secgate"} | {word for seed in seeds(name) for word in _WORD.findall(seed)}
    (place / "words").write_text("".join(f'"{word.decode()}"\n' for word in sorted(words)))


def _fuzz(name: str, seconds: str) -> int:
    """Fuzz, and print a line about it, after the end of the log where something was found; return 1 then."""
    place = folder(name)
    (place / "slowest.seconds").write_text("less than 0.05")
    flags = [f"-max_total_time={seconds}", f"-dict={place / 'words'}", "-print_final_stats=1"]
    code = _engine(name, *flags, place / "corpus", kept(name), place / "seeds")
    log = (place / "log").read_text(errors="replace")
    if code:
        print(*log.splitlines()[-40:], sep="\n")
        print(*(base64.b64encode(path.read_bytes()).decode() for path in _stopped_by(name)), sep="\n")
    figures = {key: int(value) for found in _TOLD.finditer(log) for key, value in found.groupdict().items() if value}
    told = ", ".join(f"{value:,} {key}" for key, value in figures.items())
    slowest = (place / "slowest.seconds").read_text()
    print(f"{name}: {told}, slowest {slowest} s, {f'STOPPED, see {place}' if code else 'nothing found'}", flush=True)
    return 1 if code else 0


def _engine(name: str, *flags: str | Path) -> int:
    place = folder(name)
    always = [*LIMITS, f"-max_len={BYTES.get(name, 32_768)}", f"-artifact_prefix={place}/"]
    argv = [sys.executable, "-m", "fuzz.engine", name, *always, *map(str, flags)]
    with (place / "log").open("wb") as log:
        return subprocess.run(argv, stdout=log, stderr=log, check=False).returncode


def _stopped_by(name: str) -> list[Path]:
    """Return the input that a run has stopped at: the newest."""
    found = [path for kind in ("crash", "timeout", "oom") for path in folder(name).glob(f"{kind}-*")]
    return sorted(found, key=lambda path: path.stat().st_mtime)[-1:]


def _keep(name: str) -> int:
    """Keep the fewest inputs that reach what the seeds do not; return 1 where that cannot be told."""
    place = folder(name)
    least = place / "least"
    shutil.rmtree(least, ignore_errors=True)
    shutil.copytree(place / "seeds", least)
    known = {path.name for path in least.iterdir()}
    if _engine(name, "-set_cover_merge=1", "-use_counters=0", least, place / "corpus", kept(name)):
        print(f"{name}: see {place / 'log'}")
        return 1
    shutil.rmtree(kept(name))
    kept(name).mkdir()
    for path in least.iterdir():
        if path.name not in known:
            path.rename(kept(name) / path.name)
    print(f"{name}: kept {len(list(kept(name).iterdir()))}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
