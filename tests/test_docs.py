"""The documentation says what the program does."""

import importlib.util
import itertools
import re
from pathlib import Path

import click
import pytest

from secgate.cli import cli
from secgate.errors import Exit, worst

ROOT = Path(__file__).resolve().parents[1]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("scanners/*/README.md")]
BY_HAND = [path for path in PAGES if path.name not in {"commands.md", "CHANGELOG.md"} and "scanners" not in path.parts]
# Options of other programs that our pages name.
FOREIGN = {
    "--require-hashes",
    "--no-deps",
    "--strict",
    "--hook-type",
    "--hook-stage",
    "--all-files",
    *(
        "--rm",
        "--network",
        "--tmpfs",
        "--volume",
        "--read-only",
        "--cap-drop",
        "--security-opt",
        "--pids-limit",
        "--user",
    ),
    *("--build-arg", "--timestamp", "--owner"),
}


def load_generator():
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def name_of(path):
    return str(path.relative_to(ROOT))


def walk(command, context):
    yield command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            yield from walk(inner, click.Context(inner, context, info_name=name))


COMMANDS = list(walk(cli, click.Context(cli, info_name="secgate", auto_envvar_prefix="SECGATE")))
OPTIONS = [(one, context) for command, context in COMMANDS for one in command.params if isinstance(one, click.Option)]


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_generated_tables_are_up_to_date(path):
    text = path.read_text()
    assert load_generator().generated(text) == text, "make docs"


def test_pages_with_tables_are_all_generated():
    known = {ROOT / page for page in load_generator().PAGES}
    assert {path for path in PAGES if "<!-- generated:" in path.read_text()} <= known


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_links_lead_somewhere(path):
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text())
    assert [one for one in targets if "://" not in one and not (path.parent / one).exists()] == []


@pytest.mark.parametrize("path", BY_HAND, ids=name_of)
def test_named_options_exist(path):
    known = {name for option, _ in OPTIONS for name in option.opts} | {"--help", "--version"}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", re.sub(r"(?m)^.*/pip\W.*$", "", path.read_text())))
    assert named - known - FOREIGN == set()


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_named_make_targets_exist(path):
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text()))
    assert set(re.findall(r"(?:`|\$ )make ([a-z-]+)", path.read_text())) <= targets


@pytest.mark.parametrize(("option", "context"), OPTIONS, ids=lambda one: getattr(one, "name", ""))
def test_the_variable_of_an_option_is_the_one_that_is_documented(option, context, monkeypatch):
    if not option.allow_from_autoenv:
        pytest.skip(f"{option.opts[0]} has none: a variable must not turn a scan into something else")
    documented = load_generator().variable(option, context)
    monkeypatch.setenv(documented, "1")
    assert option.value_from_envvar(context), documented
    assert documented in (ROOT / "docs" / "commands.md").read_text() or not context.command_path.count(" ")


def test_documented_precedence_of_exit_codes_is_the_real_one():
    text = (ROOT / "docs" / "exit-codes.md").read_text()
    order = [Exit(int(one)) for one in re.search(r"the first of ([\d, ]+) is used", text)[1].split(", ")]
    assert set(order) == set(Exit) - {Exit.PASS, Exit.INTERRUPTED}
    assert all(worst([late, early]) is early for early, late in itertools.combinations(order, 2))


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_nobody_is_told_to_install_the_other_secgate(path):
    assert not re.search(r"pip install (-\S+ )*secgate(?!-ci)\b", path.read_text())
