"""The files that `secgate init` writes, each line explained where it stands.

`examples/github/gate.yml` is the workflow with made-up names; a test holds the two together.
"""

import json
import re
from collections.abc import Iterable

from secgate import __version__

_WORKFLOW = """\
# .github/workflows/secgate.yml: judges every change, and shows the verdict on its pull request.
name: secgate

on:
  # Not pull_request_target: a job there has secrets that a change must not meet. A draft is judged too.
  pull_request:
    types: [opened, synchronize, reopened, ready_for_review]
  merge_group:
  # So that alerts close when what they are about is gone from the branch.
  push:
    branches: [BRANCH]

# Each job gets what it names and nothing else.
permissions: {}

# A newer push to a pull request makes the older run pointless.
concurrency:
  group: secgate-${{ github.ref }}
  cancel-in-progress: ${{ github.event_name == 'pull_request' }}

jobs:
  gate:
    # A job of its own: nothing from the tree runs in it, so nothing can change what the gate sees.
    name: The gate
    runs-on: ubuntu-24.04
    timeout-minutes: 60
    permissions:
      contents: read
      pull-requests: write # the comment, and the remarks in the change
    outputs:
      sarif: ${{ steps.gate.outputs.sarif }}
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          fetch-depth: 0 # what is new is found in the history
          persist-credentials: false # no token in the clone
      # By commit, not by tag: a tag can be moved.
      - id: gate
        uses: USES # vVERSION
      - uses: actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1
        if: ${{ always() && steps.gate.outputs.sarif == 'ready' }}
        with:
          name: secgate-sarif
          path: ${{ steps.gate.outputs.sarif-folder }}
          retention-days: 5
      # For reporter.yml, which tells of forks: their own runs have a token that only reads.
      - uses: actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a # v7.0.1
        if: >-
          ${{ always() && github.event_name == 'pull_request'
          && github.event.pull_request.head.repo.full_name != github.repository }}
        with:
          name: secgate
          path: ${{ steps.gate.outputs.folder }}
          retention-days: 1

  alerts:
    # What may write alerts sees neither the tree nor the scanners.
    name: Alerts in code scanning
    needs: gate
    if: ${{ always() && needs.gate.outputs.sarif == 'ready' && github.event_name != 'merge_group' }}
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    permissions:
      actions: read # of a private repository
      contents: read
      security-events: write # the alerts
    steps:
      - uses: actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1
        with:
          name: secgate-sarif
          path: sarif
      - uses: github/codeql-action/upload-sarif@7188fc363630916deb702c7fdcf4e481b751f97a # v4.37.1
        with:
          sarif_file: sarif
"""

_POLICY = """\
# Whether a change may be merged. This file counts as it is on the branch that the change goes to, never as in it.
# docs/policy.md says what else can stand here; `secgate policy lint` checks it, `secgate policy show` explains it.
apiVersion: secgate.dev/v1
kind: Policy
metadata:
  name: NAME
  version: "1.0.0"
spec:
  # What a team should refuse on its first day: sure secrets, and critical or high findings that a change introduces.
  # All the rest warns. This file can add rules and be stricter, not milder.
  extends:
    - pack: recommended@1
"""

_RELEASES = """\
  # Besides the default branch these are protected: their own policy judges what goes to them.
  protectedBranches: ["release/*"]
"""

_HOOKS = """\
# https://pre-commit.com: pre-commit install --hook-type pre-commit --hook-type pre-push
repos:
HOOK"""

HOOK = """\
  - repo: https://github.com/REPOSITORY
    rev: COMMIT # vVERSION
    hooks:
      - id: secgate # at each commit: secrets and code in what is staged, in seconds, without a network
      - id: secgate-full # at each push: the whole gate on the commit
      - id: secgate-install # once, by hand: pre-commit run --hook-stage manual secgate-install --all-files
"""
"""What an existing .pre-commit-config.yaml lacks."""


_TAKEN = {"true", "false", "yes", "no", "on", "off", "y", "n", "null"}
"""What YAML takes for something else than a word."""


def workflow(branch: str, uses: str) -> str:
    """Return the workflow.

    Args:
        branch: the default one.
        uses: `OWNER/NAME@COMMIT`.
    """
    text = _WORKFLOW.replace("[BRANCH]", f"[{_word(branch)}]")
    return text.replace("USES # vVERSION", f"{uses} # v{__version__}")


def policy(name: str, releases: bool) -> str:
    """Return the policy.

    Args:
        name: of the repository.
        releases: whether it has branches of its own for releases.
    """
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower()).strip("-")
    return _POLICY.replace("NAME", plain or "policy") + (_RELEASES if releases else "")


def hooks(uses: str) -> str:
    """Return a configuration of pre-commit with our hooks and nothing else."""
    return _HOOKS.replace("HOOK", hook(uses))


def hook(uses: str) -> str:
    """Return what an existing configuration of pre-commit lacks."""
    repository, _, commit = uses.partition("@")
    text = HOOK.replace("REPOSITORY", repository).replace("COMMIT", commit)
    return text.replace("VERSION", __version__)


def added(lines: Iterable[str]) -> str:
    """Return lines as a diff shows what is new."""
    return "".join(f"+{line}\n" for line in lines)


def _word(branch: str) -> str:
    """Return a pattern that only this branch meets, as YAML reads it back."""
    if branch.replace("-", "").replace("/", "").isalnum() and branch[:1].isalpha() and branch.lower() not in _TAKEN:
        return branch
    return json.dumps(re.sub(r"[+!]", r"\\\g<0>", branch))
