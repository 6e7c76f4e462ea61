"""What is fuzzed: functions of bytes that return nothing, and raise where a promise is broken.

A target passes over the one error that the code documents for bad input. Any other exception is a crash, be it a
traceback of the code or an `assert` of the target.
"""

from collections.abc import Callable, Mapping
from functools import partial

from fuzz import documents, forms, reports, texts, trees

from secgate import catalog

Target = Callable[[bytes], None]

TARGETS: Mapping[str, Target] = {
    **{name: partial(reports.adapter, one, catalog.adapter(name)) for name, one in catalog.scanners().items()},
    "sarif": reports.sarif,
    "tree": trees.tree,
    "text": texts.text,
    "form": forms.form,
    "lockfile": forms.lockfile,
    "document": documents.document,
}
"""By name; every scanner's adapter is one."""
