"""The only room that runs git. It trusts nothing that a repository says about itself."""

from secgate.git.blobs import Object, Read, reading
from secgate.git.listing import NEVER_FETCHED, SUBMODULE, Entry, commit, index, working_tree
from secgate.git.names import refusal
from secgate.git.repository import Repository, opened, root_of

__all__ = [
    "NEVER_FETCHED", "SUBMODULE", "Entry", "Object", "Read", "Repository", "commit", "index", "opened", "reading",
    "refusal", "root_of", "working_tree",
]  # fmt: skip
