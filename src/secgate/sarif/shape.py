"""The parts of SARIF 2.1.0 that are read out of other people's files: all optional, whatever the standard says.

A value of another type than the standard's refuses the file; a field that is missing or null does not.
"""

from typing import Any

from msgspec import Struct

Bag = dict[str, Any] | None


class Part(Struct, rename="camel", gc=False):
    """What all parts share. They make a tree, so the garbage collector need not look at them."""


class Message(Part):
    """A text, or the id of one with its arguments."""

    text: str | None = None
    id: str | None = None
    arguments: list[str] | None = None


class Artifact(Part):
    """Names a file: by a URI, or by its place in the list of artifacts."""

    uri: str | None = None
    uri_base_id: str | None = None
    index: int | None = None


class ArtifactEntry(Part):
    """One of the list of artifacts."""

    location: Artifact | None = None


class Region(Part):
    """A part of a file."""

    start_line: int | None = None
    end_line: int | None = None
    start_column: int | None = None
    end_column: int | None = None
    snippet: Message | None = None


class Physical(Part):
    """A part of a file, with the file; the context region is a larger part around it."""

    artifact_location: Artifact | None = None
    region: Region | None = None
    context_region: Region | None = None


class Logical(Part):
    """A function, class or resource."""

    fully_qualified_name: str | None = None
    name: str | None = None


class Place(Part):
    """Where something is."""

    physical_location: Physical | None = None
    logical_locations: list[Logical] | None = None
    message: Message | None = None


class ComponentRef(Part):
    """Names the driver, an extension or a taxonomy."""

    name: str | None = None
    index: int | None = None


class Reference(Part):
    """Names a descriptor: a rule or a taxon."""

    id: str | None = None
    index: int | None = None
    tool_component: ComponentRef | None = None


class Relationship(Part):
    """What a rule has to do with another descriptor."""

    target: Reference | None = None


class Configuration(Part):
    """How a rule is set."""

    level: str | None = None


class Descriptor(Part):
    """A rule or a taxon."""

    id: str = ""
    name: str | None = None
    short_description: Message | None = None
    full_description: Message | None = None
    help: Message | None = None
    help_uri: str | None = None
    message_strings: dict[str, Message] | None = None
    default_configuration: Configuration | None = None
    relationships: list[Relationship] | None = None
    properties: Bag = None


class Component(Part):
    """A driver, an extension or a taxonomy."""

    name: str = ""
    version: str | None = None
    semantic_version: str | None = None
    information_uri: str | None = None
    rules: list[Descriptor] | None = None
    taxa: list[Descriptor] | None = None
    global_message_strings: dict[str, Message] | None = None


class Tool(Part):
    """Who looked."""

    driver: Component
    extensions: list[Component] | None = None


class Notification(Part):
    """What a tool says about its own work."""

    message: Message | None = None
    level: str | None = None
    exception: object = None


class Invocation(Part):
    """One start of the tool."""

    execution_successful: bool | None = None
    exit_signal_name: str | None = None
    exit_signal_number: int | None = None
    process_start_failure_message: str | None = None
    start_time_utc: str | None = None
    end_time_utc: str | None = None
    tool_execution_notifications: list[Notification] | None = None
    tool_configuration_notifications: list[Notification] | None = None


class Provenance(Part):
    """What state of a repository a run is about."""

    revision_id: str | None = None


class Suppression(Part):
    """That somebody wants a result hidden."""

    kind: str | None = None
    status: str | None = None
    justification: str | None = None


class FixDescription(Part):
    """A change that makes a result go away."""

    description: Message | None = None


class Result(Part):
    """One result."""

    rule_id: str | None = None
    rule_index: int | None = None
    rule: Reference | None = None
    kind: str | None = None
    level: str | None = None
    message: Message | None = None
    locations: list[Place] | None = None
    related_locations: list[Place] | None = None
    partial_fingerprints: dict[str, Any] | None = None
    suppressions: list[Suppression] | None = None
    baseline_state: str | None = None
    taxa: list[Reference] | None = None
    fixes: list[FixDescription] | None = None
    properties: Bag = None


class Run(Part):
    """What one tool says."""

    tool: Tool
    results: list[Result] | None = None
    invocations: list[Invocation] | None = None
    artifacts: list[ArtifactEntry] | None = None
    original_uri_base_ids: dict[str, Artifact] | None = None
    taxonomies: list[Component] | None = None
    external_property_file_references: object = None
    version_control_provenance: list[Provenance] | None = None


class Log(Part):
    """The whole file."""

    version: str
    runs: list[Run] | None = None
