"""Names that some file systems cannot tell apart are found, others are left alone."""

import pytest

from secgate.scan.merging import notices


@pytest.mark.parametrize(
    ("paths", "merged"),
    [
        (["A.py", "a.py"], ["a.py"]),
        (["caf\u00e9.py", "cafe\u0301.py"], ["caf\u00e9.py"]),
        (["CAFE\u0301", "caf\u00e9"], ["caf\u00e9"]),
        (["stra\u00dfe", "STRASSE"], ["stra\u00dfe"]),
        (["D/x", "d/X"], ["d/X"]),
        (["A", "a/hooks/x"], ["A"]),
        (["a/B", "a/b/c/d"], ["a/B"]),
        (["x", "x"], ["x"]),
        (["a", "b", "a.py", "d/a", "f/a", "\u00e9", "e"], []),
        (["d/x", "D/y"], []),
        ([], []),
    ],
)
def test_each_later_name_is_noticed(paths, merged):
    found = notices(sorted(paths))
    assert [one.path for one in found] == merged
    assert {one.rule for one in found} <= {"names-that-merge"}
