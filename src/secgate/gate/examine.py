"""Whether every scanner still finds what it is known to find."""

from secgate import catalog
from secgate.gate.bench import bench_of
from secgate.model import Evidence
from secgate.scan.plan import longest_first
from secgate.scan.run import Watcher, run
from secgate.scan.trial import trials, tried
from secgate.scan.write import empty_copy


def examine(jobs: int, watcher: Watcher) -> tuple[Evidence, ...]:
    """Let every scanner look for its canaries, known defects, and at nothing else.

    Returns one value for each command that has canaries, sorted by scanner and command: *ok* where it found them all.

    Raises:
        SecgateError: there is no room for the canaries.
    """
    scanners = catalog.scanners()
    with empty_copy() as (folder, scratch):
        planned = {one.task.id: one for one in trials(scanners, folder, scratch / "tasks", catalog.folder)}
        bench = bench_of(folder, scratch / "tasks", scanners)
        runs = run(longest_first([one.task for one in planned.values()]), bench, jobs, watcher)
        return tuple(
            tried(planned[one.task.id], one, catalog.adapter(one.task.scanner.id), folder, str(scratch)) for one in runs
        )
