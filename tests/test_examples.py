"""The examples hold what they say: something to find for every scanner, and nothing at all."""

import json
from pathlib import Path

from secgate import catalog

EXAMPLES = Path(__file__).parents[1] / "examples"
EXPECTED = json.loads((EXAMPLES / "shop" / "EXPECTED.json").read_bytes())


def test_what_is_expected_names_scanners_and_files_that_exist() -> None:
    entries = [(one["tool"], one["path"], one["rule"]) for one in EXPECTED]
    assert entries == sorted(set(entries))
    assert {tool for tool, _, _ in entries} <= set(catalog.scanners())
    assert all((EXAMPLES / "shop" / path).is_file() for _, path, _ in entries)


def test_the_readme_tells_about_every_file() -> None:
    readme = (EXAMPLES / "shop" / "README.md").read_text(encoding="utf-8")
    spoken = {part.strip() for part in readme.split("`")[1::2]}
    files = {
        path.relative_to(EXAMPLES / "shop").as_posix() for path in (EXAMPLES / "shop").rglob("*") if path.is_file()
    }
    quiet = {"README.md", "shop/__init__.py", "web/package.json"}
    assert {name for name in files if "__pycache__" not in name} - quiet <= spoken


def test_the_key_is_not_one_of_anybody() -> None:
    source = (EXAMPLES / "shop" / "shop" / "accounts.py").read_text(encoding="utf-8")
    assert "AKIAFAKE" in source
    assert "Not a key" in source
