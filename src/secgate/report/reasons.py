"""Why a verdict is what it is, in half a line: which rule decided, and what it met in the finding."""

from collections.abc import Iterable, Mapping

from secgate.model import Clause, Novelty, Step, Verdict

_NOVELTY: Mapping[Novelty, str] = {
    Novelty.INTRODUCED: "introduced by this change",
    Novelty.NEWLY_DISCLOSED: "newly disclosed",
    Novelty.EXISTING: "there before this change",
}


def because(verdict: Verdict, base: str) -> str:
    """Return which rule decided and what it met in the finding: `rule severe: severity high (>=high)`.

    Args:
        verdict: with its trace, if it has one.
        base: the commit with which the tree was compared; empty: with none.
    """
    steps = {step.rule: step for step in verdict.trace}
    told = [_met(steps[rule], base) if rule in steps else rule for rule in verdict.decided_by or verdict.rules]
    said = f"rule {'; '.join(told)}" if told else "no rule matched"
    return f"{said} · {verdict.why}" if verdict.why else said


def rules_say(verdicts: Iterable[Verdict]) -> tuple[tuple[str, str], ...]:
    """Return each rule that decided, by id, with what its policy says of it: what it refuses, and what to do."""
    deciding = {step.rule: step for one in verdicts for step in one.trace if step.rule in one.decided_by}
    said = {name: " ".join(filter(None, (_sentence(step.title), step.help))) for name, step in deciding.items()}
    return tuple(sorted((name, text) for name, text in said.items() if text))


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def _met(step: Step, base: str) -> str:
    met = [_clause(clause, base) for clause in step.clauses if clause.ok]
    return f"{step.rule}: {', '.join(met)}" if met else step.rule


def _clause(clause: Clause, base: str) -> str:
    if clause.path == "scope":
        return _NOVELTY[Novelty(clause.value)] if base else "nothing earlier to compare with"
    if clause.path in {"when", "anyOf", "allOf", "not"}:
        return f"{clause.path} {clause.test}"
    return f"{clause.path} {clause.value}" + ("" if clause.test == clause.value else f" ({clause.test})")
