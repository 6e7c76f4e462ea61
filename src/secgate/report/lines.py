"""The decision as plain lines, the way compilers write: for logs, editors and `grep`."""

from secgate.model import Action, Decision, Verdict
from secgate.report import safe, words

_WORD = {Action.BLOCK: "error", Action.WARN: "warning", Action.INFO: "note", Action.PASS: "note"}


def render(decision: Decision) -> str:
    """Return one line for each finding that counts, for each gap and for the verdict, which is last.

    A finding is `PATH:LINE: error|warning|note: TITLE: MESSAGE [TOOL:RULE]`.
    """
    lines = [_finding(one, decision) for one in decision.verdicts if one.action is not Action.PASS]
    for state in decision.incomplete:
        told = " → ".join(filter(None, (state.reason, state.remedy)))
        lines.append(f"secgate: incomplete: {words.CATEGORY[state.category]}: {told}")
    said = words.statements(decision)
    lines += [f"secgate: {': '.join(filter(None, (one.word, one.text)))}" for one in said]
    return safe.commands("".join(f"{safe.line(line, 1_000)}\n" for line in lines))


def _finding(verdict: Verdict, decision: Decision) -> str:
    finding = verdict.finding
    word = "error" if verdict.action.rank >= decision.fail_on.rank else _WORD[verdict.action]
    text = ": ".join(filter(None, (finding.title, words.message(finding))))
    return f"{words.place(finding.location)}: {word}: {text} [{words.rule(finding)}]"
