"""Files that scanners would not read as they are: a path and its content each."""

POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: app\nspec:\n  containers:\n  - image: debian\n    tty: yes\n"
STACK = "Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Properties:\n      Acl: !Ref B\n"
NOTEBOOK = """{"cells": [{"cell_type": "code", "source": ["%time import os\\n", "!ls {x}\\n", "a = !id"]},
 {"cell_type": "markdown", "source": "# a", "input": ["x"]}], "metadata": {"kernelspec": {"language": "python"}},
 "worksheets": [{"cells": [{"cell_type": "code", "input": "x = 1"}]}]}"""

FORMS = (
    ("pod.yaml", POD.replace("kind: Pod", "x: &a kind\n*a : Pod")),
    (
        "list.yaml",
        f"kind: List\napiVersion: v1\nitems:\n- {POD.replace(chr(10), chr(10) + '  ')}\n---\n{POD}---\na: [\n",
    ),
    (
        "merge.yml",
        "a: &a {k: 0x10, l: [1:30, .inf, 017]}\n<<: [*a, {apiVersion: v1, kind: Pod}]\n? |\n  t\n: !!binary YQ==\n",
    ),
    (
        "pod.json",
        '{"apiVersion": "v1", "k\\u0069nd": "Pod", "a": "\\ud83d\\ude00", "metadata": {"generateName": "x"}}\n{"a": 1}\n',
    ),
    ("chart/templates/a.yaml", "{{- if .Values.x }}\n" + POD + "{{ end }}\n"),
    ("stack.yaml", STACK.replace("Type", '"T\\x79pe"')),
    (
        "stack.template",
        "X: &x\n  Type: AWS::S3::Bucket\nResources:\n  A:\n    <<: *x\n    B: !Sub ['${x}', {x: !GetAtt a.b}]\n",
    ),
    ("Dockerfile", "# escape=`\nFR`\n# c\nOM a\nRUN x `\n  && y\n"),
    ("app.Dockerfile", "FROM a\nUS\\\nER root\n"),
    ("main.tf.json", '\ufeff{"resource": {"\\u0061ws_s3_bucket": {"b": {}}}}'),
    ("book.ipynb", NOTEBOOK),
    ("app.py", "# coding: latin-1\r\nimport ｏs\rx = 'é'\n"),
    ("tool", "#!/usr/bin/env python3\nimport os\n"),
    ("app.js", "\\u0065val(x)\r`${\\u{24}}`\n// \u2066 a \u2069 \u202e \u200b аdmin(\n"),
    ("A.java", "class A { // \\u000a int x; \\uuu0041 }\r}\n"),
    ("notes.txt", "a\0b\0c\0d\0e\0f\0password=tr0ub4dor\0\n\x01\x1b[31m"),
    (".gitattributes", '[attr]hide -diff binary\n*.py hide\n"a b.js" linguist-generated=true filter=x\n'),
)
