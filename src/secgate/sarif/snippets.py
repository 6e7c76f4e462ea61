"""The source text that foreign SARIF quotes: read only to know which secrets to hide, never kept in a finding."""

from collections.abc import Iterator, Sequence

from secgate.model import Finding
from secgate.model.native import decode
from secgate.sarif.foreign import counts
from secgate.sarif.run import SarifRun
from secgate.sarif.shape import Log, Message, Physical, Place, Region, Result


def snippets(data: bytes, runs: Sequence[SarifRun]) -> Iterator[tuple[Finding, str]]:
    """Return the findings of a foreign file that it quotes text for, each with the text.

    Args:
        data: the whole file.
        runs: what `read` made of it.
    """
    for native, run in zip(decode(data, Log).runs or (), runs, strict=True):
        results = filter(counts, native.results or ())
        for result, finding in zip(results, run.findings, strict=True):
            if text := _snippet(result):
                yield finding, text


def _snippet(result: Result) -> str:
    place = (result.locations or [Place()])[0].physical_location or Physical()
    for region in (place.region, place.context_region):
        if text := ((region or Region()).snippet or Message()).text:
            return text
    return ""
