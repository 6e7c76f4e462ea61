"""`secgate waive`: write a valid waiver, or say why the policy would not accept it."""

import datetime
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from secgate.cli import options, output
from secgate.cli.explain import DECISION
from secgate.errors import Exit, UsageError
from secgate.gate import Elsewhere, read_file
from secgate.gate import waive as waiving
from secgate.gate.explain import chosen
from secgate.gate.policies import Opened
from secgate.gate.waive import Asked
from secgate.model import Approval, Verdict, WaiverKind
from secgate.policy.explain import Way
from secgate.report import document, safe, words

_KINDS = [kind.value for kind in WaiverKind]
_DAYS = 90


@click.command()
@click.argument("fingerprint")
@click.argument("decision", type=click.Path(path_type=Path), default=DECISION)
@click.option("--reason", default="", metavar="TEXT", help="Why this can be accepted.")
@click.option("--owner", default="", metavar="WHO", help="Who answers for it: @jane, @acme/payments.")
@click.option("--ticket", default="", metavar="ID", help="Where it is followed up.")
@click.option("--expires", default="", metavar="DAY", help="The last day on which it counts: 2027-01-31.")
@click.option("--approved-by", multiple=True, metavar="WHO[=TEAM]", help="Who approves it. Repeatable.")
@click.option(
    "--type",
    "kind",
    envvar="SECGATE_WAIVE_TYPE",
    type=click.Choice(_KINDS),
    default=_KINDS[0],
    show_default=True,
    help="What it is.",
)
@click.option(
    "--rule", multiple=True, metavar="RULE", help="A rule that it lifts. Default: those that block. Repeatable."
)
@click.option("--environment", multiple=True, metavar="NAME", help="Where it counts. Default: everywhere. Repeatable.")
@click.option("--requested-by", default="", metavar="WHO", help="Who asks for it.")
@click.option(
    "--id",
    "name",
    envvar="SECGATE_WAIVE_ID",
    default="",
    metavar="ID",
    help="What it is called. Default: the next free one.",
)
@click.option("--file", default="", metavar="FILE", help="Where it is written. Default: the year's.")
@click.option("--policy", default="", metavar="FILE", help="The policy that must accept it. Default: this folder's.")
@options.mirror
@options.debug
def waive(fingerprint: str, decision: Path, **given: Any) -> int:
    """Write a waiver for one finding of DECISION (what `--json` wrote; default: decision.json).

    At a terminal what is missing is asked for. The waiver is added to a file of waivers, of which nothing else changes;
    what the policy would not accept is not written, and the reason is said. It counts once it is on the branch whose
    policy decides: whoever reviews it there approves it.

    \b
    Examples:
      secgate waive 1f2e3d4c5b6a
      secgate waive 1f2e3d4c5b6a --reason "Only our own PNGs." --owner @acme/payments --ticket SEC-1234 \\
        --expires 2027-01-31 --approved-by @jane=@acme/appsec
    """
    loaded = document.load(read_file(decision, output.NO_DECISION))
    verdict, today = chosen(loaded, fingerprint), output.today()
    policy = waiving.policy(given["policy"], Elsewhere(options.mirrors(given["mirror"])))
    way = waiving.possible(loaded, verdict, policy, today)
    asked = _asked(given, policy, way, verdict, today)
    file = given["file"] or waiving.default_file(policy.pack, today)
    made = waiving.written(loaded, verdict, policy, file, asked)
    place = _place(policy, file)
    place.parent.mkdir(parents=True, exist_ok=True)
    output.write([output.Output(str(place), lambda: made.content)])
    click.echo(
        f"{safe.path(file)}: waiver {asked.id} lifts {', '.join(asked.rules)} until {asked.expires or 'for ever'}"
    )
    click.echo("It counts once it is on the branch whose policy decides. Look at it, and have it reviewed.", err=True)
    return Exit.PASS


def _asked(given: Mapping[str, Any], policy: Opened, way: Way, verdict: Verdict, today: str) -> Asked:
    """Return what the waiver is to hold: what was given, and what somebody at the terminal adds.

    Raises:
        UsageError: something is missing, and nobody can be asked.
    """
    wanted = policy.pack.waiver_policy.require
    missing: list[str] = [
        name for name in ("reason", "owner", "ticket", "expires") if name in wanted and not given[name]
    ]
    if way.max_days is not None and not given["expires"] and "expires" not in missing:
        missing.append("expires")
    approvals = given["approved_by"]
    if len(approvals) < way.approvers:
        missing.append("approved-by")
    said = {name: given[name] for name in ("reason", "owner", "ticket", "expires")}
    if missing:
        _can_ask(missing)
        click.echo(safe.line(f"{words.place(verdict.finding.location)}: {verdict.finding.title}"), err=True)
        click.echo(safe.line(f"What would let it pass: {way.text}."), err=True)
        said |= {name: _prompt(name, way, today) for name in missing if name != "approved-by"}
        approvals = (*approvals, *(_approver(way) for _ in range(way.approvers - len(approvals))))
    return Asked(
        id=given["name"] or waiving.free_id(policy.pack, today),
        type=WaiverKind(given["kind"]),
        rules=tuple(given["rule"]) or way.rules,
        created=today,
        approved_by=tuple(_approval(one, way, today) for one in approvals),
        environments=tuple(given["environment"]),
        requested_by=given["requested_by"],
        **said,
    )


def _can_ask(missing: list[str]) -> None:
    if not sys.stdin.isatty():
        told = ", ".join(f"--{name}" for name in missing)
        raise UsageError(f"the policy wants {', '.join(missing)} of a waiver", f"Give {told}.")


_QUESTIONS: Mapping[str, str] = {
    "reason": "Why can it be accepted",
    "owner": "Who answers for it (@jane, @acme/payments)",
    "ticket": "In which ticket is it followed up",
    "expires": "Until which day",
}


def _prompt(name: str, way: Way, today: str) -> str:
    days = min(way.max_days if way.max_days is not None else _DAYS, _DAYS)
    last = (datetime.date.fromisoformat(today) + datetime.timedelta(days=days)).isoformat()
    answer: str = click.prompt(_QUESTIONS[name], default=last if name == "expires" else None, err=True)
    return answer


def _approver(way: Way) -> str:
    teams = f", as one of {' or '.join(way.teams)}" if way.teams else ""
    answer: str = click.prompt(f"Who approves it{teams} (@jane)", err=True)
    return answer


def _approval(text: str, way: Way, today: str) -> Approval:
    who, _, team = text.partition("=")
    return Approval(who=who, on=today, team=team or (way.teams[0] if len(way.teams) == 1 else ""))


def _place(policy: Opened, file: str) -> Path:
    """Return where a file lies on the disk.

    Raises:
        UsageError: something else is in its way.
    """
    place = policy.root / file
    if place.is_symlink() or (place.exists() and not place.is_file()):
        raise UsageError(f"{file}: is no regular file", "Name another --file.")
    return place
