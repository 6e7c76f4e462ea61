"""What a policy adds to a finding before any rule is asked: component, what feeds say, whose severity counts, age."""

from collections.abc import Callable, Sequence

import msgspec

from secgate import globs
from secgate.model import Component, Finding, Pack, Severity
from secgate.policy.circumstances import Circumstances
from secgate.policy.clock import aging
from secgate.policy.feeds import informing

Completed = Callable[[Finding], Finding]


def completing(pack: Pack, given: Circumstances) -> Completed:
    """Return what completes a finding; each part is left out where the policy has no use for it."""
    parts: list[Completed] = []
    if pack.components:
        parts.append(_owning(pack))
    if given.feeds:
        parts.append(informing(given.feeds))
    if pack.severity.prefer:
        parts.append(_preferring(pack.severity.prefer))
    if pack.sla.clock != "first-seen":
        parts.append(aging(pack.sla.clock, given.now))
    return lambda finding: _through(parts, finding)


def _through(parts: Sequence[Completed], finding: Finding) -> Finding:
    for part in parts:
        finding = part(finding)
    return finding


def _owning(pack: Pack) -> Completed:
    parts = [(globs.matcher(one.paths), Component(one.name, one.exposure, one.owners)) for one in pack.components]
    known: dict[str, Component | None] = {}

    def owned(finding: Finding) -> Finding:
        path = finding.location.path
        if path not in known:
            known[path] = next((component for meets, component in parts if meets(path)), None)
        component = known[path]
        return msgspec.structs.replace(finding, component=component) if component else finding

    return owned


def _preferring(tools: Sequence[str]) -> Completed:
    """Return what gives a finding of several tools the severity of the first of `tools` that rated it."""

    def preferred(finding: Finding) -> Finding:
        if not finding.also:
            return finding
        rated = {one.tool: (one.severity, one.severity_label) for one in reversed(finding.also)}
        rated[finding.tool] = (finding.severity, finding.severity_label)
        for tool in tools:
            severity, label = rated.get(tool, (Severity.UNKNOWN, ""))
            if severity is not Severity.UNKNOWN:
                return msgspec.structs.replace(finding, severity=severity, severity_label=label)
        return finding

    return preferred
