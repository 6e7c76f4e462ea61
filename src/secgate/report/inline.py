"""What stands at a line of a change: one finding, as the report says it."""

from secgate.model import Decision, Verdict
from secgate.report import safe, words
from secgate.report.listed import BREAK, lines
from secgate.report.site import NOWHERE, Site


def render(verdict: Verdict) -> str:
    """Return one finding as Markdown, without its place, which is where it stands."""
    return safe.commands(BREAK.join(lines(verdict, NOWHERE)))


def above(decision: Decision, site: Site) -> str:
    """Return what stands above all of them."""
    number = words.plural(len(words.blockers(decision)), "finding")
    at = site.commit_link(site.head or site.commit)
    return f"secgate: **{number} to fix** at {at}. Those in lines of this change stand there; the comment lists all."


def gone(site: Site) -> str:
    """Return what is put above a remark that is no longer true."""
    return f"**No longer found** at {site.commit_link(site.head or site.commit)}."
