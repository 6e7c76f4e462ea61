"""Feeds in exactly the form in which CISA and FIRST publish them."""

import gzip
import json
from collections.abc import Mapping

KEV_AT = "/sites/default/files/feeds/known_exploited_vulnerabilities.json"
EPSS_AT = "/epss_scores-current.csv.gz"


def entry(cve: str) -> dict[str, object]:
    """Return one vulnerability of CISA's catalogue."""
    return {
        "cveID": cve, "vendorProject": "Acme", "product": "Anvil", "vulnerabilityName": "Acme Anvil Drop Vulnerability",
        "dateAdded": "2026-03-04", "shortDescription": "Acme Anvil can be dropped by anybody.",
        "requiredAction": "Apply mitigations per vendor instructions.", "dueDate": "2026-03-25",
        "knownRansomwareCampaignUse": "Unknown", "notes": "https://acme.example/1 ; https://nvd.nist.gov/vuln/detail/x",
        "cwes": ["CWE-22"],
    }  # fmt: skip


def kev(*cves: str, released: str = "2026-11-24T15:00:10.1234Z", **changes: object) -> bytes:
    """Return CISA's catalogue, which names these vulnerabilities."""
    entries = [entry(one) for one in cves or ("CVE-2021-44228",)]
    held = {
        "title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2026.11.24",
        "dateReleased": released, "count": len(entries), "vulnerabilities": entries,
    }  # fmt: skip
    return json.dumps(held | changes, indent=2).encode()


def epss(scores: Mapping[str, object] | None = None, released: str = "2026-11-25T12:00:22Z", text: str = "") -> bytes:
    """Return FIRST's scores, packed."""
    rows = [f"{cve},{score},0.50000" for cve, score in (scores or {"CVE-2021-44228": 0.94358}).items()]
    lines = [f"#model_version:v2026.06.15,score_date:{released}", "cve,epss,percentile", *rows, ""]
    return gzip.compress((text or "\n".join(lines)).encode(), mtime=0)
