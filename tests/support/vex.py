"""VEX documents of both formats, as their tools write them."""

import json
from typing import Any

LODASH = "pkg:npm/lodash@4.17.20"
CVE = "CVE-2021-23337"


def statement(**changes: Any) -> dict[str, Any]:
    """Return a statement of OpenVEX: lodash is not affected."""
    return {
        "vulnerability": {"name": CVE, "aliases": ["GHSA-35jh-r3h4-6jhm"]},
        "products": [{"@id": LODASH}],
        "status": "not_affected",
        "justification": "vulnerable_code_not_in_execute_path",
        "impact_statement": "No template is made of anything that users send.",
    } | changes


def openvex(*statements: dict[str, Any], **changes: Any) -> str:
    """Return a document of OpenVEX."""
    held = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://acme.example/vex/2026-1",
        "author": "appsec@acme.example",
        "role": "Document Creator",
        "timestamp": "2026-11-20T10:00:00.123456789+01:00",
        "version": 1,
        "tooling": "vexctl",
        "statements": list(statements) or [statement()],
    }
    return json.dumps(held | changes, indent=2)


def vulnerability(**changes: Any) -> dict[str, Any]:
    """Return a vulnerability of CycloneDX: lodash is not affected."""
    return {
        "bom-ref": "v1",
        "id": CVE,
        "source": {"name": "NVD", "url": f"https://nvd.nist.gov/vuln/detail/{CVE}"},
        "references": [{"id": "GHSA-35jh-r3h4-6jhm", "source": {"name": "GitHub"}}],
        "ratings": [{"severity": "high"}],
        "analysis": {
            "state": "not_affected", "justification": "code_not_reachable", "response": ["will_not_fix"],
            "detail": "No template is made of anything that users send.", "firstIssued": "2026-11-20T09:00:00Z",
        },
        "affects": [{"ref": "lodash"}],
    } | changes  # fmt: skip


def cyclonedx(*vulnerabilities: dict[str, Any], **changes: Any) -> str:
    """Return a bill of materials of CycloneDX with what is said of its vulnerabilities."""
    held = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "version": 1,
        "metadata": {"timestamp": "2026-11-19T09:00:00Z", "component": {"type": "application", "name": "shop"}},
        "components": [
            {"type": "library", "name": "web", "bom-ref": "web", "components": [
                {"type": "library", "name": "lodash", "version": "4.17.20", "bom-ref": "lodash", "purl": LODASH}]},
        ],
        "vulnerabilities": list(vulnerabilities) or [vulnerability()],
    }  # fmt: skip
    return json.dumps(held | changes, indent=2)
