"""VEX documents as they are written: read strictly. What cannot be told apart from a mistake is an error."""

import datetime
import json
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from packageurl import PackageURL

from secgate.catalog import document
from secgate.catalog.document import Document, Key
from secgate.catalog.shaped import shaped
from secgate.errors import UsageError
from secgate.model.vex import VexStatement, VexStatus
from secgate.policy.vex_shape import CycloneDx, OpenVex, Part, Said, Vulnerable

_STATES: Mapping[str, VexStatus] = {
    "resolved": "fixed",
    "resolved_with_pedigree": "fixed",
    "exploitable": "affected",
    "in_triage": "under_investigation",
    "false_positive": "not_affected",
    "not_affected": "not_affected",
}
"""From CycloneDX's words to those of VEX."""
_OTHERS = {
    "payloadType": ("a signed envelope", "Signatures are not verified yet: put the document itself here."),
    "document": ("CSAF", "OpenVEX and CycloneDX are read: convert it."),
}
"""By a key that tells: formats that are not read, and what to do."""


def read(files: Mapping[str, bytes]) -> tuple[VexStatement, ...]:
    """Read documents.

    Args:
        files: by name.

    Returns:
        All statements, in the order of names and then of lines.

    Raises:
        UsageError: one is neither OpenVEX nor CycloneDX, has another shape, or says nothing that could be believed;
            with its place and a remedy.
    """
    return tuple(statement for name, data in sorted(files.items()) for statement in _document(data, name))


def _document(data: bytes, name: str) -> Iterable[VexStatement]:
    try:
        held = json.loads(data)
    except (ValueError, RecursionError) as error:
        at = f":{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise UsageError(f"{name}{at}: is not JSON: {error}", "VEX documents are JSON: mend or remove it.") from error
    loaded = document.parse(data, name)
    held = held if isinstance(held, dict) else {}
    if "@context" in held:
        return _open_vex(loaded)
    if "bomFormat" in held:
        return _cyclone_dx(loaded)
    what, remedy = next(
        (said for key, said in _OTHERS.items() if key in held), ("no VEX document", "Write OpenVEX or CycloneDX.")
    )
    raise loaded.error((), f"is {what}", remedy)


def _open_vex(loaded: Document) -> Iterable[VexStatement]:
    held = shaped(loaded, OpenVex)
    for index, said in enumerate(held.statements):
        key: Key = ("statements", index)
        if said.status == "not_affected" and not (said.justification or said.impact_statement):
            raise _unjustified(loaded, key, "`justification` or `impact_statement`")
        time = _time(loaded, key, said.last_updated or said.timestamp or held.last_updated or held.timestamp)
        for packages, products in _about(loaded, key, said):
            yield VexStatement(
                at=_at(loaded, key),
                status=said.status,
                vulnerability=_names(said.vulnerability.name, said.vulnerability.aliases),
                packages=packages,
                products=products,
                timestamp=time,
                justification=said.justification or "",
                note=said.impact_statement or said.status_notes,
                author=held.author,
            )


def _about(loaded: Document, key: Key, said: Said) -> Iterable[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield packages and what holds them: first the products that are packages themselves, then each with parts."""
    plain: list[str] = []
    for number, product in enumerate(said.products):
        place: Key = (*key, "products", number)
        if not product.subcomponents:
            plain.append(_purl(loaded, place, _own(product), said.status))
            continue
        parts = tuple(
            _purl(loaded, (*place, "subcomponents", index), _own(part), said.status)
            for index, part in enumerate(product.subcomponents)
        )
        names = tuple(filter(None, dict.fromkeys((product.id, product.identifiers.get("purl", "")))))
        if not names:
            raise loaded.error(place, "the product has no name", "Add `@id`.")
        yield parts, names
    if plain:
        yield tuple(plain), ()


def _own(part: Part) -> str:
    return part.identifiers.get("purl") or part.id


def _cyclone_dx(loaded: Document) -> Iterable[VexStatement]:
    held = shaped(loaded, CycloneDx)
    known = _components(held)
    for index, one in enumerate(held.vulnerabilities):
        if one.analysis is None:
            continue
        key: Key = ("vulnerabilities", index)
        status = _STATES[one.analysis.state]
        if status == "not_affected" and not (one.analysis.justification or one.analysis.detail):
            raise _unjustified(loaded, (*key, "analysis"), "`justification` or `detail`")
        time = one.analysis.last_updated or one.analysis.first_issued or one.updated or held.metadata.timestamp
        yield VexStatement(
            at=_at(loaded, key),
            status=status,
            vulnerability=_names(one.id, (other.id for other in one.references)),
            packages=tuple(_affected(loaded, key, one, number, known) for number in range(len(one.affects))),
            timestamp=_time(loaded, key, time),
            justification=one.analysis.justification or "",
            note=one.analysis.detail,
        )


def _components(held: CycloneDx) -> dict[str, str]:
    """Return the package URLs of a bill's components, by how the bill refers to them."""
    found: dict[str, str] = {}
    waiting = [held.metadata.component, *held.components]
    while waiting:
        one = waiting.pop()
        if one.ref:
            found[one.ref] = one.purl
        waiting += one.components
    return found


def _affected(loaded: Document, key: Key, one: Vulnerable, number: int, known: Mapping[str, str]) -> str:
    ref, place = one.affects[number].ref, (*key, "affects", number)
    if one.affects[number].versions:
        raise loaded.error((*place, "versions"), "lists of versions are not read", "Name each version by its purl.")
    # A link into another bill ends with the reference there, which usually is the purl.
    elsewhere = unquote(ref.partition("#")[2]) if ref.startswith("urn:cdx:") else ""
    purl = known.get(ref) or elsewhere or ref
    status = _STATES[one.analysis.state] if one.analysis else "affected"
    return _purl(loaded, (*place, "ref"), purl, status)


def _purl(loaded: Document, key: Key, text: str, status: VexStatus) -> str:
    """Return a package URL in its canonical form."""
    try:
        purl = PackageURL.from_string(text)
    except ValueError as error:
        message = f"`{text}` is no package URL, and leads to none" if text else "there is no package URL"
        raise loaded.error(key, message, "Name the package: pkg:npm/lodash@4.17.20.") from error
    if status == "fixed" and not purl.version:
        raise loaded.error(key, f"`{text}` is fixed in no version that it names", "Write the version after an `@`.")
    return purl.to_string()


def _names(first: str, others: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((first, *others)))


def _unjustified(loaded: Document, key: Key, wanted: str) -> UsageError:
    return loaded.error(key, "it says `not_affected`, and not why", f"Add {wanted}.")


def _time(loaded: Document, key: Key, text: str) -> str:
    try:
        when = datetime.datetime.fromisoformat(text).astimezone(datetime.UTC)
    except (ValueError, OverflowError) as error:
        message = f"there is no time `{text}`" if text else "nothing says when that was known"
        raise loaded.error(key, message, "Write a time like 2026-11-25T12:00:00Z.") from error
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _at(loaded: Document, key: Key) -> str:
    return f"{loaded.name}:{loaded.line(key)}"
