"""No lockfile of a hostile tree can make the gate hang: reading takes a time that grows with the size and no faster."""

import time

import pytest

from secgate.scan import lockfiles

BYTES = 30_000
CPU_S = 1.0
BEGINNINGS = ("", '{"packages": {', "<project>", "packages:\n", "PODS:\n", "%{", "a==1")
REPEATED = (
    "\n", " ", "\r", "a", "0", "{", "[", '"', '\\"', "(", "<", "<a>", ",", "//", "/*", "a.", "a ", "@", "a@npm:b@1, ",
    "{:hex, :", "a==1 \\\n", "[a]\n", "  a@1.0:\n", "    a (1)\n", "require (\n", '"a":{"version":"1"},', "-r ", "#a ",
)  # fmt: skip


@pytest.mark.parametrize("form", sorted(lockfiles.FORMATS))
def test_reading_takes_bounded_time(form):
    for beginning in BEGINNINGS:
        for repeated in REPEATED:
            content = (beginning + repeated * BYTES)[:BYTES].encode()
            start = time.process_time()
            lockfiles.read(form, content)
            lockfiles.included(form, content)
            assert time.process_time() - start < CPU_S, (beginning, repeated)
