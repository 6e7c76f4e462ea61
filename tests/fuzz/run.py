"""Fuzz, guided by coverage: `python -m fuzz.run SECONDS [TARGET...]`, from `tests/`; all targets where none is named.

What it learns stays in `.fuzz/TARGET/`: the corpus, the log, the slowest input, and the input of a crash. With `--keep`
in place of the seconds it takes the least of that corpus that covers as much into `tests/fuzz/corpus/TARGET/`.
"""

import base64
import re
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
    return max([_fuzzed(name, seconds) for name in names or TARGETS])


def _fuzzed(name: str, seconds: str) -> int:
    place = folder(name)
    for part in (place / "corpus", place / "seeds", kept(name)):
        part.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(name)):
        (place / "seeds" / str(number)).write_bytes(seed)
    words = {b"secgate"} | {word for seed in seeds(name) for word in _WORD.findall(seed)}
    (place / "words").write_text("".join(f'"{word.decode()}"\n' for word in sorted(words)))
    (place / "slowest.seconds").write_text("less than 0.05")
    flags = [*LIMITS, f"-max_len={BYTES.get(name, 32_768)}", f"-artifact_prefix={place}/", "-print_final_stats=1"]
    corpora = [str(place / "corpus"), str(kept(name)), str(place / "seeds")]
    if seconds == "--keep":
        flags += ["-set_cover_merge=1", corpora[1], corpora[0], corpora[2]]
    else:
        flags += [f"-max_total_time={seconds}", f"-dict={place / 'words'}", *corpora]
    with (place / "log").open("wb") as log:
        done = subprocess.run([sys.executable, "-m", "fuzz.engine", name, *flags], stdout=log, stderr=log, check=False)
    return _told(name, done.returncode)


def _told(name: str, code: int) -> int:
    """Print a line about a run, after the end of its log where something was found; return 1 then."""
    log = (folder(name) / "log").read_text(errors="replace")
    if code:
        print(*log.splitlines()[-40:], sep="\n")
        print(*(base64.b64encode(path.read_bytes()).decode() for path in _stopped_by(name)), sep="\n")
    figures = {key: int(value) for found in _TOLD.finditer(log) for key, value in found.groupdict().items() if value}
    told = ", ".join(f"{value:,} {key}" for key, value in figures.items())
    slowest = (folder(name) / "slowest.seconds").read_text()
    print(f"{name}: {told}, slowest {slowest} s, {f'CRASH in {folder(name)}' if code else 'nothing found'}", flush=True)
    return 1 if code else 0


def _stopped_by(name: str) -> list[Path]:
    """Return the input that a run has stopped at, the last one of all."""
    found = [path for kind in ("crash", "timeout", "oom") for path in folder(name).glob(f"{kind}-*")]
    return sorted(found, key=lambda path: path.stat().st_mtime)[-1:]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
