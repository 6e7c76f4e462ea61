"""What runs the gate is more than the workflow that has its name."""

from collections.abc import Iterable, Mapping

import pytest

from secgate.scan.jobs import Gate, gate

WORKFLOW = ".github/workflows/gate.yml"
ELSEWHERE = ".github/workflows/other.yml"


def of(**files: str) -> Gate:
    """Return what runs the gate among files, by path."""
    held = {name: text.encode() for name, text in files.items()}

    def read(paths: Iterable[str]) -> Mapping[str, bytes]:
        return {path: held[path] for path in paths if path in held}

    return gate(held, read)


def workflow(*steps: str, name: str = "gate", top: str = "") -> str:
    """Return a workflow with another job and the one with the steps."""
    lines = "".join(f"      - {step}\n" for step in steps)
    tests = "  tests:\n    runs-on: x\n    steps:\n      - run: ./ci/tests.sh\n"
    return f"{top}on: push\njobs:\n{tests}  {name}:\n    runs-on: x\n    steps:\n{lines}"


SCRIPT = "#!/bin/sh\nsecgate scan .\n"
ACTION = "runs:\n  using: composite\n  steps:\n    - run: $GITHUB_ACTION_PATH/run.sh\n      shell: bash\n"


@pytest.mark.parametrize(
    ("steps", "files", "path"),
    [
        (["run: ./ci/gate.sh"], {"ci/gate.sh": SCRIPT}, "ci/gate.sh"),
        (["run: cd ci && bash gate.sh"], {"ci/gate.sh": SCRIPT}, "ci/gate.sh"),
        (["run: bash ci/outer"], {"ci/outer": "exec ci/inner", "ci/inner": SCRIPT}, "ci/inner"),
        (["run: bash ci/outer"], {"ci/outer": "exec ci/inner", "ci/inner": SCRIPT}, "ci/outer"),
        (["uses: ./.github/actions/gate"],
         {".github/actions/gate/action.yml": ACTION, ".github/actions/gate/run.sh": SCRIPT},
         ".github/actions/gate/run.sh"),
        (["uses: ./.github/actions/gate"],
         {".github/actions/gate/action.yml": ACTION, ".github/actions/gate/run.sh": SCRIPT},
         ".github/actions/gate/anything.js"),
        (["run: make check"], {"Makefile": "check:\n\tsecgate scan .\n"}, "Makefile"),
        (["run: make check"], {"Makefile": "check:\n\tsecgate scan .\n"}, "GNUmakefile"),
        (["run: npm run gate"], {"package.json": '{"scripts": {"gate": "secgate scan ."}}'}, "package.json"),
        (["run: ./before.sh", "run: secgate scan ."], {"before.sh": "true"}, "before.sh"),
        (["run: '[ ! -f before.sh ] || . ./before.sh'", "run: secgate scan ."], {}, "before.sh"),
    ],
    ids=["script", "folder", "two-scripts", "between", "action", "action-folder", "make", "gnu-make", "npm", "before",
         "new"],
)  # fmt: skip
def test_what_its_job_calls_runs_the_gate(steps: list[str], files: dict[str, str], path: str) -> None:
    found = of(**{WORKFLOW: workflow(*steps), **files})
    assert found.stands_on(path)
    assert found.stands_on(WORKFLOW)


def test_a_workflow_that_is_called_runs_the_gate() -> None:
    caller = "on: push\njobs:\n  gate:\n    uses: ./.github/workflows/called.yml\n"
    called = "on: workflow_call\njobs:\n  scan:\n    runs-on: x\n    steps:\n      - run: secgate scan .\n"
    found = of(**{WORKFLOW: caller, ".github/workflows/called.yml": called})
    assert found.stands_on(WORKFLOW)
    assert found.stands_on(".github/workflows/called.yml")
    assert found.namesakes(ELSEWHERE, workflow(name='"gate / scan"'), "") == ["gate / scan"]


def test_what_another_job_calls_does_not() -> None:
    found = of(**{WORKFLOW: workflow("run: secgate scan ."), "ci/tests.sh": "true", ELSEWHERE: workflow("run: ls")})
    assert found.stands_on(WORKFLOW)
    assert not found.stands_on("ci/tests.sh")
    assert not found.stands_on(ELSEWHERE)
    assert not found.stands_on("README.md")


@pytest.mark.parametrize(
    "steps",
    ["run: ./ci/gate.sh", "run: secgate scan .\n        env:\n          A: |\n            b\n            c"],
    ids=["called", "block"],
)
@pytest.mark.parametrize(
    ("text", "names"),
    [
        (workflow("run: true"), ["gate"]),
        (workflow("run: true", name="any") + "    name: Gate\n", ["Gate"]),
        (workflow("run: true", name="any") + "    name: ${{ matrix.name }}\n", ["*"]),
        (workflow("run: true", name="any") + "    name: g${{ matrix.name }}\n", ["g*"]),
        (workflow("run: true", name="any") + "    name: test ${{ matrix.name }}\n", []),
        (workflow("run: true", name="any"), []),
    ],
    ids=["id", "name", "computed", "half-computed", "other-computed", "other"],
)
def test_a_job_elsewhere_with_its_name_is_told(steps: str, text: str, names: list[str]) -> None:
    found = of(**{WORKFLOW: workflow(steps), "ci/gate.sh": SCRIPT})
    assert found.namesakes(ELSEWHERE, text, "") == names
    assert found.namesakes(ELSEWHERE, text, text) == []


def test_the_name_of_a_job_with_a_matrix_is_open() -> None:
    matrix = workflow("run: secgate scan .") + "    strategy:\n      matrix:\n        python: [1, 2]\n"
    assert of(**{WORKFLOW: matrix}).namesakes(ELSEWHERE, workflow("run: true", name='"gate (1)"'), "") == ["gate (1)"]


@pytest.mark.parametrize("text", ["a: [", "secgate", "jobs: secgate", "- secgate", "jobs: {}"])
def test_a_workflow_that_makes_no_sense_counts_as_a_whole(text: str) -> None:
    found = of(**{WORKFLOW: f"{text} # secgate\n"})
    assert found.stands_on(WORKFLOW)
    assert found.namesakes(ELSEWHERE, text, "") == []


def test_files_that_name_each_other_and_many_folders_come_to_an_end() -> None:
    folders = {f"f{number}/a": "" for number in range(1000)}
    text = " ".join(f"f{number}/" for number in range(1000)) + " secgate a b ../c ./ / .. x/../../y"
    assert of(**{WORKFLOW: text, "a": f"b {WORKFLOW}", "b": "a", **folders}).stands_on("b")


def test_without_a_gate_nothing_is_told() -> None:
    found = of(**{ELSEWHERE: workflow("run: ./ci/tests.sh"), "ci/tests.sh": "true"})
    assert found == Gate()
    assert found.namesakes(WORKFLOW, workflow("run: true"), "") == []
