"""What a pull request shows where there is no verdict on it: as loud as a block, and never mistaken for a pass."""

from collections.abc import Sequence

from secgate.report import safe
from secgate.report.site import Site


def render(reason: str, remedy: str, site: Site) -> str:
    """Return the report as GitHub-flavoured Markdown.

    Args:
        reason: why there is no verdict.
        remedy: what to do about it; empty where nothing is known.
        site: where it will stand.
    """
    commit = site.head or site.commit
    about = f" for commit {site.commit_link(commit)}" if commit else ""
    lines = [
        "## secgate: INCOMPLETE",
        "",
        "> [!CAUTION]",
        f"> **INCOMPLETE**: there is no verdict{about}. Nothing is known about this change: that is no pass.",
        "",
        f"**Why:** {safe.markdown(reason, 600)}",
        "",
    ]
    if remedy:
        lines += [f"**What to do now:** {safe.markdown(remedy, 600)}", ""]
    if site.run:
        lines += ["---", "", f"Told by {safe.link('this run', site.run)}.", ""]
    return safe.commands("\n".join(lines))


def unpublished(troubles: Sequence[tuple[str, str]]) -> str:
    """Return what could not be shown on GitHub, as a part of a step's summary; nothing where all was shown.

    Args:
        troubles: what was not shown, and what to do about it.
    """
    if not troubles:
        return ""
    lines = ["", "### What is not shown on GitHub", "", "The verdict stands all the same.", ""]
    for message, remedy in troubles:
        lines.append(f"- {safe.markdown(message, 600)}" + (f"\\\n  {safe.markdown(remedy, 400)}" if remedy else ""))
    return safe.commands("\n".join([*lines, ""]))
