"""Reads Trivy's JSON report: schema 2 of `fs`, `image`, `sbom` and `k8s`, the older `k8s` shape, and schema 1."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from secgate.model import (
    Category,
    Confidence,
    Finding,
    License,
    Location,
    Package,
    Related,
    Report,
    ReportError,
    Rule,
    Secret,
    Severity,
    Ternary,
    ToolError,
    Vulnerability,
)
from secgate.model.native import cwe_ids, decode

from . import shapes
from .places import Place, places

_SEVERITY = {name: Severity[name] for name in ("CRITICAL", "HIGH", "MEDIUM", "LOW")}
_DIRECT = {"direct": Ternary.YES, "root": Ternary.YES, "workspace": Ternary.YES, "indirect": Ternary.NO}
# Whose scores count where the source of the severity gives none.
_SCORERS = ("nvd", "ghsa", "redhat")
# Only in these lockfiles does a package without Trivy's `Dev` mark belong to the running program.
_MARKS_DEV = {"npm", "yarn", "pnpm", "bun", "poetry", "uv", "composer", "gradle", "julia"}
# Other names of the same vulnerability; `RHSA-…` and `DSA-…` are advisories about several at once.
_ALIAS = re.compile(r"(?:CVE|GHSA|PYSEC|GO|RUSTSEC|OSV|MAL)-[0-9A-Za-z-]+")
# A file that only holds secrets proves nothing about the files that hold none.
_LISTED = {"lang-pkgs", "config", "license-file", ""}


def prepare(files: Sequence[str], work: Path) -> str:  # noqa: ARG001 - the same whatever is read
    """Put the rules for secrets where no file of the tree has the same name; return the evidence's name.

    Trivy leaves out every file whose path ends the path of `--secret-config`. `.git` is the one name that no file in
    a repository can have.
    """
    rules = Path(__file__).with_name("trusted") / "secret.yaml"
    (work / ".git").write_bytes(rules.read_bytes())
    return "trivy"


def report(raw: bytes) -> Report:
    """Return what Trivy found; see `secgate.model.Report`.

    Findings are sorted and exact repetitions dropped, because Trivy's order changes from run to run.

    Raises:
        ReportError: the report is not Trivy's JSON, or is a bare `null` or `[]`, which a failed run prints too.
    """
    native = decode(raw, shapes.Artifact | list[shapes.Result] | None)  # type: ignore[arg-type]
    if not native:
        raise ReportError("the report holds nothing, not even a head: it cannot be told from that of a failed run")
    top = native if isinstance(native, shapes.Artifact) else shapes.Artifact()
    found_in = list(places(native))
    found: dict[tuple[str, int, str, bytes], Finding] = {}
    for finding in (one for place in found_in for one in _findings(place)):
        found[finding.location.path, finding.location.line, finding.rule.id, msgspec.json.encode(finding)] = finding
    return Report(
        findings=tuple(found[key] for key in sorted(found)),
        errors=tuple(_errors(top, (one.result for one in found_in))),
        covered=tuple(
            sorted({one.result.Target for one in found_in if not one.prefix and one.result.Class in _LISTED})
        ),
        version=top.Trivy.Version,
        packages=_packages(found_in),
    )


def _packages(found_in: Iterable[Place]) -> dict[str, frozenset[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = {}
    for result in (one.result for one in found_in if not one.prefix and one.result.Class == "lang-pkgs"):
        found.setdefault(result.Target, set()).update((one.Name, one.Version) for one in result.Packages or ())
    return {path: frozenset(packages) for path, packages in sorted(found.items())}


def _errors(native: shapes.Artifact, results: Iterable[shapes.Result]) -> Iterator[ToolError]:
    system = native.Metadata.OS
    if system and system.EOSL:
        name = f"{system.Family} {system.Name}".strip()
        yield ToolError(f"{name} is no longer supported by its distribution: newer vulnerabilities are not listed")
    found = (one for result in results for one in result.Vulnerabilities or ())
    bare = {one.VulnerabilityID for one in found if not _SEVERITY.get(one.Severity) and not one.Title + one.Description}
    yield from (ToolError(f"{name} has no details in the database: its severity is not known") for name in sorted(bare))


def _findings(place: Place) -> Iterator[Finding]:
    result = place.result
    listed = sorted(result.Packages or (), key=str)
    packages = {name: one for one in listed for name in (one.ID, one.Identifier.UID) if name}
    yield from (_vulnerability(place, one, packages) for one in result.Vulnerabilities or ())
    yield from (_misconfiguration(place, one) for one in result.Misconfigurations or () if one.Status == "FAIL")
    yield from (_secret(place, one) for one in result.Secrets or ())
    yield from (_license(place, one) for one in result.Licenses or ())
    for modified in result.ExperimentalModifiedFindings or ():
        yield msgspec.structs.replace(_modified(place, modified, packages), suppressed_inline=True)


def _modified(place: Place, modified: shapes.Modified, packages: Mapping[str, shapes.Package]) -> Finding:
    native = modified.Finding
    if isinstance(native, shapes.Vulnerability):
        return _vulnerability(place, native, packages)
    if isinstance(native, shapes.Misconfiguration):
        return _misconfiguration(place, native)
    return _secret(place, native) if isinstance(native, shapes.Secret) else _license(place, native)


def _vulnerability(place: Place, native: shapes.Vulnerability, packages: Mapping[str, shapes.Package]) -> Finding:
    listed = packages.get(native.PkgIdentifier.UID) or packages.get(native.PkgID) or shapes.Package()
    package = _package(place, native, listed)
    path = place.path(native.PkgPath)
    lines = sorted((one.StartLine, one.EndLine) for one in listed.Locations or () if one.StartLine > 0)
    lines_at = [Location(path=path, line=start, end_line=max(start, end)) for start, end in lines if not place.bill]
    title = _line(native.Title)
    what = f"{native.PkgName} {native.InstalledVersion}".strip()
    fixed = package.fixed_versions
    return Finding(
        tool="trivy",
        category=Category.CONTAINER if place.image or place.system else Category.SCA,
        severity=_SEVERITY.get(native.Severity, Severity.UNKNOWN),
        severity_label=native.Severity,
        rule=Rule(
            id=native.VulnerabilityID,
            title=title or native.VulnerabilityID,
            description=native.Description,
            help_uri=native.PrimaryURL,
            cwe=cwe_ids(native.CweIDs or ()),
            varies=True,
        ),
        message=f"{what} has {native.VulnerabilityID}{f': {title}' if title else ''}.",
        location=lines_at[0] if lines_at else Location(path=path, known=False),
        related=tuple(Related(one, f"{what} stands here too") for one in lines_at[1:]),
        fix=f"Upgrade {native.PkgName} from {native.InstalledVersion} to {_either(fixed)}." if fixed else "",
        anchor=_unversioned(package.purl) or native.PkgName,
        vuln=_advisory(native, bool(fixed)),
        package=package,
    )


def _package(place: Place, native: shapes.Vulnerability, listed: shapes.Package) -> Package:
    purl = native.PkgIdentifier.PURL
    runtime = "runtime" if listed.ID and place.result.Type in _MARKS_DEV else "unknown"
    return Package(
        name=native.PkgName,
        version=native.InstalledVersion,
        purl=purl,
        ecosystem=purl.removeprefix("pkg:").partition("/")[0],
        scope="dev" if listed.Dev else runtime,
        direct=Ternary.NO if listed.Indirect else _DIRECT.get(listed.Relationship, Ternary.UNKNOWN),
        fixed_versions=tuple(part.strip() for part in native.FixedVersion.split(",") if part.strip()),
    )


def _advisory(native: shapes.Vulnerability, fixed: bool) -> Vulnerability:
    names = {native.VulnerabilityID, *(one for one in native.VendorIDs or () if _ALIAS.fullmatch(one))}
    known = sorted(one for one in names if one.startswith("CVE-")) if len(names) > 1 else []
    name = native.VulnerabilityID if native.VulnerabilityID.startswith("CVE-") or not known else known[0]
    score, vector, source = _cvss(native)
    return Vulnerability(
        id=name,
        aliases=tuple(sorted(names - {name})),
        cvss=score,
        cvss_vector=vector,
        cvss_source=source,
        fix_available=fixed,
        published=native.PublishedDate,
        status=native.Status,
    )


def _cvss(native: shapes.Vulnerability) -> tuple[float, str, str]:
    scores = native.CVSS or {}
    for source in dict.fromkeys((native.SeveritySource, *_SCORERS, *sorted(scores))):
        for version in ("V40", "V3", "V2"):
            score = scores.get(source, {}).get(f"{version}Score")
            if isinstance(score, float) and score > 0:
                return score, str(scores[source].get(f"{version}Vector", "")), source
    return 0.0, "", ""


def _unversioned(purl: str) -> str:
    plain = purl.partition("?")[0].partition("#")[0]
    return plain.rpartition("@")[0] or plain


def _misconfiguration(place: Place, native: shapes.Misconfiguration) -> Finding:
    cause = native.CauseMetadata
    called = ((place.path(call.Filename), call.Location) for call in cause.Occurrences or () if call.Filename)
    calls = sorted((_lines(*call) for call in called), key=lambda call: (call.path, call.line, call.end_line))
    location = _lines(place.path(), cause)
    if calls and _leaves_the_tree(place.result.Target):
        location, *calls = calls
    return Finding(
        tool="trivy",
        category=Category.CONTAINER if place.image else Category.IAC,
        severity=_SEVERITY.get(native.Severity, Severity.UNKNOWN),
        severity_label=native.Severity,
        rule=Rule(
            id=native.ID,
            title=_line(native.Title),
            description=native.Description.strip(),
            help=native.Resolution,
            help_uri=native.PrimaryURL,
        ),
        message=native.Message or native.Title,
        location=location,
        fix=native.Resolution,
        related=tuple(Related(call, "the module is called here") for call in calls),
        anchor=cause.Resource,
    )


def _leaves_the_tree(target: str) -> bool:
    """Return whether a module's file lies above the scanned folder or was fetched from elsewhere."""
    return target.startswith(("../", "/")) or "?" in target or "::" in target


def _lines(path: str, lines: shapes.Lines) -> Location:
    if lines.StartLine < 1:
        return Location(path=path, known=False)
    return Location(path=path, line=lines.StartLine, end_line=max(lines.StartLine, lines.EndLine))


def _secret(place: Place, native: shapes.Secret) -> Finding:
    title = _line(native.Title) or native.RuleID
    fix = "Take the secret out of the file, revoke it where it is valid, and issue a new one."
    return Finding(
        tool="trivy",
        category=Category.SECRET,
        severity=_SEVERITY.get(native.Severity, Severity.UNKNOWN),
        severity_label=native.Severity,
        confidence=Confidence.HIGH,
        rule=Rule(id=native.RuleID, title=title, help=fix),
        message=f"A secret stands here: {title}.",
        location=_lines(place.path(), native),
        fix=fix,
        secret=Secret(kind=native.RuleID),
    )


def _license(place: Place, native: shapes.License) -> Finding:
    owner = native.PkgName or native.FilePath
    sure = Confidence.HIGH if native.Confidence >= 0.9 else Confidence.MEDIUM
    return Finding(
        tool="trivy",
        category=Category.LICENSE,
        severity=_SEVERITY.get(native.Severity, Severity.UNKNOWN),
        severity_label=native.Severity,
        confidence=sure if native.Confidence else Confidence.UNKNOWN,
        rule=Rule(id=native.Name, title=f"Licence {native.Name}", help_uri=native.Link),
        message=f"{owner} is under {native.Name}{f' ({native.Category})' if native.Category else ''}.",
        location=Location(path=place.path(native.FilePath), known=False),
        anchor=owner,
        package=Package(name=native.PkgName),
        license=License(spdx=native.Name),
    )


def _line(text: str) -> str:
    return " ".join(text.split()).rstrip(".")


def _either(versions: Iterable[str]) -> str:
    *first, last = versions
    return f"{', '.join(first)} or {last}" if first else last
