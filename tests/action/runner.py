"""As much of GitHub's runner as a composite action of ours needs: expressions, steps, outputs, conditions."""

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import yaml

ACTION = Path(__file__).resolve().parents[2] / "action.yml"
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")


@dataclass
class Job:
    """One job that runs the action; a start that was skipped has no code."""

    folder: Path
    workspace: Path
    event: Path
    variables: dict[str, str]
    """Of the job's environment: what an earlier step has left there too."""
    inputs: dict[str, str] = field(default_factory=dict)
    image: str = ""
    before: tuple[str, ...] = ()
    """The words before each step's command."""
    log: str = ""
    codes: dict[str, int] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)

    def run(self) -> "Job":
        """Run the action's steps and return the job; its code is that of the first step that failed."""
        action = yaml.safe_load(ACTION.read_text())
        given = {name: one.get("default", "") for name, one in action["inputs"].items()} | self.inputs
        for step in action["runs"]["steps"]:
            if any(self.codes.values()) and "always()" not in step.get("if", ""):
                continue
            self._step(step, given)
        return self

    @property
    def code(self) -> int:
        return next((code for code in self.codes.values() if code), 0)

    def _step(self, step, given):
        name = step["id"]
        script, output = self.folder / f"{name}.sh", self.folder / f"{name}.output"
        script.write_text(step["run"])
        for place in (output, self.folder / f"{name}.summary"):
            place.touch()
        own = {key: self._expand(str(value), given) for key, value in step["env"].items()}
        if self.image:
            own["SECGATE_ACTION_IMAGE"] = self.image
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "CI": "true", "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ACTION.parent), "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_EVENT_PATH": str(self.event), "GITHUB_OUTPUT": str(output),
            "RUNNER_TEMP": str(self.folder / "temp"),
            "GITHUB_STEP_SUMMARY": str(self.folder / f"{name}.summary"), **self.variables, **own,
        }  # fmt: skip
        (self.folder / "temp").mkdir(exist_ok=True)
        argv = [*self.before, *(str(script) if word == "{0}" else word for word in step["shell"].split())]
        done = subprocess.run(
            argv, env=environment, cwd=self.workspace, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=900,
            check=False,
        )  # fmt: skip
        self.log += done.stdout.decode(errors="replace")
        self.codes[name] = done.returncode
        self.outputs[name] = dict(line.split("=", 1) for line in output.read_text().splitlines())

    def _expand(self, text, given):
        return _EXPRESSION.sub(lambda found: self._value(found[1].strip(), given), text)

    def _value(self, expression, given):
        for one in expression.split("||"):
            kind, _, rest = one.strip().partition(".")
            if kind == "inputs":
                value = self._expand(given[rest], given)
            elif kind == "github":
                value = {"token": "made-up-token"}[rest]
            else:
                step, what, *key = rest.split(".")
                code = self.codes.get(step)
                outcome = "skipped" if code is None else "failure" if code else "success"
                value = outcome if what == "outcome" else self.outputs.get(step, {}).get(key[0], "")
            if value:
                return value
        return ""
