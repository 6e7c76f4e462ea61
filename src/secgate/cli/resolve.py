"""`secgate resolve`: whose policy counts, found out before there is a tree."""

import os
from pathlib import Path

import click
import msgspec

from secgate.cli import options
from secgate.cli.output import Output, write
from secgate.errors import Exit, UsageError
from secgate.gate import Elsewhere, bundle
from secgate.github.context import context, repository_url


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@options.mirror
@options.debug
def resolve(folder: Path, mirror: tuple[str, ...]) -> int:
    """Write FOLDER/bundle.json: the event of this job of GitHub Actions, and the policy that decides about it.

    It asks the repository's server, with GITHUB_TOKEN where that is set, and looks at no tree. FOLDER/resolved.json
    says what a decision must agree with to be published.

    \b
    Example:
      secgate resolve bundle
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no such folder", "Make it first.")
    workspace = Path(os.environ.get("GITHUB_WORKSPACE", "/")).resolve()
    about = context(workspace, os.environ)
    url, token = repository_url(os.environ), os.environ.get("GITHUB_TOKEN", "")
    made, resolved = bundle.resolve(about, url, token, Elsewhere(options.mirrors(mirror)))
    files = {bundle.NAME: made, bundle.RESOLVED: resolved}
    write([Output(str(folder / name), _encoded(value)) for name, value in files.items()])
    return Exit.PASS


def _encoded(value: object) -> options.Render:
    return lambda: msgspec.json.format(msgspec.json.encode(value, order="sorted")) + b"\n"
