"""SARIF 2.1.0 → findings and evidence."""

from secgate.model import InlinePolicy
from secgate.sarif.foreign import read_foreign
from secgate.sarif.own import read_own
from secgate.sarif.run import SarifRun

_NOTHING = InlinePolicy()


def read(data: bytes, *, trusted: bool, asked: InlinePolicy = _NOTHING) -> tuple[SarifRun, ...]:
    """Return what each run of a SARIF file says, in the file's order.

    Args:
        data: the whole file; a byte order mark is accepted.
        trusted: true only for a file of which the caller knows that this gate wrote it and that nobody else could
            change it: everything comes back as it was. False for all others: `secgate` properties are not believed.
        asked: what the policy asks of comments that suppress a finding; one that says less, in a file of others,
            suppresses nothing.

    Raises:
        ReportError: it is not whole SARIF, holds no runs or, if trusted, does not carry what secgate writes.
    """
    return read_own(data) if trusted else read_foreign(data, asked)
