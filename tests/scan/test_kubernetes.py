"""Documents that a scanner may skip are given to it in a form that none skips, and each line is told of its own."""

import io
import time

import pytest
import yaml
from attack.innocent import POD
from hypothesis import given
from hypothesis import strategies as st

from secgate.scan import kubernetes
from secgate.scan.block import block
from secgate.scan.documents import pieces
from secgate.scan.plain import is_plain
from secgate.scan.plan import HEAD_BYTES
from secgate.scan.values import Bounds, value

NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n"
META = "  name: app\nspec"
ODD = {
    "late": f"# {'x' * HEAD_BYTES}\n# {{{{ .Values.x }}}}\n{POD}",
    "chart": f"# {{{{- .Release.Name }}}}\n{POD}",
    "anchor": POD.replace("kind: Pod", "kind: &a Pod"),
    "alias": POD.replace("kind: Pod", "x: &a Pod\nkind: *a"),
    "alias as key": POD.replace("kind: Pod", "x: &a kind\n*a : Pod"),
    "merge": f"<<: {{kind: Pod}}\n{POD.replace('kind: Pod', 'x: y')}",
    "merge inside": POD.replace("privileged: true", "<<: {privileged: true}"),
    "tag": POD.replace("kind: Pod", "kind: !!str Pod"),
    "folded": POD.replace("kind: Pod", "kind: >-\n  Pod"),
    "next line": POD.replace("kind: Pod", "kind:\n  Pod"),
    "explicit": POD.replace("kind: Pod", "? kind\n: Pod"),
    "escape": POD.replace("kind: Pod", '"k\\x69nd": Pod'),
    "halves": POD.replace("kind: Pod", '? "ki\\\n  nd"\n: Pod'),
    "indented": "  " + "\n  ".join(POD.splitlines()) + "\n",
    "braces": "{apiVersion: v1, kind: Pod, metadata: {name: app}, spec: {containers: [{securityContext: {privileged: "
    "true}}]}}\n",
    "separator": f"{NAMESPACE}--- # a\n{POD}",
    "blanks behind a separator": f"{NAMESPACE}---  \n{POD}",
    "end": f"{NAMESPACE}...\n---\n{POD}",
    "document on the separator's line": f"{NAMESPACE}--- {{a: b}}\n---\n{POD}",
    "directive": f"%YAML 1.1\n---\n{POD}",
    "no name": POD.replace(META, "  generateName: app-\nspec"),
    "name with a brace": POD.replace(META, "  name: app\n  annotations:\n    name: 'a {b}'\nspec"),
    "name that is a number": POD.replace(META, "  name: app\n  annotations:\n    name: 0x1\nspec"),
    "yes": POD.replace("true", "yes"),
    "y": POD.replace("true", "y"),
    "hexadecimal": f"{POD}        runAsUser: 0x0\n",
    "octal": f"{POD}        runAsUser: 010\n",
    "exponent": f"{POD}        runAsUser: 0e0\n",
    "equals": POD.replace("image: debian", "image: ="),
    "line ends": POD.replace("\n", "\r"),
    "tab at the end": POD.replace("kind: Pod", "kind: Pod\t"),
    "tab before a value": POD.replace("kind: Pod", "kind:\tPod"),
    "tab before a comment": POD.replace("image: debian", "image: debian\t# a"),
    "rare line end": POD.replace("image: debian", 'image: "debian\x85"'),
    "list": f"apiVersion: v1\nkind: List\nitems:\n- {POD.replace(chr(10), chr(10) + '  ').rstrip()}\n",
    "list of pods": f"kind: PodList\napiVersion: v1\nitems:\n- {'  '.join(POD.splitlines(True)[2:])}",
    "list by another name": f"apiVersion: v1\nkind: Any\nitems:\n- {POD.replace(chr(10), chr(10) + '  ').rstrip()}\n",
    "broken second": f"{POD}---\na: [\n",
    "template as second": f"{POD}---\na: {{{{ x }}}}\n",
    "duplicate anchor": POD.replace("name: app", "name: &a app", 1).replace("image: debian", "image: &a debian"),
}
BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 13))
USUAL = {
    "pod": POD,
    "two": f"---\n{NAMESPACE}---\n{POD}",
    "comments": f"# a\n\n{POD.replace('spec:', '# b' + chr(10) + 'spec: # c')}",
    "line feeds": POD.replace("\n", "\r\n"),
    "quotes": POD.replace("image: debian", "image: 'debian'\n      args: [\"--x={y}\", '-a', ALL]"),
    "text": f"{NAMESPACE}  annotations:\n    a: |\n      & * {{}} kind: List\n       yes\n    b: x\n",
    "mode": POD.replace("  containers:", "  volumes:\n    - secret:\n        defaultMode: 0400\n  containers:"),
    "anchor elsewhere": POD.replace("image: debian", "image: &image debian\n      command: [*image]"),
    "numbers": POD.replace("image: debian", "image: debian\n      a: [1, -2, 0.5, 2024-01-01, ~, null, 1.2.3]"),
    "escape elsewhere": POD.replace("image: debian", 'image: debian\n      a: "b\\n\\u00e9"'),
    "schema": "apiVersion: v1\nkind: CustomResourceDefinition\nmetadata:\n  name: a\nproperties:\n  name:\n"
    "    description: a\n      b: c\n    type: string\n",
    "nothing of Kubernetes": "a: [&x kind, apiVersion, *x]\n",
    "tab in a text": POD.replace("image: debian", "image: debian\n      args: ['a\tb']"),
    "customisation": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n",
}  # fmt: skip


def forms(text, path="pod.yaml"):
    return list(kubernetes.forms(path, text.encode() if isinstance(text, str) else text))


def told(form):
    """Return what a form says, and the lines on which its privileged containers are told to be."""
    document = yaml.safe_load(form.content)
    return document, [line for text, line in zip(form.content.decode().splitlines(), form.lines, strict=True)
                      if text.strip().endswith("privileged: true")]  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_odd_document_is_read_and_each_line_is_told_of_its_own(name):
    text = ODD[name]
    pods = [told(form) for form in forms(text) if b"privileged" in form.content]
    assert pods, "the pod has no form"
    document, lines = pods[-1]
    containers = document["spec"]["containers"]
    assert (document["apiVersion"], document["kind"], containers[0]["securityContext"]["privileged"]) == (
        "v1",
        "Pod",
        True,
    )
    assert document["metadata"]["name"]
    written = text.splitlines() if name not in {"line ends", "rare line end"} else text.split("\n")
    assert all("privileged" in written[line - 1] for line in lines)


@pytest.mark.parametrize("name", ODD)
def test_every_form_is_plain_and_has_no_form_itself(name):
    for form in forms(ODD[name]):
        assert "unread" in form.suffix or (forms(form.content) == [] and b"\napiVersion: " in b"\n" + form.content)


@pytest.mark.parametrize("name", USUAL)
def test_a_usual_document_has_no_other_form(name):
    assert forms(USUAL[name]) == []


@pytest.mark.parametrize("name", ["pod", "two", "comments", "line feeds", "quotes", "text", "mode"])
def test_what_most_files_look_like_is_known_without_parsing(name):
    assert is_plain(USUAL[name].encode())


@pytest.mark.parametrize("name", [name for name in ODD if name not in {"broken second", "duplicate anchor"}])
def test_nothing_odd_is_plain(name):
    assert not is_plain(ODD[name].encode())


def test_the_resource_and_its_containers_begin_where_they_do():
    (first, second) = forms(f"# a\n{NAMESPACE}--- # b\n\n{POD}")
    assert (first.lines[0], second.lines[0]) == (2, 8)
    lines = second.content.decode().splitlines()
    assert second.lines[lines.index("    - name: app")] == 14


def test_words_mean_what_they_mean_to_kubernetes():
    words = (
        "[yes, Off, y, 010, 0x1F, 0b11, 0o17, 1_000, +1, 1e3, .5, 08, 1:30, 2024-01-01, ~, 'no', !!str 1, !!int '7']"
    )
    (form,) = forms(f"{POD}      a: {words}\n")
    document, _ = told(form)
    assert document["spec"]["containers"][0]["a"] == [
        True, False, True, 8, 31, 3, 15, 1000, 1, 1000, 0.5, 8, "1:30", "2024-01-01", None, "no", "1", 7
    ]  # fmt: skip


def test_of_what_is_merged_or_stands_twice_the_last_one_counts():
    (form,) = forms(f"{POD}        a: 1\n        <<: [{{a: 2}}, {{a: 3}}]\n        b: 1\n        b: 2\n")
    context = told(form)[0]["spec"]["containers"][0]["securityContext"]
    assert context == {"privileged": True, "a": 2, "b": 2}


def test_json_is_read_as_well():
    text = '{"kind":"Pod",\n"apiVersion":"v1","metadata":{"generateName":"\\ud83d\\ude00"},\n"spec":{"a":-1}}'
    (form,) = forms(text, "pod.json")
    assert told(form)[0] == {
        "kind": "Pod", "apiVersion": "v1", "metadata": {"generateName": "😀", "name": "😀1"}, "spec": {"a": -1}
    }  # fmt: skip
    assert form.lines == (1, 2, 2, 2, 2, 3, 3)
    stream = (
        '{"kind":"A","apiVersion":"v1","metadata":{"name":"a"}}\n{"kind":"B","apiVersion":"v1","metadata":{"name":"b"}}'
    )
    assert [told(one)[0]["kind"] for one in forms(stream, "a.json")] == ["A", "B"]
    assert forms('{"kind":"A","apiVersion":"v1","metadata":{"name":"a"}}', "a.json") == []


@pytest.mark.parametrize(
    "text",
    [
        f"{POD}---\nkind: Pod\napiVersion: [\n",
        'apiVersion: v1\n"k\\x69nd": Pod\n\tmetadata: {}\n',
        f"{BOMB}{POD}".replace("true", "yes"),
        POD.replace("image: debian", f"image: {'[' * 500}{']' * 500}").replace("true", "yes"),
        POD.replace("image: debian", "image: &a [*a]").replace("true", "yes"),
        POD.replace("image: debian", "image: *unknown"),
        POD.replace("image: debian", "? [a]\n          : b"),
        f"# {'x' * 21_000_000}\n{POD}",
    ],
    ids=["broken", "escape", "bomb", "deep", "within itself", "unknown", "a list as key", "huge"],
)  # fmt: skip
def test_what_cannot_be_read_stays_unread_by_name(text):
    start = time.process_time()
    unread = [form for form in forms(text) if "unread" in form.suffix]
    assert time.process_time() - start < 20
    assert unread
    for form in unread:
        assert not form.instead
        with pytest.raises(yaml.YAMLError):
            yaml.safe_load(form.content)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.json", '{"apiVersion":"v1","kind":"Pod"}' + "{}" * 50_000),
        ("a.json", '{"apiVersion":"v1","kind":"Pod"}' + "\n" * 500_000 + "{}\n" * 50_000 + "["),
        ("a.yaml", "[" + "apiVersion " * 100_000 + "kinds"),
        ("a.yaml", "[" + "kind " * 200_000 + "apiversion"),
    ],
)
def test_what_is_broken_takes_time_in_proportion(path, text):
    start = time.process_time()
    forms(text, path)
    assert time.process_time() - start < 20


@pytest.mark.parametrize(
    "text", ["kind: {{ x }}\napiVersion: {% y %}\n", f"{POD}---\nkind: [\n# apiVersion {{{{\na: {{{{ b\n"]
)
def test_a_template_is_nothing_that_could_be_read(text):
    assert [form for form in forms(text) if "unread" in form.suffix or form.instead] == []


def test_what_nobody_can_take_for_kubernetes_is_left_alone():
    for text in ("", "a: [", "apiVersion: v1\n", "- kind\n- apiVersion\n", "kind: apiVersion\n", "\ufeff", "{", "\0"):
        assert forms(text) == []
    assert forms(POD.replace("true", "yes"), "pod.txt") == []
    assert forms('{"properties": {"apiVersion": {}, "kind": {"name": 1}}}', "schema.json") == []


def test_a_suffix_in_capital_letters_is_an_odd_one():
    assert [form.suffix for form in forms(POD, "POD.YAML")] == [".1.yaml"]


def test_a_suppression_that_is_hidden_is_written_out():
    (form,) = forms(POD.replace(META, '  name: app\n  annotations:\n    "checkov.io/sk\\x69p1": CKV_K8S_16=fine\nspec'))
    assert b'    checkov.io/skip1: "CKV_K8S_16=fine"\n' in form.content


WORDS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.text(),
    st.sampled_from(["yes", "no", "=", "<<", "{{ x }}", "1:30", "0x1", "", "~", "- a", "a #b", "\x85", "\ufeff"]),
)  # fmt: skip
KEYS = st.one_of(st.text(max_size=20), st.sampled_from(["y", "on", "a: b", "<<", "=", "?", "-", "x" * 2000]))
VALUES = st.recursive(
    WORDS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)), max_leaves=20
)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5), st.booleans())
def test_the_form_of_a_document_says_the_same_and_is_its_own_form(document, flow):
    # Everything in quotes and with a tag: without them some words mean something else to Kubernetes.
    stream = io.StringIO()
    yaml.safe_dump(document, stream, default_style='"', default_flow_style=flow, allow_unicode=True, sort_keys=False)
    (piece,) = pieces(stream.getvalue())
    at = value(piece.documents[0], Bounds())
    content, lines = block(at)
    assert yaml.safe_load(content) == document
    assert content.count(b"\n") == len(lines)
    assert set(lines) <= set(range(1, stream.getvalue().count("\n") + 2))
    (again,) = pieces(content.decode())
    assert block(value(again.documents[0], Bounds()))[0] == content
