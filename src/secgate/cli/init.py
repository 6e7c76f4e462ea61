"""`secgate init`: the first workflow, policy and hook of a repository."""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from secgate.cli import init_files, options
from secgate.cli.output import Output, write
from secgate.errors import Exit, UsageError
from secgate.gate.beginning import Beginning, look
from secgate.report import safe

WORKFLOW = ".github/workflows/secgate.yml"
POLICY = ".secgate/policy.yaml"
HOOKS = ".pre-commit-config.yaml"
_USES = re.compile(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+@[0-9a-f]{40}", re.ASCII)


@click.command()
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--uses", required=True, envvar="SECGATE_INIT_USES", metavar="OWNER/NAME@COMMIT",
              help="Which secgate the workflow and the hooks use.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Write nothing; show the diff.")
@options.debug
def init(path: Path, uses: str, dry_run: bool) -> int:
    """Write workflow, policy and pre-commit hooks for the repository at PATH (default: this folder).

    It says what it found and who reads it. A file that is there is never touched.

    \b
    Examples:
      secgate init --uses OWNER/secgate@COMMIT --dry-run
      secgate init --uses OWNER/secgate@COMMIT
    """
    if not _USES.fullmatch(uses):
        raise UsageError(f"--uses {uses}: is no action at a full commit id", "Write OWNER/NAME@ and 40 hex digits.")
    found = look(path)
    for line in _told(found):
        click.echo(f"{line[: len(line) - len(line.lstrip())]}{safe.line(line)}", err=True)
    files = _files(found, uses)
    for name in files:
        _reach(found.root, name)
    for name, text in files.items():
        place = found.root / name
        if place.exists() or place.is_symlink():
            _leave(name, uses)
        elif dry_run:
            click.echo(f"--- /dev/null\n+++ b/{name}\n@@ -0,0 +1,{text.count(chr(10))} @@")
            click.echo(init_files.added(text.splitlines()), nl=False)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            write([Output(str(place), text.encode)])
            click.echo(f"{name}: written", err=True)
    if not dry_run:
        click.echo(
            "Commit them, then make the check a required one: docs/github.md, *What makes it binding*.", err=True
        )
    return Exit.PASS


def _files(found: Beginning, uses: str) -> dict[str, str]:
    return {
        WORKFLOW: init_files.workflow(found.branch, uses),
        POLICY: init_files.policy(found.root.name, found.releases),
        HOOKS: init_files.hooks(uses),
    }


def _reach(root: Path, name: str) -> None:
    """Refuse to write through a link, which may lead out of the repository, or below a file.

    Raises:
        UsageError: there is one on the way.
    """
    for parent in Path(name).parents[:-1]:
        place = root / parent
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            raise UsageError(f"{parent}: is no folder, so {name} cannot be written", "Make it a folder of its own.")


def _leave(name: str, uses: str) -> None:
    click.echo(f"{name}: is there already, and is left as it is", err=True)
    if name == HOOKS:
        click.echo("  add to its `repos`:", err=True)
        click.echo(init_files.hook(uses), err=True, nl=False)


def _told(found: Beginning) -> Iterator[str]:
    yield f"{found.root.name}: its default branch is {found.branch}"
    for kind in found.kinds:
        files = f"{kind.files:,} {'file' if kind.files == 1 else 'files'}"
        if kind.scanners:
            yield f"  {kind.name}, {files}: read by {' and '.join(kind.scanners)}"
        else:
            yield f"  {kind.name}, {files}: nobody reads it; a change to one is INCOMPLETE"
    yield "  all files: searched for secrets"
