"""Packages that come from elsewhere than a public registry are named, each place once."""

import json
import time

import pytest
from support import fakes

from secgate import catalog
from secgate.model import Reads
from secgate.scan.lockfiles import FORMATS
from secgate.scan.lockfiles.origins import elsewhere
from secgate.scan.origins import MAX_PLACES, Origins

NPM = "https://registry.npmjs.org/a/-/a-1.0.0.tgz"
EVIL = "https://evil.example/a/-/a-1.0.0.tgz"
GIT = "git+ssh://git@github.com/x/b.git#0123"


def npm(*places, old=False):
    if old:
        return json.dumps({"dependencies": {f"p{at}": {"version": one} for at, one in enumerate(places)}}, indent=1)
    packages = {f"node_modules/p{at}": {"version": "1.0.0", "resolved": one} for at, one in enumerate(places)}
    return json.dumps({"packages": {"": {"name": "x"}, **packages}}, indent=1)


def places(form, text):
    return [(one.name, one.place) for one in elsewhere(form, text.encode())]


@pytest.mark.parametrize(
    ("form", "text", "found"),
    [
        ("npm", npm(NPM), []),
        ("npm", npm(NPM, EVIL, EVIL, "https://a:b@evil.example/c"), [("", "evil.example")]),
        (
            "npm",
            npm(GIT, "file:lib/c-1.tgz", "file:lib/d"),
            [("p0", "git+ssh://github.com/x/b.git#0123"), ("p1", "file:lib/c-1.tgz")],
        ),
        ("npm", npm("1.0.0", "github:x/y#1", "npm:z@1", old=True), [("p1", "github:x/y#1")]),
        ("npm", npm("https://codeload.github.com/x/y/tar.gz/1"), [("p0", "https://codeload.github.com/x/y/tar.gz/1")]),
        ("yarn", 'a@^1:\n  version "1.0.0"\n  resolved "https://registry.yarnpkg.com/a/-/a-1.0.0.tgz#x"\n', []),
        ("yarn", f'a@^1:\n  version "1.0.0"\n  resolved "{EVIL}#x"\n', [("", "evil.example")]),
        ("yarn", '"a@^1":\n  version: 1\n  resolution: "@s/a@npm:1.0.0"\n', []),
        (
            "yarn",
            '"a":\n  version: 1\n  resolution: "@s/a@https://github.com/x/a.git#commit=1"\n',
            [("@s/a", "https://github.com/x/a.git#commit=1")],
        ),
        (
            "yarn",
            '"a":\n  resolution: "a@npm:1::__archiveUrl=https%3A%2F%2Fevil.example%2Fa.tgz"\n',
            [("", "evil.example")],
        ),
        (
            "yarn",
            '"a":\n  resolution: "a@git@github.com:x/a.git#commit=1"\n',
            [("a", "git@github.com:x/a.git#commit=1")],
        ),
        ("pnpm", "packages:\n\n  a@1.0:\n    resolution: {integrity: x}\n", []),
        ("pnpm", f"packages:\n\n  a@1.0:\n    resolution: {{integrity: x, tarball: {EVIL}}}\n", [("", "evil.example")]),
        (
            "pnpm",
            "packages:\n\n  a:\n    resolution: {commit: 1, repo: git@github.com:x/a.git, type: git}\n",
            [("", "git@github.com:x/a.git")],
        ),
        ("bun", '{"packages": {"a": ["a@1.0.0", "", {}, "x"], "b": ["b@github:x/b#1", {}]}}', [("b", "github:x/b#1")]),
        (
            "cargo",
            '[[package]]\nname = "a"\nversion = "1"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n',
            [],
        ),
        (
            "cargo",
            '[[package]]\nname = "a"\nversion = "1"\nsource = "git+https://t:s@github.com/x/a?rev=1#1"\n',
            [("a", "git+https://github.com/x/a?rev=1#1")],
        ),
        (
            "cargo",
            '[[package]]\nname = "a"\nsource = "sparse+https://evil.example/i/"\n',
            [("a", "sparse+https://evil.example/i/")],
        ),
        (
            "poetry",
            '[[package]]\nname = "a"\nversion = "1"\n[package.source]\ntype = "git"\nurl = "https://github.com/x/a.git"\n',
            [("a", "git+https://github.com/x/a.git")],
        ),
        (
            "poetry",
            '[[package]]\nname = "a"\n[package.source]\ntype = "legacy"\nurl = "https://evil.example/simple"\n',
            [("", "evil.example")],
        ),
        ("poetry", '[[package]]\nname = "a"\n[package.source]\ntype = "directory"\nurl = "lib/a"\n', []),
        ("uv", '[[package]]\nname = "a"\nsource = { registry = "https://pypi.org/simple" }\n', []),
        (
            "uv",
            '[[package]]\nname = "a"\nsource = { registry = "https://evil.example/simple" }\n',
            [("", "evil.example")],
        ),
        (
            "uv",
            '[[package]]\nname = "a"\nsource = { git = "https://github.com/x/a?rev=1#1" }\n',
            [("a", "git+https://github.com/x/a?rev=1#1")],
        ),
        ("pylock", '[[packages]]\nname = "a"\nindex = "https://pypi.org/simple"\n', []),
        (
            "pylock",
            '[[packages]]\nname = "a"\nvcs = { type = "git", url = "https://github.com/x/a" }\n',
            [("a", "git+https://github.com/x/a")],
        ),
        (
            "pipenv",
            '{"_meta": {"sources": [{"url": "https://evil.example/simple"}]}, "default": {"a": {"git": "https://x/a"}}}',
            [("", "evil.example"), ("a", "git+https://x/a")],
        ),
        (
            "requirements",
            "a==1\n# --index-url https://x.example\nb @ https://pypi.org/simple/b\n",
            [("b", "https://pypi.org/simple/b")],
        ),
        (
            "requirements",
            "--extra-index-url=https://u:p@evil.example/simple\n-e git+https://github.com/x/a@1#egg=a\n",
            [("", "evil.example"), ("", "git+https://github.com/x/a@1#egg=a")],
        ),
        (
            "bundler",
            "GIT\n  remote: https://github.com/x/a\n  revision: 1\n\nGEM\n  remote: https://rubygems.org/\n  specs:\n",
            [("", "git+https://github.com/x/a")],
        ),
        ("npm", "{", []),
        ("cargo", "a = [", []),
        ("go", "module a\n", []),
    ],
)
def test_each_place_that_is_no_public_registry_is_named_once(form, text, found):
    assert sorted(places(form, text)) == sorted(found)


def test_a_notice_says_what_where_and_from_where():
    scanner = fakes.scanner(reads=(Reads("npm", ("**/package-lock.json",), lockfile="npm"),))
    text = npm(NPM, GIT.replace("git@", "git:pass@"), EVIL)
    found = Origins([scanner]).notices("web/Package-lock.json", text.encode())
    assert [(one.rule, one.line) for one in found] == [("package-from-elsewhere", 12), ("package-from-elsewhere", 16)]
    assert "`p1` comes from `git+ssh://github.com/x/b.git#0123`" in found[0].message
    assert "Packages come from `evil.example`" in found[1].message
    assert "pass" not in found[0].message
    assert Origins([scanner]).notices("web/other.json", text.encode()) == []


def test_very_many_places_take_bounded_time():
    many = npm(*(f"https://h{at}.example/a" for at in range(50_000))).encode()
    began = time.monotonic()
    found = Origins(catalog.scanners().values()).notices("package-lock.json", many)
    assert time.monotonic() - began < 10
    assert f"{MAX_PLACES - 20} more" in found[-1].message


@pytest.mark.parametrize("form", sorted(FORMATS))
@pytest.mark.parametrize(
    "part", ['"', '"@a', '  resolved "', "GIT\n ", "- a @ ", "repo:", "[a]\n", '{"packages":', "\\\n", " "]
)
def test_hostile_lockfiles_take_time_in_proportion(form, part):
    began = time.process_time()
    list(elsewhere(form, (part * (500_000 // len(part))).encode()))
    assert time.process_time() - began < 5
