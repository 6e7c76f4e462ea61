"""What is built works elsewhere: the wheel carries the content without samples, the source archive carries all."""

import json
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
import uv
from packaging.requirements import Requirement

from secgate import __version__, catalog

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NOT_SHIPPED = {"samples", "tests", "cases"}


def build(kind, source, target):
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (built,) = target.iterdir()
    return built


def names(wheel):
    with zipfile.ZipFile(wheel) as packed:
        return {name for name in packed.namelist() if ".dist-info/" not in name}


def tracked():
    """Return what git knows of the project, or would if it were added."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout, so nothing says what belongs to the project")
    listed = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(listed, check=True, capture_output=True, text=True).stdout.split("\0")
    return {name for name in found if name and (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("source")
    with tarfile.open(build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))) as packed:
        packed.extractall(folder, filter="data")
    (unpacked,) = folder.iterdir()
    return unpacked


def example(path: Path) -> bool:
    """Return whether it is code that shows a rule: the rule ships, vulnerable code does not."""
    return "rules" in path.parts and path.suffix != ".yaml"


def test_the_wheel_carries_exactly_the_package_and_its_content(wheel):
    files = {Path(name) for name in tracked()}
    code = {str(path.relative_to("src")) for path in files if path.is_relative_to("src/secgate")}
    content = {
        f"secgate/_content/{path}"
        for path in files
        if path.parts[0] in {"scanners", "policies"} and not NOT_SHIPPED & set(path.parts[:-1]) and not example(path)
    }
    assert names(wheel) ^ (code | content) == set()


def test_the_source_archive_is_complete(source):
    packed = {str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()}
    assert (packed - {"PKG-INFO"}) ^ tracked() == set()


def test_the_source_archive_builds_the_same_wheel(source, wheel, tmp_path):
    assert names(build("wheel", source, tmp_path)) ^ names(wheel) == set()


def test_the_installed_wheel_works_from_another_folder(wheel, tmp_path):
    place, elsewhere = tmp_path / "venv", tmp_path / "elsewhere"
    elsewhere.mkdir()
    offline = [uv.find_uv_bin(), "--quiet", "--offline", "--no-config"]
    subprocess.run([*offline, "venv", "--python", sys.executable, str(place)], check=True)
    subprocess.run(
        [*offline, "pip", "install", "--no-deps", "--python", str(place / "bin" / "python"), str(wheel)], check=True
    )
    # The dependencies are those of this environment; its own secgate is behind the one that was just installed.
    (packages,) = place.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(str(Path(uv.__file__).parents[1]) + "\n")

    def run(*command):
        return subprocess.run(command, cwd=elsewhere, check=True, capture_output=True, text=True).stdout

    assert run(str(place / "bin" / "secgate"), "--version") == f"secgate {__version__}\n"
    script = (
        "import json; from secgate import catalog;"
        "print(json.dumps([str(catalog.root()), list(catalog.scanners()), list(catalog.packs())]))"
    )
    root, scanners, packs = json.loads(run(str(place / "bin" / "python"), "-I", "-c", script))
    assert Path(root) == packages / "secgate" / "_content"
    assert (scanners, packs) == (list(catalog.scanners()), list(catalog.packs()))
    assert scanners


def locked(name):
    """Return the pinned versions of a lock by package, after a check that each has a hash."""
    pins = {}
    text = (ROOT / "requirements" / name).read_text()
    for entry in text.replace("\\\n", " ").splitlines():
        if entry and not entry.lstrip().startswith("#"):
            assert " --hash=sha256:" in entry, entry
            package, _, version = entry.partition(" ")[0].partition("==")
            pins[package] = version
    return pins


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("bootstrap.txt", PROJECT["build-system"]["requires"]),
        ("run.txt", PROJECT["project"]["dependencies"]),
        ("test.txt", PROJECT["project"]["optional-dependencies"]["test"]),
        ("lint.txt", PROJECT["project"]["optional-dependencies"]["lint"]),
    ],
)
def test_locks_hold_what_the_project_asks_for(lock, wanted):
    pins = locked(lock)
    for one in map(Requirement, wanted):
        assert one.specifier.contains(pins[one.name.lower().replace("_", "-")]), f"{one}: make lock"


def test_locks_agree_with_each_other():
    pins = {}
    for path in (ROOT / "requirements").glob("*.txt"):
        for package, version in locked(path.name).items():
            assert pins.setdefault(package, version) == version, f"{package}: make lock"
