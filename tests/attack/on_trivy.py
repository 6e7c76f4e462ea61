"""Attacks on Trivy."""

import json
from typing import Any

from attack.attack import Attack, Effect
from attack.innocent import (
    DOCKERFILE,
    LOCKFILE,
    MODULE,
    OVERRIDDEN,
    POD,
    REQUIREMENTS,
    SECRET,
    STACK_YAML,
    TRIVY_DOCKER,
    TRIVY_GO,
    TRIVY_NPM,
    TRIVY_PIP,
    TRIVY_POD,
    TRIVY_SECRET,
    TRIVY_STACK,
    TRIVY_TF,
    VOLUME,
)

_CHECKOUT = "the checkout is read, and not what is committed"
_EACH = 'module "a" {\n  source = "./a"\n  for_each = toset([\n    for x in var.v : x\n  ])\n}\n'
_NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n"
_QUIET_STACK = STACK_YAML.replace("  Data", "  #trivy:ignore:*\n  Data")
_HOST = ("fs", "--scanners=misconfig", "--skip-check-update", "--offline-scan", "--cache-dir=@DATABASE@", ".")
"""Without `--format`, so that the configuration's counts."""
_VEX = {
    "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/1", "author": "a", "version": 1,
    "timestamp": "2024-01-01T00:00:00Z",
    "statements": [{
        "vulnerability": {"name": TRIVY_NPM}, "products": [{"@id": "pkg:npm/lodash@4.17.20"}],
        "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path",
    }],
}  # fmt: skip
_LEAK = """\
# METADATA
# title: a
# custom:
#   id: X-0001
#   severity: HIGH
#   input:
#     selector:
#     - type: dockerfile
package user.a

import rego.v1

deny contains result.new(opa.runtime().env.SECGATE_TEST_SECRET, {})
"""
_CONFIGURATION = {
    "trivy.yaml": (
        "ignore-policy: evil.rego\nscan:\n  skip-files: ['**/left.tf']\nvulnerability:\n  vex: [vex.json]\n"
        "rego:\n  check: [evil]\n  namespaces: [user]\n"
    ),
    "evil.rego": f'package trivy\n\nimport rego.v1\n\nignore if input.ID == "{TRIVY_DOCKER}"\n',
    "evil/leak.rego": _LEAK,
    "vex.json": json.dumps(_VEX),
    ".trivyignore": f"{TRIVY_POD}\n",
    "trivy-secret.yaml": f"disable-rules: [{TRIVY_SECRET}]\n",
}


def _yard(name: str, how: str, files: dict[str, str], effect: Effect = Effect.HIDES, **more: Any) -> Attack:
    """Return an attack that acts on a whole run, with a Terraform file as its victim."""
    files = {"main.tf": VOLUME, **files}
    return Attack(f"trivy-{name}", "trivy", how, files, (TRIVY_TF, "main.tf"), effect, yard=f"trivy-{name}", **more)


def _module(source: str) -> dict[str, str]:
    """Return a Terraform file that calls a module, which is all that is wrong with it."""
    return {"other.tf": f'module "other" {{\n  source = "{source}"\n}}\n'}


def _top(name: str, how: str, path: str, text: str, rule: str, effect: Effect = Effect.HIDES) -> Attack:
    """Return an attack by one of the files at the top that all of them share, or by the name of a folder there."""
    return Attack(
        f"trivy-top-{name}", "trivy", how, {**_CONFIGURATION, path: text}, (rule, path), effect, yard="trivy-top"
    )


def _file(name: str, how: str, path: str, text: str | bytes, rule: str, missing: str = "") -> Attack:
    return Attack(f"trivy-{name}", "trivy", how, {path: text}, (rule, path), missing=missing)


def _pod(name: str, how: str, text: str | bytes) -> Attack:
    return _file(f"pod-{name}", how, "pod.yaml", text, TRIVY_POD)


def _listed(kind: str) -> str:
    """Return the pod as the only item of a list."""
    items = "\n    ".join(POD.splitlines())
    return f"apiVersion: v1\nkind: {kind}\nmetadata: {{}}\nitems:\n  - {items}\n"


def _secret(name: str, how: str, path: str, text: str | bytes = SECRET, missing: str = "") -> Attack:
    return _file(f"secret-{name}", how, path, text, TRIVY_SECRET, missing)


ATTACKS = (
    _top("ignore", "a `.trivyignore` file", "pod.yaml", POD, TRIVY_POD),
    _top("secret", "a `trivy-secret.yaml` that switches a rule off", "config.env", SECRET, TRIVY_SECRET),
    _top("skip", "a `trivy.yaml` that skips a file", "left.tf", VOLUME, TRIVY_TF),
    _top("policy", "a `trivy.yaml` with a policy that ignores a check", "Dockerfile", DOCKERFILE, TRIVY_DOCKER),
    _top("vex", "a `trivy.yaml` with a VEX document", "package-lock.json", LOCKFILE, TRIVY_NPM),
    _top(
        "rego",
        "a `trivy.yaml` with a check of its own that reports a variable",
        "main.tf",
        VOLUME,
        TRIVY_TF,
        Effect.LEAKS,
    ),
    _top("dev", "a folder called `dev` at the top", "dev/main.tf", VOLUME, TRIVY_TF),
    _top("proc", "a folder called `proc` at the top", "proc/requirements.txt", REQUIREMENTS, TRIVY_PIP),
    _top("sys", "a folder called `sys` at the top", "sys/go.mod", MODULE, TRIVY_GO),
    _yard(
        "severity", "a `trivy.yaml` that reports the worst only", {"trivy.yaml": "severity: [CRITICAL]\n"}, slow=True
    ),
    _yard(
        "output",
        "a `trivy.yaml` that sends the report elsewhere",
        {"trivy.yaml": "output: @CANARY@\n"},
        Effect.RUNS,
        slow=True,
    ),
    _yard(
        "template",
        "a `trivy.yaml` with a template that prints a variable",
        {"trivy.yaml": "format: template\ntemplate: '{{ env \"SECGATE_TEST_SECRET\" }}'\n"},
        Effect.LEAKS,
        words=_HOST,
    ),
    Attack(
        "trivy-variable",
        "trivy",
        "the variable `TRIVY_SEVERITY`",
        {"main.tf": VOLUME},
        (TRIVY_TF, "main.tf"),
        yard="trivy-variable",
        slow=True,
        environment={"TRIVY_SEVERITY": "CRITICAL"},
    ),
    _yard(
        "module-outside",
        "a Terraform module whose path leads out of the tree",
        _module("./@UP@@OUTSIDE@/module"),
        Effect.READS,
        slow=True,
    ),
    Attack(
        "trivy-module-git",
        "trivy",
        "a Terraform module that git is to clone",
        {"main.tf": VOLUME, **_module("git::file://@OUTSIDE@/module")},
        (TRIVY_TF, "main.tf"),
        Effect.READS,
    ),
    _file("ignore-tf", "a comment `trivy:ignore`", "main.tf", f"#trivy:ignore:*\n{VOLUME}", TRIVY_TF),
    _file("ignore-stack", "a comment `trivy:ignore`", "stack.yaml", _QUIET_STACK, TRIVY_STACK),
    _file("ignore-tfsec", "a comment `tfsec:ignore`", "main.tf", f"#tfsec:ignore:*\n{VOLUME}", TRIVY_TF),
    _file(
        "ignore-docker",
        "a comment `trivy:ignore`",
        "Dockerfile",
        f"#trivy:ignore:{TRIVY_DOCKER}\n{DOCKERFILE}",
        TRIVY_DOCKER,
    ),
    _file(
        "ignore-docker-dated",
        "a comment `trivy:exp:DATE:ignore`",
        "Dockerfile",
        f"#trivy:exp:2199-01-01:ignore:{TRIVY_DOCKER}\n{DOCKERFILE}",
        TRIVY_DOCKER,
    ),
    _file("tf-broken", "a block that does not end", "main.tf", f"{VOLUME}locals {{\n", TRIVY_TF),
    Attack(
        "trivy-tf-link",
        "trivy",
        "Terraform under another name, and a link to it",
        {"volume": VOLUME},
        (TRIVY_TF, "volume"),
        links={"main.tf": "volume"},
    ),
    Attack(
        "trivy-tf-link-variable",
        "trivy",
        "the same, with a value from a variable beside the link",
        {
            "volume/volume": VOLUME.replace("= false", "= var.encrypted"),
            "live/variables.tf": 'variable "encrypted" {\n  default = false\n}\n',
        },
        (TRIVY_TF, "volume/volume"),
        links={"live/main.tf": "../volume/volume"},
    ),
    Attack(
        "trivy-tf-link-beside",
        "trivy",
        "a healthy module, and a link to a file of it beside a variable that spoils it",
        {
            "volume/main.tf": VOLUME.replace("= false", "= var.encrypted"),
            "volume/variables.tf": 'variable "encrypted" {\n  default = true\n}\n',
            "live/variables.tf": 'variable "encrypted" {\n  default = false\n}\n',
        },
        (TRIVY_TF, "volume/main.tf"),
        links={"live/main.tf": "../volume/main.tf"},
    ),
    Attack(
        "trivy-tf-override",
        "trivy",
        "a variable with a healthy default, and an override file that spoils it",
        OVERRIDDEN,
        (TRIVY_TF, "main_override.tf"),
    ),
    Attack(
        "trivy-tf-called",
        "trivy",
        "a call of the module with `count = 0`",
        {"a/main.tf": VOLUME, "main.tf": 'module "a" {\n  source = "./a"\n  count  = 0\n}\n'},
        (TRIVY_TF, "a/main.tf"),
    ),
    Attack(
        "trivy-tf-called-each",
        "trivy",
        "a call of the module with a `for_each` that a variable makes empty",
        {"a/main.tf": VOLUME, "main.tf": f'variable "v" {{\n  default = []\n}}\n{_EACH}'},
        (TRIVY_TF, "a/main.tf"),
    ),
    Attack(
        "trivy-tf-called-json",
        "trivy",
        "a call of the module with `count = 0`, in JSON",
        {"a/main.tf": VOLUME, "main.tf.json": json.dumps({"module": {"a": {"source": "./a", "count": 0}}})},
        (TRIVY_TF, "a/main.tf"),
    ),
    Attack(
        "trivy-docker-link",
        "trivy",
        "a Dockerfile under another name, and a link to it",
        {"image": DOCKERFILE},
        (TRIVY_DOCKER, "image"),
        links={"Dockerfile": "image"},
    ),
    _file("docker-case", "a name in capital letters", "DOCKERFILE", DOCKERFILE, TRIVY_DOCKER),
    _file(
        "docker-line",
        "a line of more than 64 KiB",
        "Dockerfile",
        f"{DOCKERFILE}RUN echo {'x' * 70_000}\n",
        TRIVY_DOCKER,
    ),
    _file(
        "docker-unknown", "an instruction that nobody knows", "Dockerfile", f"{DOCKERFILE}NONSENSE x\n", TRIVY_DOCKER
    ),
    _pod("separator", "a separator with a comment behind it", f"{_NAMESPACE}--- # a\n{POD}"),
    _pod("boolean", "`privileged: yes`", POD.replace("true", "yes")),
    _pod("hexadecimal", "a number written `0x0`", f"{POD}        runAsUser: 0x0\n"),
    _pod(
        "hexadecimal-chart",
        "a number written `0x0`, and a comment as in a chart",
        f"# image: {{{{ x }}}}\n{POD}        runAsUser: 0x0\n",
    ),
    _pod("generate-name", "`generateName`", POD.replace("  name: app\nspec", "  generateName: app-\nspec")),
    _pod("directive", "a directive `%YAML`", f"%YAML 1.1\n---\n{POD}"),
    _pod("broken-second", "a broken second document", f"{POD}---\na: [\n"),
    _pod("tab", "a tab on a line of its own", f"{POD}\t\n"),
    _pod("duplicate", "a key that stands twice", f"{POD}      image: debian\n"),
    _pod("list", "a `List`", _listed("List")),
    _pod("list-of-pods", "a `PodList`", _listed("PodList")),
    _secret("tests", "a folder called `tests`", "tests/config.env"),
    _secret("vendor", "a folder called `vendor`", "vendor/config.env"),
    _secret("modules", "a folder called `node_modules`", "node_modules/config.env"),
    _secret("locale", "a folder called `usr/share/locale`", "usr/share/locale/config.env"),
    _secret("markdown", "a suffix `.md`", "notes.md"),
    _secret("picture", "a suffix `.svg`", "key.svg"),
    _secret("lockfile", "a name of a lockfile", "yarn.lock"),
    _secret("example", "the word `EXAMPLE` behind it", "config.env", SECRET.replace("\n", " # EXAMPLE\n")),
    _secret("control", "a control character in a comment", "config.env", f"# \x01\n{SECRET}"),
    _secret("utf-16", "a file in UTF-16", "config.env", b"\xff\xfe" + SECRET.encode("utf-16-le")),
    Attack(
        "trivy-secret-checkout",
        "trivy",
        "an attribute that checks plain text out as UTF-16",
        {
            ".gitattributes": "*.env working-tree-encoding=UTF-16LE-BOM\n",
            "config.env": b"\xff\xfe" + SECRET.encode("utf-16-le"),
        },
        (TRIVY_SECRET, "config.env"),
    ),
)
