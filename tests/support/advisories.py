"""Our own advisories, invented, with ids of a year that has not come: enough for each ecosystem that tests pin."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support import trivydb

UPDATED = "2026-11-20T06:00:00Z"
_LEVELS = {"UNKNOWN": 0, "LOW": 1, "MEDIUM": 2, "HIGH": 3, "CRITICAL": 4}
_SOURCES = {
    "npm": ("npm::GitHub Security Advisory Npm", "ghsa"),
    "pip": ("pip::GitHub Security Advisory Pip", "ghsa"),
    "go": ("go::GitHub Security Advisory Go", "ghsa"),
    "maven": ("maven::GitHub Security Advisory Maven", "ghsa"),
    "composer": ("composer::GitHub Security Advisory Composer", "ghsa"),
    "rubygems": ("rubygems::GitHub Security Advisory RubyGems", "ghsa"),
    "cargo": ("cargo::GitHub Security Advisory Rust", "ghsa"),
    "nuget": ("nuget::GitHub Security Advisory NuGet", "ghsa"),
}


@dataclass(frozen=True)
class Advisory:
    """One advisory about one package of one ecosystem (`npm`, `pip`, …) or distribution (`wolfi`, `alpine 3.10`)."""

    id: str
    ecosystem: str
    package: str
    severity: str
    title: str
    fixed: str = ""
    affected: str = ""
    """Version constraint, `<4.17.21`; by default everything below `fixed`."""
    cwe: tuple[str, ...] = ()
    vector: str = ""
    score: float = 0.0
    aliases: tuple[str, ...] = ()
    described: bool = True
    """False: only the package's entry exists, so that Trivy finds no details."""
    references: tuple[str, ...] = field(default_factory=tuple)


_NETWORK = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
_STALL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"

ADVISORIES = (
    Advisory("CVE-2099-1001", "pip", "flask", "HIGH", "Session cookie is cached by a proxy", "2.3.2",
             cwe=("CWE-539",), vector=_STALL, score=7.5, aliases=("GHSA-aaaa-0000-1001",)),
    Advisory("CVE-2099-1002", "pip", "werkzeug", "MEDIUM", "Form parser reads without a limit", "2.2.3",
             cwe=("CWE-770",)),
    Advisory("CVE-2099-1003", "pip", "pyyaml", "CRITICAL", "Full loader builds any object", "5.4", cwe=("CWE-20",),
             vector=_NETWORK, score=9.8),
    Advisory("CVE-2099-1004", "pip", "requests", "MEDIUM", "Authorization header follows a redirect", "2.31.0",
             cwe=("CWE-200",)),
    Advisory("CVE-2099-1005", "pip", "pillow", "HIGH", "Image header overflows a buffer", "10.0.1", cwe=("CWE-787",)),
    Advisory("CVE-2099-1006", "pip", "jinja2", "LOW", "Template filter keeps attributes", "", "<9999",
             cwe=("CWE-79",)),
    Advisory("CVE-2099-2001", "npm", "lodash", "HIGH", "Template option runs commands", "4.17.21", cwe=("CWE-94",),
             vector=_NETWORK, score=7.2, aliases=("GHSA-aaaa-0000-2001",)),
    Advisory("CVE-2099-2002", "npm", "minimist", "CRITICAL", "Argument sets a prototype", "1.2.6",
             cwe=("CWE-1321",), vector=_NETWORK, score=9.8),
    Advisory("CVE-2099-2003", "npm", "mocha-like", "MEDIUM", "Reporter hangs on a long title", "2.0.0"),
    Advisory("CVE-2099-2004", "npm", "undescribed", "HIGH", "", "2.0.0", described=False),
    # The canary of Trivy's manifest: not invented, since a real database must know it too.
    Advisory("CVE-2020-11023", "npm", "jquery", "MEDIUM", "Option elements run scripts", "3.5.0", cwe=("CWE-79",)),
    Advisory("CVE-2099-3001", "go", "example.org/lib/parser", "HIGH", "Parser recurses without a limit", "1.2.3"),
    Advisory("CVE-2099-3002", "maven", "org.example:codec", "HIGH", "Codec trusts a length", "2.0.1"),
    Advisory("CVE-2099-3003", "cargo", "example-parser", "LOW", "Parser panics on an empty input", "0.3.1"),
    Advisory("CVE-2099-4001", "wolfi", "openssl", "HIGH", "Handshake leaks memory", "3.3.9-r0"),
    Advisory("CVE-2099-4001", "alpine 3.10", "openssl", "HIGH", "Handshake leaks memory", "1.1.1d-r0"),
    Advisory("CVE-2099-4002", "debian 12", "openssl", "HIGH", "Handshake leaks memory", "3.0.99-1~deb12u1"),
)  # fmt: skip


def write_database(folder: Path, advisories: Iterable[Advisory] = ADVISORIES, updated: str = UPDATED) -> None:
    """Write the advisories as Trivy's database below `folder`; see `trivydb.write_database`."""
    trivydb.write_database(folder, buckets(advisories), updated)


def buckets(advisories: Iterable[Advisory]) -> dict[str, Any]:
    """Return the advisories as the buckets that Trivy looks them up in."""
    root: dict[str, Any] = {"data-source": {}, "vulnerability": {}}
    for advisory in advisories:
        name, source = _SOURCES.get(advisory.ecosystem, (advisory.ecosystem, advisory.ecosystem.partition(" ")[0]))
        root["data-source"][name] = _json({"ID": source, "Name": f"Test data ({source})", "URL": "https://example.org"})
        packages = root.setdefault(name, {})
        packages.setdefault(advisory.package, {})[advisory.id] = _json(_affected(advisory))
        if advisory.described:
            root["vulnerability"][advisory.id] = _json(_details(advisory, source))
    return root


def _affected(advisory: Advisory) -> dict[str, Any]:
    if advisory.ecosystem not in _SOURCES:
        return {"FixedVersion": advisory.fixed}
    found: dict[str, Any] = {"VulnerableVersions": [advisory.affected or f"<{advisory.fixed}"]}
    if advisory.fixed:
        found["PatchedVersions"] = [advisory.fixed]
    if advisory.aliases:
        found["VendorIDs"] = list(advisory.aliases)
    return found


def _details(advisory: Advisory, source: str) -> dict[str, Any]:
    details: dict[str, Any] = {
        "Title": advisory.title,
        "Description": f"{advisory.title} in {advisory.package}.",
        "Severity": advisory.severity,
        "VendorSeverity": {source: _LEVELS[advisory.severity]},
        "CweIDs": list(advisory.cwe),
        "References": list(advisory.references) or [f"https://example.org/{advisory.id}"],
        "PublishedDate": "2099-01-02T03:04:05Z",
        "LastModifiedDate": "2099-02-02T00:00:00Z",
    }
    if advisory.vector:
        details["CVSS"] = {source: {"V3Vector": advisory.vector, "V3Score": advisory.score}}
    return details


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
