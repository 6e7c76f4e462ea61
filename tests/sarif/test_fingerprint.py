"""Our line hashes are GitHub's, bit for bit."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secgate.sarif.fingerprint import line_hashes

# Published with GitHub's own implementation.
VECTORS = [
    ("", ["c129715d7a2bc9a3:1"]),
    (" a\nb\n  \t\tc\n d", ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]),
    (
        " hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n",
        [
            "e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1",
        ],
    ),
    (
        "Lorem ipsum dolor sit amet.\n" * 10,
        [
            *(f"a7f2ff13bc495cf2:{number}" for number in range(1, 7)),
            "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1", "55ec222b86bcae53:1", "cc97dc7b1d7d8f7b:1",
            "c129715d7a2bc9a3:1",
        ],
    ),
    (
        "x = 2\nx = 1\nprint(x)\nx = 3\nprint(x)\nx = 4\nprint(x)\n",
        [
            "e54938cc54b302f1:1", "bb609acbe9138d60:1", "1131fd5871777f34:1", "5c482a0f8b35ea28:1",
            "54517377da7028d2:1", "2c644846cb18d53e:1", "f1b89f20de0d133:1", "c129715d7a2bc9a3:1",
        ],
    ),
]  # fmt: skip
LINE_ENDS = st.sampled_from(["\n", "\r", "\r\n", "\r \n", " ", "\t", "\r\r\n"])
TEXTS = st.lists(LINE_ENDS | st.text(max_size=30) | st.sampled_from(["x" * 99, "é" * 100, "😀" * 51]), max_size=30)


class Rolling:
    """The published algorithm, unit by unit: a window of 100 that rolls over the text, with a slot for each line."""

    def __init__(self):
        self.window, self.slots = [0] * 100, [0] * 100
        self.hash = self.place = self.line = 0
        self.starting, self.after_cr = True, False
        self.seen, self.hashes = {}, {}

    def emit(self):
        if self.slots[self.place]:
            name = f"{self.hash:x}"
            self.seen[name] = self.seen.get(name, 0) + 1
            self.hashes[self.slots[self.place]] = f"{name}:{self.seen[name]}"
            self.slots[self.place] = 0

    def roll(self, unit):
        self.hash = (self.hash * 37 + unit - self.window[self.place] * 37**100) % 2**64
        self.window[self.place] = unit
        self.place = (self.place + 1) % 100

    def take(self, unit):
        if unit in (0x20, 0x09) or (unit == 0x0A and self.after_cr):
            self.after_cr = False
            return
        self.after_cr = unit == 0x0D
        unit = 0x0A if unit == 0x0D else unit
        self.emit()
        if self.starting:
            self.line += 1
            self.slots[self.place] = self.line
        self.starting = unit == 0x0A
        self.roll(unit)

    def end(self):
        self.take(65535)
        for _ in range(100):
            self.emit()
            self.roll(0)
        return self.hashes


def published(data):
    rolling = Rolling()
    units = data.decode("utf-8", "replace").encode("utf-16-le")
    for low, high in zip(units[::2], units[1::2], strict=True):
        rolling.take(low | high << 8)
    return rolling.end()


@pytest.mark.parametrize(("text", "hashes"), VECTORS)
def test_the_published_values(text, hashes):
    expected = dict(enumerate(hashes, 1))
    assert line_hashes(text.encode(), range(1, 20)) == expected
    assert published(text.encode()) == expected


@given(TEXTS.map("".join).map(str.encode))
def test_any_text_as_the_published_algorithm(data):
    assert line_hashes(data, range(1, 200)) == published(data)


@given(st.binary(max_size=300) | TEXTS.map(lambda parts: "\xff".join(parts).encode("latin-1", "replace")))
def test_any_bytes_as_the_published_algorithm(data):
    assert line_hashes(data, range(1, 400)) == published(data)


@given(TEXTS.map("".join).map(str.encode), st.sets(st.integers(-2, 40)))
def test_only_the_asked_lines_that_exist(data, lines):
    assert line_hashes(data, lines) == {line: text for line, text in published(data).items() if line in lines}


def test_ten_lines_of_a_large_file_are_quick():
    data = b"".join(b"    call(%d)  # one line of code like any other\n" % (number % 5000) for number in range(110_000))
    assert len(data) > 5_000_000
    start = time.process_time()
    hashes = line_hashes(data, range(10_001, 110_001, 10_000))
    assert time.process_time() - start < 1.0, "0.1 s is usual"
    assert [text.partition(":")[2] for text in hashes.values()] == [str(number) for number in range(3, 22, 2)]


def test_nothing_asked_nothing_said():
    assert line_hashes(b"a\n", []) == {}
