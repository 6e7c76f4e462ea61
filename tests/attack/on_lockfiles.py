"""Attacks on the part of Trivy that reads what a project depends on."""

from attack.attack import Attack, Effect
from attack.innocent import (
    LOCKFILE,
    MODULE,
    POM,
    REQUIREMENTS,
    TRIVY_GO,
    TRIVY_MAVEN,
    TRIVY_NPM,
    TRIVY_PIP,
    YARN,
)

_MARK = b"\xef\xbb\xbf"
_COMMENT = f"#{'x' * 70_000}\n"
_OLD = LOCKFILE.replace('Version": 3', 'Version": 1')
_TWICE = LOCKFILE.replace('"packages"', '"packages": {}, "packages"')
_DEV = LOCKFILE.replace('"integrity": "x"', '"dev": true')
_CALLED_SAFE = YARN.replace("lodash@", '"safe@npm:lodash@').replace("0:", '0":')
_WIDE = f'<?xml version="1.0" encoding="UTF-16"?>\n{POM}'.encode("utf-16")
_ACTIVE = "<profiles><profile><id>a</id><activation><activeByDefault>true</activeByDefault></activation><dependencies>"
_PROFILED = POM.replace("<dependencies>", _ACTIVE).replace("</dependencies>", "</dependencies></profile></profiles>")
_PARENT = (
    "<parent><groupId>org.example</groupId><artifactId>parent</artifactId><version>1</version>"
    "<relativePath>@UP@@OUTSIDE@/pom.xml</relativePath></parent>"
)
_CHILD = POM.replace("<groupId>", f"{_PARENT}<groupId>", 1).replace("2.0.0", "${there}")


def _npm(name: str, how: str, text: str | bytes, path: str = "package-lock.json") -> Attack:
    return Attack(f"trivy-npm-{name}", "trivy", how, {path: text}, (TRIVY_NPM, path))


def _yarn(name: str, how: str, text: str) -> Attack:
    return Attack(f"trivy-yarn-{name}", "trivy", how, {"yarn.lock": text}, (TRIVY_NPM, "yarn.lock"))


def _pom(name: str, how: str, text: str | bytes) -> Attack:
    return Attack(f"trivy-pom-{name}", "trivy", how, {"pom.xml": text}, (TRIVY_MAVEN, "pom.xml"))


def _pip(name: str, how: str, text: str, path: str = "requirements.txt") -> Attack:
    return Attack(f"trivy-pip-{name}", "trivy", how, {path: text}, (TRIVY_PIP, path))


ATTACKS = (
    Attack(
        "trivy-pom-outside",
        "trivy",
        "a `pom.xml` whose parent lies outside of the tree",
        {"requirements.txt": REQUIREMENTS, "pom.xml": _CHILD},
        (TRIVY_PIP, "requirements.txt"),
        Effect.READS,
    ),
    _npm("cut", "a lockfile that is cut off", LOCKFILE[:-4]),
    _npm("mark", "a byte order mark in front, which npm takes", _MARK + LOCKFILE.encode()),
    _npm("late", "the same, and 64 KiB of blanks", _MARK + b" " * 70_000 + LOCKFILE.encode()),
    _npm("version", "the wrong version of the format", _OLD),
    _npm("twice", "a key that stands twice", _TWICE),
    _npm("dev", "a dependency for development", _DEV),
    _npm("folder", "a folder called `node_modules`", LOCKFILE, path="node_modules/a/package-lock.json"),
    _npm("case", "a capital letter in the name", LOCKFILE, path="Package-lock.json"),
    _yarn("alias", "an alias for a package", _CALLED_SAFE),
    _yarn("line", "a comment of more than 64 KiB in front", _COMMENT + YARN),
    _pom("cut", "a `pom.xml` that is cut off", POM[:-12]),
    _pom("utf-16", "a `pom.xml` in UTF-16, which Maven takes", _WIDE),
    _pom("profile", "a profile that is always active", _PROFILED),
    Attack(
        "trivy-go-cut",
        "trivy",
        "a `go.mod` that is cut off",
        {"go.mod": f"{MODULE}require (\n"},
        (TRIVY_GO, "go.mod"),
    ),
    Attack(
        "trivy-go-workspace",
        "trivy",
        "a `go.work` that replaces a healthy module by a vulnerable one",
        {
            "go.mod": MODULE.replace("v1.2.2", "v1.2.3"),
            "go.work": "go 1.22\n\nuse .\n\nreplace example.org/lib/parser => example.org/lib/parser v1.2.2\n",
        },
        (TRIVY_GO, "go.work"),
    ),
    _pip("name", "requirements under a longer name", REQUIREMENTS, path="requirements-dev.txt"),
    _pip("prefix", "requirements under a name with a prefix", REQUIREMENTS, "dev_requirements.txt"),
    Attack(
        "trivy-pip-include",
        "trivy",
        "requirements that include a file of any name",
        {"requirements.txt": "-r pins.in\n", "pins.in": REQUIREMENTS},
        (TRIVY_PIP, "pins.in"),
    ),
    _pip("broken-version", "a version broken over two lines", "pyyaml==5.\\\n3\n"),
    _pip("broken-pin", "a pin broken over two lines", "pyyaml\\\n==5.3\n"),
    _pip("triple", "three equals signs", "pyyaml===5.3\n"),
    _pip("brackets", "brackets around the version", "pyyaml (==5.3)\n"),
    _pip("line-ends", "lines that end in a carriage return alone", "# a\rpyyaml==5.3\r"),
    _pip("form-feed", "a comment that a form feed ends", "# a\x0cpyyaml==5.3\n"),
    _pip("line", "a comment of more than 64 KiB in front", _COMMENT + REQUIREMENTS),
)
