"""Write the tables of README.md and docs/ that say what the source says: `python docs/generate.py [--check]`.

A table stands between `<!-- generated: NAME -->` and `<!-- end -->`; what is written there by hand is lost. With
`--check` nothing is written, and the exit code is 1 where a page differs from what would be written.
"""

import importlib
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import click

from secgate import catalog
from secgate.cli import cli, policy_page
from secgate.errors import Exit
from secgate.gate import Elsewhere, policies
from secgate.model import Command, EvidenceState, Scanner
from secgate.report.words import CATEGORY
from secgate.scan.own import KINDS

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))

# The attacks are data of the tests.
sys.path.append(str(ROOT / "tests"))

_BLOCK = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)

_EXITS: Mapping[Exit, tuple[str, str]] = {
    Exit.PASS: ("Pass: everything that the policy asks for was looked at, and nothing blocks.", "Merge."),
    Exit.BLOCKED: (
        "Blocked: at least one finding is refused by the policy.",
        "Fix what stands under *to fix before this can pass*.",
    ),
    Exit.USAGE: (
        "Usage: the command line, a file that it names, or a policy is not valid.",
        "Do what the message says.",
    ),
    Exit.INCOMPLETE: (
        "Incomplete: nothing blocks, but not everything was looked at, or part of the history is not here.",
        "Do what the report says under *what was not checked*, or what the message says.",
    ),
    Exit.TRUST: (
        "Trust: a digest or a location is not what it was promised to be, or an option loosens what is protected.",
        "Do what the message says; find out who changed it before you run again.",
    ),
    Exit.INTERNAL: (
        "Internal error: a defect of secgate, or a result that could not be written.",
        "Free the disk or name another file; otherwise report it.",
    ),
    Exit.INTERRUPTED: ("Interrupted: nothing was decided.", "Run again."),
}

_EFFECTS: Mapping[str, str] = {
    "hides": "loses the finding",
    "runs": "runs the code, or writes where the tree says",
    "leaks": "prints the variable",
    "reads": "reads the file and prints from it",
    "breaks": "gives no report",
}

_STATES: Mapping[EvidenceState, str] = {
    EvidenceState.OK: "it read everything that it ought to have read",
    EvidenceState.PARTIAL: "it finished, but left something unread or complained about something",
    EvidenceState.FAILED: "it ended in a way that is not *finished*, its report is not whole, or it missed its canary",
    EvidenceState.TIMED_OUT: "it was ended at its time limit",
    EvidenceState.MISSING: "it, or a database that it needs, is not installed, or it was left out with `--skip`",
    EvidenceState.STALE: "its database is older than its manifest allows, or the report than its policy does",
    EvidenceState.UNVERIFIED: "a report that secgate did not make in this run",
    EvidenceState.NOT_APPLICABLE: "there was nothing for it to read",
}


def evidence_states() -> str:
    """Return the table of what a run can be worth."""
    return _table(("state", "what it means"), [(f"**{state.value}**", _STATES[state]) for state in EvidenceState])


def gate_rules() -> str:
    """Return what the gate itself finds."""
    rows = [(f"`{rule}`", kind.severity.value, kind.title, kind.help) for rule, kind in KINDS.items()]
    return _table(("rule", "severity", "what it says", "what to do"), rows)


def exit_codes() -> str:
    """Return the table of exit codes."""
    rows = [(f"**{code.value}**", _EXITS[code][0], _EXITS[code][1]) for code in Exit]
    return _table(("code", "what it means", "what to do"), rows)


def scanners() -> str:
    """Return one row for each scanner."""
    rows = [
        (f"[{one.title}]({one.homepage})", one.version, one.licence, _looked_for(one), _origins(one))
        for one in catalog.scanners().values()
    ]
    return _table(("scanner", "version", "licence", "looks for problems in", "installed from"), rows)


def _looked_for(scanner: Scanner) -> str:
    return ", ".join(dict.fromkeys(CATEGORY[command.category] for command in scanner.commands.values()))


def _origins(scanner: Scanner) -> str:
    names = {"archive": "release archive", "index": "package index", "module": "Go module"}
    return ", then ".join(
        names[source.kind] + (" (third-party build)" if source.channel == "third-party" else "")
        for source in scanner.sources
    )


def commands_of_scanners() -> str:
    """Return one row for each command of each scanner: what it reads, and what it cannot do without."""
    rows = [
        (f"`{scanner.id}/{name}`", CATEGORY[command.category], _reads(command), f"{command.timeout_s} s",
         f"`{command.database}`" if command.database else "—")
        for scanner in catalog.scanners().values()
        for name, command in sorted(scanner.commands.items())
    ]  # fmt: skip
    return _table(("command", "category", "reads", "time limit", "database"), rows)


def _reads(command: Command) -> str:
    if command.target in {"image", "sbom"}:
        return {"image": "image archives (`--image`)", "sbom": "bills of materials (`--sbom`)"}[command.target]
    return ", ".join(dict.fromkeys(reads.kind for reads in command.reads))


def options() -> str:
    """Return every command with its options."""
    context = click.Context(cli, info_name="secgate", auto_envvar_prefix="SECGATE")
    return "\n\n".join(_command(cli, context))


def _command(group: click.Group, context: click.Context) -> Iterable[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            raise LookupError(name)
        inner = click.Context(command, context, info_name=name)
        yield f"### `{inner.command_path}`"
        yield _first_lines(command.help or "")
        yield f"```console\n$ {' '.join([inner.command_path, *command.collect_usage_pieces(inner)])}\n```"
        if isinstance(command, click.Group):
            yield from _command(command, inner)
        elif rows := [
            _option(one, inner) for one in command.params if isinstance(one, click.Option) and not one.hidden
        ]:
            yield _table(("option", "what it does", "variable"), rows)


def _first_lines(text: str) -> str:
    """Return a help text without its examples, one paragraph a line."""
    paragraphs = re.split(r"\n\s*\n", text.partition("\b")[0].strip())
    return "\n\n".join(_plain(" ".join(one.split())) for one in paragraphs)


def _option(option: click.Option, context: click.Context) -> tuple[str, str, str]:
    names, text = option.get_help_record(context) or ("", "")
    return f"`{names}`", _plain(text), f"`{variable(option, context)}`"


def variable(option: click.Option, context: click.Context) -> str:
    """Return the environment variable that click reads for an option."""
    return str(option.envvar or f"{context.auto_envvar_prefix}_{(option.name or '').upper()}")


def _plain(text: str) -> str:
    """Return a help text with its options set as code, where they are not already."""
    outside_and_inside = text.split("`")
    outside_and_inside[::2] = [re.sub(r"(?<!\w)--[a-z][a-z-]+", r"`\g<0>`", one) for one in outside_and_inside[::2]]
    return "".join(f"`{one}`" if index % 2 else one for index, one in enumerate(outside_and_inside))


def attacks() -> str:
    """Return one row for each attack on a scanner."""
    rows = [
        (
            f"`{one.id}`",
            _titles()[one.tool],
            one.how,
            _EFFECTS[one.effect],
            f"not yet: {one.missing}" if one.missing else "withstands",
        )
        for one in importlib.import_module("attack.attacks").ATTACKS
    ]
    return _table(("attack", "aimed at", "how", "the tool by itself", "secgate"), rows)


def _titles() -> Mapping[str, str]:
    return {name: scanner.title.partition(" ")[0] for name, scanner in catalog.scanners().items()}


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def pack_pages() -> Mapping[str, str]:
    """Return the page of each built-in pack, by its name below the root; each is generated whole."""
    return {
        f"docs/packs/{name.replace('@', '-')}.md": policy_page.page(policies.opened(name, Elsewhere()))
        + "\n[All packs](../policy.md#which-packs-are-there) · this page is generated: `make docs`\n"
        for name in catalog.packs()
    }


def packs() -> str:
    """Return one row for each built-in pack, with its page."""
    rows = [
        (
            f"[`{name}`](packs/{name.replace('@', '-')}.md)",
            policies.opened(name, Elsewhere()).written.file.metadata.description,
        )
        for name in catalog.packs()
    ]
    return _table(("pack", "what it is for"), rows)


BLOCKS: Mapping[str, Callable[[], str]] = {
    "attacks": attacks,
    "evidence-states": evidence_states,
    "gate-rules": gate_rules,
    "exit-codes": exit_codes,
    "scanners": scanners,
    "scanner-commands": commands_of_scanners,
    "options": options,
    "packs": packs,
}


def generated(page: str) -> str:
    """Return the text of a page with its tables written anew."""
    return _BLOCK.sub(lambda found: f"{found[1]}\n{BLOCKS[found[2]]()}\n\n{found[3]}", page)


def main() -> int:
    """Write the pages, or with `--check` name those that differ."""
    differing = []
    pages = {**{name: generated((ROOT / name).read_text(encoding="utf-8")) for name in PAGES}, **pack_pages()}
    for name, new in pages.items():
        old = (ROOT / name).read_text(encoding="utf-8") if (ROOT / name).is_file() else ""
        if new == old:
            continue
        differing.append(name)
        if "--check" not in sys.argv:
            (ROOT / name).parent.mkdir(exist_ok=True)
            (ROOT / name).write_text(new, encoding="utf-8")
    verb = "differs from the source: make docs" if "--check" in sys.argv else "written"
    for name in differing:
        print(f"{name}: {verb}")
    return 1 if differing and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
