"""The packs that ship with secgate, by name and major version."""

import re

from secgate import catalog
from secgate.errors import UsageError
from secgate.policy.written import Written, read

_NAME = re.compile(r"([a-z][a-z0-9-]*)@([0-9]+)")


def pack(name: str) -> Written:
    """Return the built-in pack `name@major`.

    Raises:
        UsageError: there is no such pack, or what is installed under its name is another.
    """
    found = _NAME.fullmatch(name)
    known = ", ".join(catalog.packs())
    if not found:
        raise UsageError(f"`{name}` does not name a pack", f"Write name@major. Known: {known}.")
    if name not in catalog.packs():
        raise UsageError(f"there is no pack `{name}`", f"Known: {known}.")
    path = catalog.packs()[name]
    written = read(path.read_bytes(), f"policies/packs/{found[1]}/{found[2]}.yaml", built_in=True)
    about = written.file.metadata
    if (about.name, about.version.partition(".")[0]) != found.groups():
        raise UsageError(
            f"{path}: says that it is `{about.name}` {about.version}, not `{name}`", "Install secgate-ci again."
        )
    return written
