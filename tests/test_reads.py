"""No file of a hostile tree can make the planner hang: every `containing` takes bounded time on bad content."""

import re
import signal

import pytest

from secgate import catalog
from secgate.scan.plan import HEAD_BYTES

ENTRIES = [
    pytest.param(reads.containing, id=f"{scanner.id}-{name}-{reads.kind}")
    for scanner in catalog.scanners().values()
    for name, command in scanner.commands.items()
    for reads in command.reads
    if reads.containing
]
BEGINNINGS = ("", "apiVersion: v1\nkind: Pod\nmetadata:\n", "Resources:\n", "packages:\n", "jobs:\n", "a")
REPEATED = (
    "\n", " ", "\t", "\r\n", "a", "0", "{", "{{", "- ", "(", "[", '"', "=", "==", "a==", "a[", "<", "<package ", ": ",
    " \n", "\n ", "- {{\n", "  - a ", '"dependencies": {', "version: ", "apiVersion:", "kind: x\n", "Type: AWS::", "::",
)  # fmt: skip
CPU_S = 2.0


class TooSlowError(Exception):
    pass


@pytest.mark.parametrize("containing", ENTRIES)
def test_content_is_looked_at_in_bounded_time(containing):
    def stop(number, frame):
        raise TooSlowError

    search = re.compile(containing.encode()).search
    old = signal.signal(signal.SIGVTALRM, stop)
    try:
        for beginning in BEGINNINGS:
            for repeated in REPEATED:
                data = (beginning + repeated * HEAD_BYTES).encode()[:HEAD_BYTES]
                signal.setitimer(signal.ITIMER_VIRTUAL, CPU_S)
                try:
                    search(data)
                except TooSlowError:
                    pytest.fail(f"{beginning!r} and then {repeated!r} takes more than {CPU_S} s of CPU time")
                finally:
                    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    finally:
        signal.signal(signal.SIGVTALRM, old)
