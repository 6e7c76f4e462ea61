"""No lockfile of a hostile tree can make the gate hang: reading takes a time that grows with the size and no faster."""

import time
import tracemalloc

import pytest

from secgate.scan import lockfiles

BYTES = 30_000
CPU_S = 1.0
BEGINNINGS = ("", '{"packages": {', "<project>", "packages:\n", "PODS:\n", "%{", "a==1")
REPEATED = (
    "\n", " ", "\r", "a", "0", "{", "[", '"', '\\"', "(", "<", "<a>", ",", "//", "/*", "a.", "a ", "@", "a@npm:b@1, ",
    "{:hex, :", "a==1 \\\n", "[a]\n", "  a@1.0:\n", "    a (1)\n", "require (\n", '"a":{"version":"1"},', "-r ", "#a ",
)  # fmt: skip


HOSTILE = {
    "a pin and blanks": ("requirements", "a==1" + " " * 200_000 + "x"),
    "a gem and brackets": ("bundler", "GEM\n    a" + " (" * 200_000),
    "names times versions": ("yarn", ", ".join(f"a{n}@1" for n in range(20_000)) + ":\n" + '  version "1"\n' * 20_000),
    "a key of quoted parts": ("cargo", ".".join(['"a b"'] * 50_000) + " = 1\n"),
    "a key behind a text": ("cargo", 'x = {a = """\n\' """, ' + ".".join(["'a b'"] * 200_000) + " = 1}\n"),
    "a long name around many": ("maven", f"<{'a' * 100_000}>{'<b/>' * 90_000}</{'a' * 100_000}>"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_would_grow_with_a_square_takes_bounded_time_and_memory(name):
    form, content = HOSTILE[name]
    start = time.process_time()
    tracemalloc.start()
    try:
        lockfiles.read(form, content.encode())
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()
    assert time.process_time() - start < 20


def test_a_second_version_of_an_entry_is_not_laid_out_as_yarn_would():
    assert lockfiles.read("yarn", b'a@1:\n  version "1"\n  version "2"\n') is None


@pytest.mark.parametrize("form", sorted(lockfiles.FORMATS))
def test_reading_takes_bounded_time(form):
    for beginning in BEGINNINGS:
        for repeated in REPEATED:
            content = (beginning + repeated * BYTES)[:BYTES].encode()
            start = time.process_time()
            lockfiles.read(form, content)
            lockfiles.included(form, content)
            assert time.process_time() - start < CPU_S, (beginning, repeated)
