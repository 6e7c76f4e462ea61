"""What somebody who knows a product says of a vulnerability in it."""

from typing import Literal

from secgate.model.value import Value

VexStatus = Literal["not_affected", "fixed", "affected", "under_investigation"]


class VexStatement(Value, frozen=True):
    """One statement of a VEX document, whatever format it was written in."""

    at: str
    """Where it stands: `.secgate/vex/a.json:12`."""
    status: VexStatus
    vulnerability: tuple[str, ...]
    """Its id first, then other names."""
    packages: tuple[str, ...]
    """The package URLs that it is about; one without a version means all versions."""
    timestamp: str
    """RFC 3339 in UTC; of two statements about the same the later one counts."""
    products: tuple[str, ...] = ()
    """What holds the packages, where the statement names them as parts; empty: the packages themselves are meant."""
    justification: str = ""
    """The format's own label, `vulnerable_code_not_present`."""
    note: str = ""
    """Why, in words."""
    author: str = ""
