"""`secgate publish`: what was decided, shown on GitHub. The only command that takes a token."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from secgate import catalog
from secgate.cli import complain, options
from secgate.errors import Exit, PublishError, UsageError
from secgate.gate import publish as story
from secgate.gate import read_file
from secgate.gate.handed import Handed, handed, resolved
from secgate.gate.publish import Published, Wishes
from secgate.github import runner
from secgate.github.client import connect
from secgate.github.job import Job, job
from secgate.model import Resolved
from secgate.report import annotations, unjudged, upload
from secgate.report.upload import Upload

TOKENS = ("SECGATE_PUBLISH_TOKEN", "GITHUB_TOKEN")
"""The variables that may hold the token, the first one first. It is no option: those can be seen by everybody."""
_RESERVE = 16_384
"""So many bytes of the step's summary are kept for what could not be shown."""


@click.command()
@click.argument("folder", metavar="DECISION", type=click.Path(path_type=Path))
@click.option("--resolved", "agreed", envvar="SECGATE_PUBLISH_RESOLVED", metavar="FILE",
              help="Commit, base and policy that the decision must have.")  # fmt: skip
@click.option("--ended", default="", metavar="CODE", help="How the scan ended: exit code, success, cancelled, …")
@click.option("--sarif", metavar="DIR", help="Write what code scanning gets: for codeql-action/upload-sarif.")
@click.option("--upload", is_flag=True, help="Send it to code scanning here, with the token.")
@click.option("--no-comment", is_flag=True, help="No comment on the pull request.")
@click.option("--no-review", is_flag=True, help="No remarks in the lines of the change.")
@click.option("--author", default=Wishes.author, show_default=True, metavar="LOGIN", help="As whom the token writes.")
@click.option("--key", default=Wishes.key, show_default=True, metavar="WORD", help="Tells several gates apart.")
@options.debug
def publish(folder: Path, **given: Any) -> int:
    """Show a decision on GitHub: comment, remarks, annotations, summary, outputs, alerts.

    DECISION is the folder that the scan wrote: decision.json and *.sarif, and nothing else. It is believed only as far
    as it agrees with the event and with --resolved; without a decision the comment says INCOMPLETE. The token is taken
    from SECGATE_PUBLISH_TOKEN, else from GITHUB_TOKEN. The exit code is the gate's, whatever GitHub takes.

    \b
    Example:
      secgate publish out --ended "$code" --resolved resolved.json --sarif sarif
    """
    about = job(os.environ)
    wishes = _wishes(given)
    decided = handed(folder, about, _agreed(given["agreed"]), given["ended"])
    token = options.token(TOKENS)
    client = connect(token, about.api_url, about.repository) if token else None
    if client:
        decided = story.held(decided, client, about)
    form = upload.render(decided.decision, catalog.scanners()) if decided.decision and about.uploads else Upload()
    _annotate(decided)
    unwritten = _written(form, given["sarif"])
    troubles = [*_summarised(decided, about), *unwritten]
    came = (
        story.publish(decided, form, about, client, wishes)
        if client
        else Published(troubles=(PublishError("there is no token: no comment", f"Set {TOKENS[0]} for this step."),))
    )
    ready = bool(given["sarif"] and form.files) and not unwritten
    return _ended(decided, form, about, Published(came.done, (*troubles, *came.troubles)), ready=ready)


def _wishes(given: Mapping[str, Any]) -> Wishes:
    key = given["key"]
    if not (key.isascii() and key.replace("-", "").isalnum() and key == key.lower() and len(key) <= 40):
        raise UsageError(f"--key {key!a}: is no plain word", "Use lower-case letters, digits and dashes.")
    return Wishes(not given["no_comment"], not given["no_review"], given["upload"], key, given["author"])


def _agreed(place: str | None) -> Resolved:
    return resolved(read_file(Path(place))) if place else Resolved()


def _annotate(decided: Handed) -> None:
    """Print what the runner shows beside the code; it needs no token."""
    lines = annotations.render(decided.decision) if decided.decision else [
        annotations.command("error", "secgate: INCOMPLETE", f"{decided.reason}\n{decided.remedy}")
    ]  # fmt: skip
    for line in lines:
        click.echo(line)


def _summarised(decided: Handed, about: Job) -> list[PublishError]:
    room = runner.room(os.environ) - _RESERVE
    text = story.shown(decided, story.site(about, decided.decision), room)
    try:
        runner.summarise(os.environ, text)
    except PublishError as error:
        return [error]
    return []


def _written(form: Upload, place: str | None) -> list[PublishError]:
    """Write what code scanning gets into a folder of its own: whoever uploads the folder uploads all of it."""
    if not place:
        return []
    folder = Path(place)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            return [PublishError(f"{place} is not empty: no SARIF is written there", "Name a folder of its own.")]
        for number, data in enumerate(form.files, 1):
            (folder / f"secgate-{number}.sarif").write_bytes(data)
    except OSError as error:
        return [PublishError(f"{place} cannot be written: {error.strerror}", "Name another folder.")]
    return []


def _ended(decided: Handed, form: Upload, about: Job, came: Published, *, ready: bool) -> int:
    """Say what is shown and what is not, and return the exit code."""
    for text in (*came.done, *(f"not uploaded: {one}" for one in form.said)):
        click.echo(f"secgate: {text}", err=True)
    for trouble in came.troubles:
        complain(trouble)
    told = [(one.message, one.remedy) for one in came.troubles]
    for line in annotations.unpublished(told):
        click.echo(line)
    outputs = {
        "verdict": decided.decision.outcome.value if decided.decision else "incomplete",
        "exit-code": str(int(decided.exit)),
        "published": "yes" if not came.troubles else "partly" if came.done else "no",
        "sarif": "ready" if ready else "none",
    }
    try:
        runner.summarise(os.environ, unjudged.unpublished(told))
        runner.tell(os.environ, outputs)
    except PublishError as error:
        complain(error)
    if about.reports:
        return Exit.INTERNAL if came.troubles else Exit.PASS
    return decided.exit
