"""Packages that come from elsewhere than a public registry: no scanner can know what is wrong with them."""

from collections.abc import Iterable
from itertools import islice

from secgate.globs import matcher
from secgate.model import Notice, Scanner
from secgate.scan.hidden import told
from secgate.scan.lockfiles.origins import Elsewhere, elsewhere

RULE = "package-from-elsewhere"
MAX_PLACES = 200
"""Of one lockfile; further ones are not looked for."""
MAX_TEXT = 200
"""Characters of a name or a place that are told."""


class Origins:
    """Looks into lockfiles for where their packages come from.

    Args:
        scanners: their commands say which files are lockfiles.
    """

    def __init__(self, scanners: Iterable[Scanner]) -> None:
        reads = [reads for one in scanners for command in one.commands.values() for reads in command.reads]
        globs = {one.lockfile: [glob.lower() for glob in one.paths] for one in reads if one.lockfile}
        self._any = matcher(glob for each in globs.values() for glob in each)
        self._forms = [(form, matcher(each)) for form, each in sorted(globs.items())]

    def notices(self, path: str, content: bytes) -> list[Notice]:
        """Return a notice for each place that is no public registry, by line."""
        lower = path.lower()
        if not self._any(lower):
            return []
        found = (one for form, meets in self._forms if meets(lower) for one in elsewhere(form, content))
        return told(path, RULE, sorted((_line(content, one), _said(one)) for one in islice(found, MAX_PLACES)))


def _line(content: bytes, one: Elsewhere) -> int:
    at = content.find(one.written.removeprefix("url+").encode())
    return content.count(b"\n", 0, at) + 1 if at >= 0 else 1


def _said(one: Elsewhere) -> str:
    what = f"`{one.name[:MAX_TEXT]}` comes" if one.name else "A package comes" if "/" in one.place else "Packages come"
    return (
        f"{what} from `{one.place[:MAX_TEXT]}`, which is no public registry: no advisory tells what is wrong with it."
    )
