"""What is installed on this machine, ready to be used by scanners."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from secgate import catalog
from secgate.model import RuleSet, Scanner
from secgate.provision import databases, place, present, rules
from secgate.scan.run import Bench


def bench_of(staged: Path, scratch: Path, scanners: Mapping[str, Scanner], rule_sets: Iterable[RuleSet] = ()) -> Bench:
    """Return where the scanners will work, with what is installed on this machine."""
    tools = {name: found for name, scanner in scanners.items() if (found := present.installed(scanner))}
    data = {
        (scanner.id, database.id): (place.database_folder(scanner, database), state)
        for scanner in scanners.values()
        for database in scanner.databases
        if (state := databases.state(scanner, database))
    }
    return Bench(staged, scratch, tools, data, catalog.adapter, catalog.folder, rules.contents(rule_sets))
