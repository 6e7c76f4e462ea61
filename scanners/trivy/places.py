"""Where the results of a report are: in a tree, an image, a bill of materials or a cluster."""

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from secgate.model import ReportError

from . import shapes

# `example/app:1.0 (alpine 3.20.1)`: what Trivy calls the packages of an operating system.
_SYSTEM = re.compile(r"(.*) \([^()]+\)", re.DOTALL)
# What Trivy calls packages that it met one by one; each names its own file.
_GATHERED = {"Java", "Node.js", "Python", "Ruby", "PHP", "Conda", "OS Packages", "Loose File License(s)"}
# The folder in which the gate puts the tree; see README.md, "The folder around the tree".
_AROUND = "secgate-staged"


class Place(Struct, frozen=True):
    """Where a result's findings are: in a tree (no prefix), or in an image, a bill of materials or a cluster."""

    result: shapes.Result
    prefix: str = ""
    image: bool = False
    bill: bool = False

    @property
    def system(self) -> bool:
        """Return whether the result is about an operating system's packages; schema 1 knows no class."""
        return self.result.Class == "os-pkgs" or (not self.result.Class and bool(_SYSTEM.fullmatch(self.result.Target)))

    def path(self, inner: str = "") -> str:
        """Return where a file named in the result is, without anything that would lead out of the root."""
        name = inner or self.result.Target
        if self.bill or (name in _GATHERED and self.result.Class not in {"secret", "config"}):
            name = ""
        elif self.system and not inner:
            name = "" if self.prefix else _untagged(name)
        parts = [part for part in f"{self.prefix}/{name}".split("/") if part not in {"", ".", ".."}]
        return "/".join(parts) or self.result.Type or "unknown"


def places(native: shapes.Artifact | list[shapes.Result]) -> Iterator[Place]:
    """Return the results of a report, each with its place, in the report's order.

    Raises:
        ReportError: the report is of no known schema.
    """
    if isinstance(native, list):
        yield from (Place(one, image=bool(_SYSTEM.fullmatch(one.Target))) for one in native)
    elif native.ClusterName is not None:
        for workload in (*(native.Resources or ()), *(native.Vulnerabilities or ()), *(native.Misconfigurations or ())):
            yield from (_in_cluster(workload, one) for one in workload.Results or ())
    elif native.SchemaVersion == 2:
        image, bill = native.ArtifactType in {"container_image", "vm"}, native.ArtifactType in {"cyclonedx", "spdx"}
        around = Path(native.ArtifactName).name == _AROUND
        for one in native.Results or ():
            if around:
                _strip_tree(one)
            if image and one.Target == native.ArtifactName:
                _take_as_configuration(one)
            yield Place(one, _artifact(native, one) if image or bill else "", image, bill)
    else:
        raise ReportError("the report has no schema that is known: neither 1, nor 2, nor that of a cluster")


def _strip_tree(result: shapes.Result) -> None:
    result.Target = result.Target.removeprefix("tree/")
    for one in result.Misconfigurations or ():
        one.CauseMetadata.Resource = one.CauseMetadata.Resource.removeprefix("tree/")
        for call in one.CauseMetadata.Occurrences or ():
            call.Filename = call.Filename.removeprefix("tree/")


def _take_as_configuration(result: shapes.Result) -> None:
    """Take a result that carries the archive's name as about the image itself, without lines.

    The lines are those of a text that Trivy makes of the image's configuration and that nobody can look at.
    """
    result.Target = ""
    for secret in result.Secrets or ():
        secret.StartLine = 0
    for check in result.Misconfigurations or ():
        check.CauseMetadata.StartLine = 0


def _in_cluster(workload: shapes.Workload, result: shapes.Result) -> Place:
    if result.Class == "config":
        return Place(result, workload.Namespace)
    image = _untagged(result.Target) if result.Class == "os-pkgs" else ""
    names = (workload.Namespace, workload.Kind, workload.Name, image)
    return Place(result, "/".join(filter(None, names)), image=True)


def _artifact(native: shapes.Artifact, result: shapes.Result) -> str:
    """Return an image's or a bill's name without folder, tag and digest: the same from build to build."""
    tags = native.Metadata.RepoTags
    if tags and native.ArtifactType == "container_image":
        return _untagged(tags[0])
    return Path(native.ArtifactName).name or _untagged(result.Target)


def _untagged(target: str) -> str:
    """Return `example/app` for `example/app:1.0@sha256:… (alpine 3.20.1)`."""
    system = _SYSTEM.fullmatch(target)
    folder, slash, name = (system[1] if system else target).partition("@")[0].rpartition("/")
    return folder + slash + name.partition(":")[0]
