"""`secgate policy`: is a policy valid, does it do what its tests say, and what does it say in the end."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from secgate.cli import options, output, policy_page, policy_text
from secgate.errors import Exit
from secgate.gate import Elsewhere, locks, policies
from secgate.policy import canonical, compare, shape
from secgate.policy.source import PATH

Command = TypeVar("Command", bound=Callable[..., object])


def _form(name: str) -> Callable[[Command], Command]:
    """Return the option that says for whom a command prints."""
    return click.option(
        "--format", "form", envvar=f"SECGATE_POLICY_{name}_FORMAT", type=click.Choice(["text", "json"]), default="text",
        show_default=True, help="For people, or for programs.",
    )  # fmt: skip


_offline = click.option("--offline", is_flag=True, help="Fetch no parent from the network.")
_file = click.argument("policy", required=False, default="", metavar="[FILE|PACK]")
_now = click.option("--now", callback=output.check_day, metavar="TIME", help="As of this time. Default: now.")


def _reaching(command: Command) -> Command:
    """Add the options that say how parents are reached."""
    return _offline(options.mirror(command))


def _elsewhere(mirror: Sequence[str], offline: bool) -> Elsewhere:
    return Elsewhere(options.mirrors(mirror), offline)


@click.group()
def policy() -> None:
    """Check, test, show and format a policy. Without a name that of this folder: .secgate/policy.yaml.

    \b
    Example:
      secgate policy lint
    """


@policy.command()
@_file
@click.option("--strict", is_flag=True, help="Warnings end with 2 too.")
@_form("LINT")
@_now
@_reaching
@options.debug
def lint(policy: str, strict: bool, form: str, now: str, mirror: Sequence[str], offline: bool) -> int:
    """Check a policy with all that it extends, its waivers and its tests.

    What is wrong ends with 2 (4 where a parent is not what it is pinned to be). Warnings change nothing.

    \b
    Examples:
      secgate policy lint
      secgate policy lint org/policy.yaml --strict
    """
    found = policies.linted(policies.opened(policy, _elsewhere(mirror, offline)), now)
    if form == "json":
        click.echo(json.dumps([vars(one) for one in found], indent=2))
    else:
        click.echo(policy_text.warnings(policy or PATH, found), nl=False)
    return Exit.USAGE if strict and found else Exit.PASS


@policy.command()
@click.argument("tests", nargs=-1, metavar="[TEST]...", type=click.Path(path_type=Path, exists=True))
@click.option("--policy", metavar="FILE|PACK", default="", help=f"The policy to test. Default: {PATH}.")
@_form("TEST")
@_reaching
@options.debug
def test(tests: tuple[Path, ...], policy: str, form: str, mirror: Sequence[str], offline: bool) -> int:
    """Run the cases of a policy: files or folders, by default the folder `tests` beside it.

    A case that does not give what it expects ends with 2. Nothing is scanned, and time is what the case says.

    \b
    Examples:
      secgate policy test
      secgate policy test tests --policy org/policy.yaml
    """
    results = policies.tried(policies.opened(policy, _elsewhere(mirror, offline)), tests)
    click.echo(policy_text.results(results, as_json=form == "json"), nl=False)
    return Exit.USAGE if any(one.wrong for one in results) else Exit.PASS


@policy.command()
@_file
@_form("SHOW")
@_reaching
@options.debug
def show(policy: str, form: str, mirror: Sequence[str], offline: bool) -> int:
    """Show what a policy says once all that it extends is in: every rule, where it comes from, what it asks for.

    \b
    Examples:
      secgate policy show
      secgate policy show recommended@1 --format json
    """
    pack = policies.opened(policy, _elsewhere(mirror, offline)).pack
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(pack, order="sorted")).decode())
    else:
        click.echo(policy_text.shown(pack), nl=False)
    return Exit.PASS


@policy.command()
@click.argument("file", required=False, default=PATH, metavar="[FILE]")
@click.option("--check", is_flag=True, help="Write nothing; end with 2 where the file would change.")
@_form("LOCK")
@_reaching
@options.debug
def lock(file: str, check: bool, form: str, mirror: Sequence[str], offline: bool) -> int:
    """Pin what a policy extends: write the commit that each `ref` is now, and the digest of each file.

    Comments and everything else stay. Nothing is written where the policy would not be valid with it.

    \b
    Examples:
      secgate policy lock
      secgate policy lock --check
    """
    made, pins = locks.locked(file, _elsewhere(mirror, offline))
    changed = any(one.changed for one in pins)
    if changed and not check:
        output.write([output.Output(file, partial(bytes, made))])
    click.echo(policy_text.pins(file, pins, as_json=form == "json", check=check), nl=False)
    return Exit.USAGE if check and changed else Exit.PASS


@policy.command()
@_file
@_reaching
@options.debug
def docs(policy: str, mirror: Sequence[str], offline: bool) -> int:
    """Print a page about a policy, in Markdown: what each rule matches, what it asks for where, and what to do.

    \b
    Examples:
      secgate policy docs > docs/policy.md
      secgate policy docs strict@1
    """
    click.echo(policy_page.page(policies.opened(policy, _elsewhere(mirror, offline))), nl=False)
    return Exit.PASS


@policy.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@_form("DIFF")
@_reaching
@options.debug
def diff(old: str, new: str, form: str, mirror: Sequence[str], offline: bool) -> int:
    """Say how NEW differs from OLD, each a file or a pack: what it refuses more, and what it lets through more.

    \b
    Examples:
      secgate policy diff recommended@1 strict@1
      secgate policy diff old.yaml .secgate/policy.yaml --format json
    """
    first, second = (policies.opened(name, _elsewhere(mirror, offline)).merged for name in (old, new))
    found = compare.differences(first, second)
    click.echo(policy_text.differences(found, as_json=form == "json"), nl=False)
    return Exit.PASS


@policy.command()
@click.argument("kind", type=click.Choice(list(shape.KINDS)), default="policy")
@options.debug
def schema(kind: str) -> int:
    """Print the JSON Schema of a kind of file, for editors.

    \b
    Examples:
      secgate policy schema
      secgate policy schema waivers
    """
    click.echo(json.dumps(shape.schema(kind), indent=2))
    return Exit.PASS


@policy.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; end with 2 where a file would change.")
@options.debug
def fmt(files: tuple[Path, ...], check: bool) -> int:
    """Bring files of a policy into one form: the order of keys, line ends, blanks. Comments and values stay.

    \b
    Examples:
      secgate policy fmt .secgate/policy.yaml
      secgate policy fmt --check .secgate/policy.yaml
    """
    changed = []
    for file in files:
        old = canonical.read(file)
        new = canonical.formatted(old, str(file))
        if new != old:
            changed.append(str(file))
            if not check:
                output.write([output.Output(str(file), partial(bytes, new))])
    for name in changed:
        click.echo(f"{name}: {'would change' if check else 'formatted'}", err=True)
    return Exit.USAGE if check and changed else Exit.PASS
