"""Each format is read for what its own tool would install, and what is not laid out like it is never guessed at."""

import json
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.lockfiles import HOLDS

from secgate.model.manifest import Lockfile
from secgate.scan import lockfiles

GROUPED = {"gradle", "maven", "sbt"}
WITHOUT_SCOPE = {"conan", "dotnet", "requirements"}

formats = pytest.mark.parametrize("form", sorted(lockfiles.FORMATS))


def versioned(form: str, content: str | bytes) -> dict[str, str]:
    found = lockfiles.read(form, content.encode() if isinstance(content, str) else content)
    assert found is not None
    return {name: version for name, version in found if version}


@formats
def test_what_a_lockfile_asks_for_is_found(form):
    expected = {"a": "1.0", "@s/b": "2.0", "l": "3.0"}
    if form in GROUPED:
        expected = {"a:a": "1.0", "@s:b": "2.0", "l:l": "3.0"}
    if form in WITHOUT_SCOPE:
        del expected["@s/b"]
    assert versioned(form, HOLDS[form]) == expected


@formats
def test_a_byte_order_mark_and_line_ends_of_windows_change_nothing(form):
    plain = lockfiles.read(form, HOLDS[form].encode())
    assert lockfiles.read(form, b"\xef\xbb\xbf" + HOLDS[form].replace("\n", "\r\n").encode()) == plain


@formats
def test_nothing_is_no_package(form):
    assert lockfiles.read(form, b" \n") == frozenset()


@formats
def test_what_is_not_of_the_format_is_not_guessed_at(form):
    if form == "requirements":
        assert lockfiles.read(form, b"# coding: utf-7\na==1\n") is None
    else:
        assert lockfiles.read(form, b"<<<<<<< HEAD\n\ta\n") is None


@formats
def test_half_of_a_letter_is_refused(form):
    if form != "requirements":
        assert lockfiles.read(form, HOLDS[form].encode() + b"\xc3") is None


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("npm", HOLDS["npm"][:-1]),
        ("npm", '{"packages": []}'),
        ("npm", "[" * 100_000),
        ("bun", '{"packages": {"a": ["a@1"'),
        ("pnpm", '"packages":\n  a@1.0:\n'),
        ("pnpm", "packages: &x\n  a@1.0:\n"),
        ("pnpm", "{packages: {a@1.0: {}}}\n"),
        ("pnpm", "packages:\n    a@1.0:\n        x: 1\n"),
        ("pnpm", "packages:\n a@1.0:\n  x: 1\n"),
        ("pnpm", "packages:\n  *x : 1\n"),
        ("pnpm", "---\npackages:\n  a@1.0:\n"),
        ("yarn", 'a@1:\n\tversion "1"\n'),
        ("yarn", 'a@1: # x\n  version "1"\n'),
        ("yarn", "a@1:\n  version 1\n"),
        ("yarn", 'a@1:\n  "version" "1"\n'),
        ("cargo", "[" * 100_000),
        ("cargo", "a = " + "[" * 100_000),
        ("cargo", ".".join("a" * 200) + " = 1\n"),
        ("cargo", "package = [{version = '1'}]\n"),
        ("cargo", "#\n" * 5_000_000),
        ("maven", '<!DOCTYPE p [<!ENTITY e "x">]><project>&e;</project>'),
        ("maven", "<a>" * 100 + "</a>" * 100),
        ("maven", "<project>" + "<a/>" * 150_000 + "</project>"),
        ("go", "module m\nrequire (\n\ta v1\n"),
        ("go", "module m\nrequire a\n"),
        ("bundler", "GEM\n  specs:\n    a 1.0\n"),
        ("gradle", "a:b\n"),
        ("go", "module m\nRequire a v1\n"),
    ],
)
def test_what_could_hide_a_package_is_not_understood(form, content):
    assert lockfiles.read(form, content.encode()) is None


_NPM = "https://registry.npmjs.org"


@pytest.mark.parametrize(
    ("name", "version", "place", "also"),
    [
        ("a", "1.0", f"{_NPM}/a/-/a-1.0.tgz", {}),
        ("a", "1.0", f"{_NPM}/l/-/l-3.0.tgz", {"l": "3.0"}),
        ("a", "1.0", f"{_NPM}/%40s%2Fb/-/b-2.0.tgz#hash", {"@s/b": "2.0"}),
        ("@s/b", "2.0", f"{_NPM}/@s/b/-/b-2.0.tgz", {}),
        ("@s/b", "2.0", "https://gitlab.com/api/v4/projects/1/packages/npm/@s/b/-/@s/b-2.0.tgz", {}),
        ("@s/b", "2.0+x", f"{_NPM}/@s/b/-/b-2.0.tgz?x", {}),
        ("b", "2.0", f"{_NPM}/@s/b/-/b-2.0.tgz", {"@s/b": "2.0"}),
        ("a", "1.0", "git+https://example.org/l.git#3", {}),
        ("a", "1.0", "https://example.org/l-3.0.tgz", {}),
    ],
)
def test_what_is_fetched_counts_too_where_it_is_another_package(name, version, place, also):
    expected = {name: version, **also}
    entry = {"version": version, "resolved": place}
    assert versioned("npm", json.dumps({"packages": {f"node_modules/{name}": entry}})) == expected
    assert versioned("npm", json.dumps({"dependencies": {name: entry}})) == expected
    assert versioned("yarn", f'"{name}@^1":\n  version "{version}"\n  resolved "{place}"\n') == expected


def test_a_newer_version_that_is_fetched_as_an_older_one_is_both():
    entry = {"version": "2.0", "resolved": f"{_NPM}/a/-/a-1.0.tgz"}
    lock = json.dumps({"packages": {"node_modules/a": entry, "node_modules/b": {"version": "1", "resolved": False}}})
    assert lockfiles.read("npm", lock.encode()) == {("a", "2.0"), ("a", "1.0"), ("b", "1")}


def test_the_newer_yarn_names_a_package_by_what_it_got():
    lock = (
        '__metadata:\n  version: 8\n\n"a@npm:^1, a@npm:1":\n  version: 1.0\n  resolution: "a@npm:1.0"\n\n'
        '"safe@npm:@s/b@^2":\n  version: 9\n  resolution: "@s/b@npm:2.0"\n\n? "long@npm:1"\n:\n  version: 3.0\n'
        '  resolution: "long@npm:3.0::__archiveUrl=x"\n\n"w@workspace:.":\n  version: 0\n  resolution: "w"\n'
    )
    assert versioned("yarn", lock) == {"a": "1.0", "@s/b": "2.0", "long": "3.0"}


def test_npm_before_version_7_nests_packages():
    lock = {"dependencies": {"a": {"version": "1.0", "dependencies": {"safe": {"version": "npm:@s/b@2.0"}}},
                             "f": {"version": "file:../f"}, "g": {"version": "git+ssh://example.org/g#1"}}}  # fmt: skip
    assert versioned("npm", json.dumps(lock)) == {"a": "1.0", "@s/b": "2.0"}


def test_a_version_that_stands_elsewhere_is_named_without_one():
    dependency = "<dependency><groupId>g</groupId><artifactId>a</artifactId>{}</dependency>"
    for version in ("", "<version>${elsewhere}</version>", "<version>[1,2)</version>"):
        pom = f"<project><dependencies>{dependency.format(version)}</dependencies></project>"
        assert lockfiles.read("maven", pom.encode()) == {("g:a", "")}
    assert lockfiles.read("uv", b'[[package]]\nname = "a"\n') == {("a", "")}


def test_a_property_in_place_of_a_version_is_one_that_nobody_looked_up():
    props = '<Project><ItemGroup><PackageVersion Include="A" Version="$(V)" /></ItemGroup></Project>'
    assert lockfiles.read("nuget-props", props.encode()) == {("a", "$(V)")}


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_markup_may_be_in_another_encoding(encoding):
    pom = f'<?xml version="1.0" encoding="{encoding}"?>{HOLDS["maven"]}'
    assert lockfiles.read("maven", pom.encode(encoding)) == lockfiles.read("maven", HOLDS["maven"].encode())


_NAMES = st.from_regex(r"(@[a-z]{1,5}/)?[a-z][a-z0-9._-]{0,9}", fullmatch=True).filter(
    lambda name: "node_modules" not in name
)
_VERSIONS = st.from_regex(r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(-rc\.[0-9])?", fullmatch=True)


@settings(max_examples=30)
@given(st.dictionaries(_NAMES, _VERSIONS, min_size=1), st.data())
def test_the_same_packages_are_found_whichever_tool_locks_them(packages, data):
    documents = {
        "npm": json.dumps({"packages": {f"node_modules/{name}": {"version": one} for name, one in packages.items()}}),
        "bun": json.dumps({"packages": {name: [f"{name}@{one}"] for name, one in packages.items()}}),
        "yarn": "\n".join(f'"{name}@^1":\n  version "{one}"\n' for name, one in packages.items()),
        "pnpm": "packages:\n" + "\n".join(f"  '{name}@{one}':\n    x: 1\n" for name, one in packages.items()),
    }
    for form, document in documents.items():
        assert versioned(form, document) == packages, form
    cut = data.draw(st.integers(1, len(documents["npm"]) - 1))
    assert lockfiles.read("npm", documents["npm"][:cut].encode()) is None


def test_a_manifest_may_name_every_format():
    assert set(get_args(Lockfile)) == {"", *lockfiles.FORMATS}
