"""All attacks, by the tool that they are aimed at."""

from attack import on_bandit, on_checkov, on_lockfiles, on_semgrep, on_trivy

ATTACKS = (*on_bandit.ATTACKS, *on_semgrep.ATTACKS, *on_checkov.ATTACKS, *on_trivy.ATTACKS, *on_lockfiles.ATTACKS)
