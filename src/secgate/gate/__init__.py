"""The stories that secgate tells: from a tree to a decision, from a report to a decision. The rooms meet here."""

from secgate.gate.bench import bench_of
from secgate.gate.examine import examine
from secgate.gate.ground import Request, authority
from secgate.gate.reports import MAX_REPORT_BYTES, Trust, convert, evaluate, read_file
from secgate.gate.scan import check
from secgate.gate.shelf import Elsewhere

__all__ = [
    "MAX_REPORT_BYTES", "Elsewhere", "Request", "Trust", "authority", "bench_of", "check", "convert", "evaluate",
    "examine", "read_file",
]  # fmt: skip
