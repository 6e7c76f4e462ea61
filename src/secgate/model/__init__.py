"""The frozen values that flow through the gate, from a tree to a decision. Nothing here does any work.

Every value is immutable and total: a field always holds something, so no rule ever meets a missing parent. Field names
are snake_case here and camelCase in every file that secgate writes.
"""

from secgate.errors import ReportError
from secgate.model.context import LOCAL, Context, Event
from secgate.model.decision import (
    ALLOW_INCOMPLETE,
    REPORT_ONLY,
    Action,
    Applies,
    Decision,
    Effect,
    Outcome,
    Pack,
    PolicyRef,
    PolicyRule,
    Requirement,
    RequirementState,
    Scope,
    Subject,
    Unreadable,
    Verdict,
    conclude,
)
from secgate.model.finding import (
    GATE,
    Category,
    Component,
    Confidence,
    Finding,
    License,
    Location,
    Package,
    Related,
    Report,
    Rule,
    Secret,
    Severity,
    Sighting,
    Ternary,
    ToolError,
    Vulnerability,
)
from secgate.model.manifest import Canary, Command, Database, Marker, Reads, RuleSet, Scanner, Source
from secgate.model.run import DatabaseState, Evidence, EvidenceState, Lockfile, Planted, Run, Skip, Status, Task, Wall
from secgate.model.tree import LeftOut, Link, Notice, Suppression, Target, Tree
from secgate.model.value import Number, Value

__all__ = [
    "ALLOW_INCOMPLETE", "GATE", "LOCAL", "REPORT_ONLY", "Action", "Applies", "Canary", "Category", "Command",
    "Component", "Confidence", "Context", "Database", "DatabaseState", "Decision", "Effect", "Event", "Evidence",
    "EvidenceState", "Finding", "LeftOut", "License", "Link", "Location", "Lockfile", "Marker", "Notice", "Number",
    "Outcome", "Pack", "Package", "Planted", "PolicyRef", "PolicyRule", "Reads", "Related", "Report", "ReportError",
    "Requirement", "RequirementState", "Rule", "RuleSet", "Run", "Scanner", "Scope", "Secret", "Severity", "Sighting",
    "Skip", "Source", "Status", "Subject", "Suppression", "Target", "Task", "Ternary", "ToolError", "Tree",
    "Unreadable", "Value", "Verdict", "Vulnerability", "Wall", "conclude",
]  # fmt: skip
