"""A CloudFormation template that does not plainly say what it is gets a form that does."""

import pytest
import yaml
from attack.innocent import STACK, STACK_YAML

from secgate.scan.cloudformation import forms

HIDDEN = {
    "escape": STACK_YAML.replace("Resources", '"R\\x65sources"'),
    "escape in a type": STACK_YAML.replace("Type", '"Typ\\x65"'),
    "escape in a type's name": STACK_YAML.replace("AWS::S3::Bucket", '"\\u0041WS::S3::Bucket"'),
    "alias": "X: &a AWS::S3::Bucket\n" + STACK_YAML.replace("AWS::S3::Bucket", "*a"),
    "tag": STACK_YAML.replace("AWS::S3::Bucket", "!!str AWS::S3::Bucket"),
    "next line": STACK_YAML.replace("Type: ", "Type:\n      "),
    "merge": STACK_YAML.replace("    Type", "    <<: {DeletionPolicy: Retain}\n    Type"),
    "indented": "  " + STACK_YAML.replace("\n", "\n  ").rstrip() + "\n",
    "explicit": STACK_YAML.replace("Resources:", "? Resources\n:"),
    "late": f"# {'x' * 70_000}\n{STACK_YAML}",
}


@pytest.mark.parametrize("name", HIDDEN)
def test_a_hidden_template_is_written_out(name):
    (form,) = forms("stack.yaml", HIDDEN[name].encode())
    data = yaml.safe_load(form.content)["Resources"]["Data"]
    assert (data["Type"], data["Properties"]) == ("AWS::S3::Bucket", {"AccessControl": "PublicRead"})
    lines = form.content.decode().splitlines()
    written = HIDDEN[name].splitlines()[form.lines[lines.index("      AccessControl: PublicRead")] - 1]
    assert written.strip() == "AccessControl: PublicRead"
    assert list(forms("stack.yaml", form.content)) == []


def test_its_own_tags_and_words_stay():
    text = (
        HIDDEN["escape"]
        + "      A: !If [b, !Ref C, !GetAtt 'd.e']\n      Version: 2012-10-17\n      F: yes\n      G:\n"
    )
    (form,) = forms("stack.template", text.encode())
    assert form.content.decode().endswith(
        "      A: !If\n        - b\n        - !Ref C\n        - !GetAtt d.e\n      Version: 2012-10-17\n      F: yes\n"
        "      G: null\n"
    )


def test_what_cannot_be_parsed_stays_unread():
    (form,) = forms("stack.yaml", (HIDDEN["escape"].replace("S3::Bucket", "S3::Bucket\n\t[") + "Resources").encode())
    assert not form.instead
    with pytest.raises(yaml.YAMLError):
        yaml.safe_load(form.content)


@pytest.mark.parametrize(
    "text", [STACK_YAML, STACK, "", "a: AWS::S3", "Type: AWS::S3::Bucket\nResources: {{ x }}\n\t["]
)
def test_others_have_no_other_form(text):
    assert list(forms("stack.yaml", text.encode())) == []
    assert list(forms("stack.txt", HIDDEN["escape"].encode())) == []
