"""The frozen values that flow through the gate, from a tree to a decision. Nothing here does any work.

Every value is immutable and total: a field always holds something, so no rule ever meets a missing parent. Field names
are snake_case here and camelCase in every file that secgate writes.
"""

from secgate.errors import ReportError
from secgate.model.bundle import Bundle, Held, Resolved
from secgate.model.condition import Caller, Condition, ConditionState
from secgate.model.context import LOCAL, Context, Event
from secgate.model.decision import (
    ALLOW_INCOMPLETE,
    AUDIT,
    REPORT_ONLY,
    Comparison,
    Decision,
    Effect,
    Outcome,
    PolicyRef,
    RequirementState,
    Subject,
    Verdict,
    conclude,
)
from secgate.model.feed import FeedState, KnownFeed
from secgate.model.finding import (
    GATE,
    Category,
    Component,
    Confidence,
    Finding,
    License,
    Location,
    Novelty,
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
from secgate.model.policy import (
    ANYWHERE,
    KEV,
    TARGET_BRANCH,
    Applies,
    Circumstance,
    Environment,
    Feed,
    InlinePolicy,
    Layer,
    NewCode,
    OnMissing,
    Pack,
    Part,
    Place,
    Requirement,
    SeverityPolicy,
    Sla,
    SlaRow,
    Unreadable,
    VexPolicy,
    WaiverPolicy,
)
from secgate.model.rule import (
    BASELINE,
    DEFAULT,
    SLA,
    Action,
    Adjustment,
    Clause,
    Exemption,
    PolicyRule,
    Scope,
    Step,
    WaiverLimits,
)
from secgate.model.run import DatabaseState, Evidence, EvidenceState, Lockfile, Planted, Run, Skip, Status, Task, Wall
from secgate.model.tree import SARIF, STAGED, LeftOut, Link, Notice, Suppression, Target, Tree
from secgate.model.value import Number, Value
from secgate.model.vex import VexStatement
from secgate.model.waiver import Approval, Premise, Waiver, WaiverKind, WaiverUse

__all__ = [
    "ALLOW_INCOMPLETE", "ANYWHERE", "AUDIT", "BASELINE", "DEFAULT", "GATE", "KEV", "LOCAL", "REPORT_ONLY", "SARIF",
    "SLA", "STAGED", "TARGET_BRANCH", "Action", "Adjustment", "Applies", "Approval", "Bundle", "Caller", "Canary",
    "Category", "Circumstance", "Clause", "Command", "Comparison", "Component", "Condition", "ConditionState",
    "Confidence", "Context", "Database", "DatabaseState", "Decision", "Effect", "Environment", "Event", "Evidence",
    "EvidenceState", "Exemption", "Feed", "FeedState", "Finding", "Held", "InlinePolicy", "KnownFeed", "Layer",
    "LeftOut", "License", "Link", "Location", "Lockfile", "Marker", "NewCode", "Notice", "Novelty", "Number",
    "OnMissing", "Outcome", "Pack", "Package", "Part", "Place", "Planted", "PolicyRef", "PolicyRule", "Premise",
    "Reads", "Related", "Report", "ReportError", "Requirement", "RequirementState", "Resolved", "Rule", "RuleSet",
    "Run", "Scanner", "Scope", "Secret", "Severity", "SeverityPolicy", "Sighting", "Skip", "Sla", "SlaRow", "Source",
    "Status", "Step", "Subject", "Suppression", "Target", "Task", "Ternary", "ToolError", "Tree", "Unreadable", "Value",
    "Verdict", "VexPolicy", "VexStatement", "Vulnerability", "Waiver", "WaiverKind", "WaiverLimits", "WaiverPolicy",
    "WaiverUse", "Wall", "conclude",
]  # fmt: skip
