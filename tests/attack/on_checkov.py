"""Attacks on Checkov."""

import json

from attack.attack import Attack, Effect
from attack.innocent import (
    CHECKOV_DOCKER,
    CHECKOV_POD,
    CHECKOV_STACK,
    CHECKOV_TF,
    DOCKERFILE,
    OVERRIDDEN,
    POD,
    STACK,
    STACK_YAML,
    VOLUME,
)

_JSON = json.dumps(
    {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "app", "annotations": {"name": "{"}},
        "spec": {"containers": [{"name": "app", "image": "debian", "securityContext": {"privileged": True}}]},
    }
)
_HELM = "# {{ .Values.image }}\n"
_CONFIGURATION = {
    ".checkov.yaml": (
        "external-checks-dir: [evil]\nskip-check: [CKV_AWS_3]\nskip-path: [left]\nbaseline: .checkov.baseline\n"
        "soft-fail: true\n"
    ),
    ".checkov.baseline": json.dumps(
        {
            "failed_checks": [
                {"file": "/pod.yaml", "findings": [{"resource": "Pod.default.app", "check_ids": [CHECKOV_POD]}]}
            ]
        }
    ),
}


def _configured(
    name: str, how: str, files: dict[str, str], hides: tuple[str, str], effect: Effect = Effect.HIDES
) -> Attack:
    """Return an attack by one setting of the `.checkov.yaml` that all of them share."""
    return Attack(
        f"checkov-config-{name}", "checkov", how, {**_CONFIGURATION, **files}, hides, effect, yard="checkov-config"
    )


def _pod(name: str, how: str, text: str | bytes) -> Attack:
    return Attack(f"checkov-pod-{name}", "checkov", how, {"pod.yaml": text}, (CHECKOV_POD, "pod.yaml"))


def _terraform(name: str, how: str, files: dict[str, str], path: str = "main.tf") -> Attack:
    return Attack(f"checkov-{name}", "checkov", how, files, (CHECKOV_TF, path))


def _docker(name: str, how: str, text: str | bytes, path: str = "Dockerfile") -> Attack:
    return Attack(f"checkov-docker-{name}", "checkov", how, {path: text}, (CHECKOV_DOCKER, path))


def _helm(name: str, how: str, old: str, new: str) -> Attack:
    """Return a pod that Checkov takes for a chart's, written so that the gate does not take it for a pod."""
    return _pod(name, f"{how}, and a comment as in a chart", _HELM + POD.replace(old, new))


def _metadata(lines: str) -> str:
    return POD.replace("  name: app\nspec", f"{lines}spec")


ATTACKS = (
    _configured(
        "code",
        "a `.checkov.yaml` that names a folder with checks, which are programs",
        {"evil/__init__.py": "", "evil/check.py": "open('@CANARY@', 'w').close()\n", "main.tf": VOLUME},
        (CHECKOV_TF, "main.tf"),
        Effect.RUNS,
    ),
    _configured("skip", "a `.checkov.yaml` that skips a check", {"main.tf": VOLUME}, (CHECKOV_TF, "main.tf")),
    _configured(
        "path",
        "a `.checkov.yaml` that skips a folder",
        {"left/Dockerfile": DOCKERFILE},
        (CHECKOV_DOCKER, "left/Dockerfile"),
    ),
    _configured(
        "baseline", "a `.checkov.yaml` that names a `.checkov.baseline`", {"pod.yaml": POD}, (CHECKOV_POD, "pod.yaml")
    ),
    Attack(
        "checkov-config-output",
        "checkov",
        "a `.checkov.yml` that sends the report elsewhere",
        {"main.tf": VOLUME, ".checkov.yml": "output-file-path: @CANARY@\n"},
        (CHECKOV_TF, "main.tf"),
        Effect.RUNS,
        yard="checkov-config-output",
        slow=True,
    ),
    Attack(
        "checkov-variable",
        "checkov",
        "the variable `CKV_SKIP_CHECK`",
        {"main.tf": VOLUME},
        (CHECKOV_TF, "main.tf"),
        yard="checkov-variable",
        environment={"CKV_SKIP_CHECK": CHECKOV_TF},
        slow=True,
    ),
    Attack(
        "checkov-module-outside",
        "checkov",
        "a Terraform module whose path leads out of the tree",
        {"main.tf": VOLUME, "other.tf": 'module "other" {\n  source = "./@UP@@OUTSIDE@/module"\n}\n'},
        (CHECKOV_TF, "main.tf"),
        Effect.READS,
    ),
    Attack(
        "checkov-link-outside",
        "checkov",
        "a link to a Terraform file outside of the tree",
        {"main.tf": VOLUME},
        (CHECKOV_TF, "main.tf"),
        Effect.READS,
        links={"other.tf": "@OUTSIDE@/module/main.tf"},
    ),
    _terraform(
        "skip-comment",
        "a comment `checkov:skip`",
        {"main.tf": VOLUME.replace("\n  size", "\n  # checkov:skip=CKV_AWS_3:fine\n  size")},
    ),
    _terraform(
        "nesting",
        "a list nested so deeply that the parser gives up",
        {"main.tf": f"{VOLUME}locals {{\n  a = {'[' * 400}{']' * 400}\n}}\n"},
    ),
    _terraform(
        "syntax",
        "a function of a provider, which Checkov's parser does not know",
        {"main.tf": f'{VOLUME}locals {{\n  a = provider::aws::arn_parse("x")\n  b = [for x in [] : x...]\n}}\n'},
    ),
    _terraform("hidden", "a folder whose name begins with a dot", {".infra/a.tf": VOLUME}, path=".infra/a.tf"),
    _terraform(
        "node-modules", "a folder called `node_modules`", {"node_modules/a.tf": VOLUME}, path="node_modules/a.tf"
    ),
    _terraform("dot-terraform", "a folder called `.terraform`", {".terraform/a.tf": VOLUME}, path=".terraform/a.tf"),
    _terraform(
        "external-modules",
        "a folder called `.external_modules`",
        {".external_modules/a.tf": VOLUME},
        path=".external_modules/a.tf",
    ),
    _terraform(
        "override",
        "a variable with a healthy default, and an override file that spoils it",
        OVERRIDDEN,
        path="main_override.tf",
    ),
    _docker("skip", "a comment `checkov:skip`", f"# checkov:skip={CHECKOV_DOCKER}:fine\n{DOCKERFILE}"),
    _docker("case", "a name in capital letters", DOCKERFILE, path="DOCKERFILE"),
    _docker("mark", "a byte order mark in front", b"\xef\xbb\xbf" + DOCKERFILE.encode()),
    _pod(
        "annotation",
        "an annotation `checkov.io/skip1`",
        _metadata(f"  name: app\n  annotations:\n    checkov.io/skip1: {CHECKOV_POD}=fine\n"),
    ),
    _pod("helm", "a comment as in a chart", _HELM + POD),
    _pod("brace", "a `name` with a brace", _metadata("  name: app\n  annotations:\n    name: 'team {a}'\n")),
    _pod("hash", "a variable's `name` with `#`", f"{POD}      env:\n        - {{name: 'A#B', value: x}}\n"),
    _pod("generate-name", "`generateName`", _metadata("  generateName: app-\n")),
    _pod("broken-second", "a broken second document", f"{POD}---\na: [\n"),
    _pod("tab", "a tab on a line of its own", f"{POD}\t\n"),
    _pod("equals", "a value `=`", _metadata("  name: app\n  labels:\n    a: =\n")),
    _pod(
        "list",
        "a `PodList`",
        "apiVersion: v1\nkind: PodList\nmetadata: {}\nitems:\n  - " + "\n    ".join(POD.splitlines()) + "\n",
    ),
    Attack(
        "checkov-json-brace",
        "checkov",
        "a pod in JSON, and a `name` with a brace",
        {"pod.json": _JSON},
        (CHECKOV_POD, "pod.json"),
    ),
    Attack(
        "checkov-json-escape",
        "checkov",
        "the same, and an escape in the key `kind`",
        {"pod.json": _JSON.replace('"kind"', '"\\u006bind"')},
        (CHECKOV_POD, "pod.json"),
    ),
    Attack(
        "checkov-stack-escape",
        "checkov",
        "a CloudFormation template with an escape in the key `Resources`",
        {"stack.json": STACK.replace("Resources", "\\u0052esources")},
        (CHECKOV_STACK, "stack.json"),
    ),
    Attack(
        "checkov-stack-mark",
        "checkov",
        "a CloudFormation template with a byte order mark in front",
        {"stack.json": b"\xef\xbb\xbf" + STACK.encode()},
        (CHECKOV_STACK, "stack.json"),
    ),
    Attack(
        "checkov-stack-metadata",
        "checkov",
        "metadata of a CloudFormation resource that skip a check",
        {
            "stack.yaml": STACK_YAML.replace(
                "    Type", f"    Metadata: {{checkov: {{skip: [{{id: {CHECKOV_STACK}}}]}}}}\n    Type"
            )
        },
        (CHECKOV_STACK, "stack.yaml"),
    ),
    _helm("late", "64 KiB of comments in front", "apiVersion: v1", f"# {'x' * 70_000}\napiVersion: v1"),
    _helm("anchor", "an anchor at `kind`", "kind: Pod", "kind: &kind Pod"),
    _helm("tag", "a tag at `kind`", "kind: Pod", "kind: !!str Pod"),
    _helm("folded", "`kind` as a folded text", "kind: Pod", "kind: >-\n  Pod"),
    _helm("explicit", "`kind` as an explicit key", "kind: Pod", "? kind\n: Pod"),
    _helm("escape", "an escape in the key `kind`", "kind: Pod", '"k\\x69nd": Pod'),
    _helm("indented", "all lines indented", POD, "  " + "\n  ".join(POD.splitlines()) + "\n"),
    _helm(
        "flow",
        "the whole pod in braces",
        POD,
        "{apiVersion: v1, kind: Pod, metadata: {name: app}, spec: {containers: [{name: app, image: debian,\n"
        "securityContext: {privileged: true}}]}}\n",
    ),
)
