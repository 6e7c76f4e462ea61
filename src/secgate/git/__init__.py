"""The only room that runs git. It trusts nothing that a repository says about itself."""

from secgate.git.blobs import Object, Read, reading
from secgate.git.history import Dates, since
from secgate.git.listing import NEVER_FETCHED, SUBMODULE, Entry, commit, index, working_tree
from secgate.git.names import refusal
from secgate.git.origin import Origin, asked
from secgate.git.remote import fetched, tip_of
from secgate.git.repository import Repository, opened, root_of
from secgate.git.snapshot import (
    Snapshot,
    committed,
    content,
    contents,
    known,
    merge_base,
    merged_into,
    object_id,
    snapshot,
    tip,
)
from secgate.git.staged import staged

__all__ = [
    "NEVER_FETCHED", "SUBMODULE", "Dates", "Entry", "Object", "Origin", "Read", "Repository", "Snapshot", "asked",
    "commit", "committed", "content", "contents", "fetched", "index", "known", "merge_base", "merged_into", "object_id",
    "opened", "reading", "refusal", "root_of", "since", "snapshot", "staged", "tip", "tip_of", "working_tree",
]  # fmt: skip
