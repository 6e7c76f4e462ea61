"""Policies for tests: one with a bit of everything, and ways to load it with a change."""

from collections.abc import Mapping

from secgate.model import Pack
from secgate.policy.load import parse
from secgate.policy.parents import Shelf

NAME = ".secgate/policy.yaml"

FULL = """\
apiVersion: secgate.dev/v1
kind: Policy
metadata: {name: mine, version: "1.0.0", owners: ["@acme/appsec"], reviewBy: "2027-03-31"}
spec:
  requires: {secgate: ">=0.0.1"}
  params: {minEpss: 0.1}
  evidence:
    maxAge: 24h
    onMissing: block
    required:
      - {id: code, category: sast, anyOf: [alpha], applies: always}
      - {id: iac, category: iac, anyOf: [beta], applies: {paths: ["**/*.tf"]}}
    feeds:
      - {id: kev, maxAge: 72h, onMissing: block}
  newCode: {basis: baseline, onMissingBaseline: all-new}
  environments:
    - {name: release, when: {ref: ["refs/tags/v*"]}}
    - {name: pr, when: {event: [pull_request]}}
    - {name: dev, when: {}}
  enforcement: {dev: audit}
  components:
    - {name: api, paths: ["services/api/**"], exposure: internet}
  severity: {unknownAs: high, prefer: [alpha]}
  rules:
    - id: severe
      match: {severity: ">=high", confidence: ">=medium"}
      scope: introduced
      action: {default: warn, pr: block}
      except:
        - {match: {location.path: {glob: ["tests/**"]}}, reason: only tests}
    - id: exploitable
      match: {category: [sca]}
      when: 'finding.vuln.epss >= params.minEpss'
      action: block
      waiver: {maxDays: 14, requireApprovers: 2}
    - id: sacred
      match: {category: secret}
      action: block
      waivable: false
      locked: true
    - id: many
      match: {severity: medium}
      action: block
      max: 3
      effectiveFrom: "2026-10-01"
  sla:
    clock: first-seen
    onBreach: block
    rows:
      - {match: {severity: critical}, days: 15}
  waivers:
    approvers: ["@acme/appsec"]
    require: [owner, reason, ticket, expires, approvedBy]
    ticketPattern: "SEC-[0-9]+"
    minReason: 20
    maxDays: {critical: 30, high: 90, secret: 7}
    budget: {active: 2}
  inlineSuppressions: {mode: ratchet}
  children: {addRules: true, loosen: overridable-only, params: [minEpss]}
"""

WAIVERS = """\
apiVersion: secgate.dev/v1
kind: WaiverList
waivers:
  - id: W-1
    type: risk-accepted
    match: {rule.id: B602, location.path: "src/a.py"}
    rules: [severe]
    environments: [pr]
    reason: Only ever called with a constant of ours.
    owner: "@acme/payments"
    ticket: SEC-1
    created: "2026-08-20"
    expires: "2026-11-10"
    expiresWhen: {kev: true, severityAbove: high}
    approvedBy: [{who: "@jane", team: "@acme/appsec", on: "2026-08-21"}]
    expectedMatches: 1
"""

PLACE = ".secgate/waivers/1.yaml"


def load(text: str = FULL, files: Mapping[str, str] | None = None, name: str = NAME) -> Pack:
    """Return a policy, with the other files of its repository by path."""
    held = {path: content.encode() for path, content in (files or {}).items()}
    return parse(text.encode(), name, Shelf(held.get, lambda folder: [one for one in held if one.startswith(folder)]))


def changed(text: str, was: str, becomes: str) -> str:
    """Return a text with one change; the change must be possible."""
    assert was in text, was
    return text.replace(was, becomes, 1)


def rules(*given: str, more: str = "") -> Pack:
    """Return a policy of these rules, each one line of YAML, with further lines below `spec`."""
    listed = "".join(f"    - {one}\n" for one in given)
    return load(f"""\
apiVersion: secgate.dev/v1
kind: Policy
metadata: {{name: p, version: "1.0.0"}}
spec:
  rules:
{listed}{more}""")
