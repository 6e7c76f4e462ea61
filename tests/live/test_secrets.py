"""A secret that scanners find is written nowhere: neither by the tool that finds it nor by one that only quotes it."""

import base64
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.leaks import files, leaked

pytestmark = pytest.mark.live

TOKEN = "ghp_" + "a8Kd73LmQz91XvTb64WsPo20YcRe57HnUj3F"
KEY_ID, KEY = "AKIA" + "Q3EGRT5Y7UXJ2MNB", "kX9vQ2rT7bLm4ZpW8sYd" + "NcHf6JgA3eUo1Ri5BxKq"
PLAIN = {
    "assigned": "tr0ub4dor-and-3",
    "beside another finding": "Zx81spectrum9",
    "in a url": "pgPass77word",
    "a default": "dflt-Passw0rd",
    "quoted": 'it\'s "q" 9z',
    "compared": "letmein42now",
    "in a file that does not parse": "brokenPass99",
    "in a Dockerfile": "dockerPass55",
    "of javascript": "jsPass12345",
}
BODY = base64.b64encode(bytes((number * 37 + number // 7) % 251 for number in range(1_190))).decode()
LINES = [BODY[at : at + 64] for at in range(0, len(BODY), 64)]
VALUES = [*PLAIN.values(), TOKEN, KEY_ID, KEY, *LINES]

PYTHON = f"""\
import subprocess, os
aws_access_key_id = "{KEY_ID}"
aws_secret_access_key = "{KEY}"
password = "{PLAIN["assigned"]}"
GITHUB_TOKEN = "{TOKEN}"
def run(x):
    subprocess.call("deploy --password={PLAIN["beside another finding"]} " + x, shell=True); \
password = "{PLAIN["beside another finding"]}"
    db = "postgres://shop:{PLAIN["in a url"]}@db/shop"
    header = f"Authorization: token {TOKEN} {{x}}"
    return os.system("curl -u admin:{TOKEN} " + x)
def login(user, password="{PLAIN["a default"]}"):
    connect(user, passwd='it\\'s "q" 9z')
    if password == "{PLAIN["compared"]}": return True
encoded = "{base64.b64encode(TOKEN.encode()).decode()}"
"""
DOCKERFILE = f"""\
FROM alpine:3
ENV AWS_SECRET_ACCESS_KEY={KEY} DB_PASSWORD={PLAIN["in a Dockerfile"]}
RUN cd /x && curl -u admin:{TOKEN} https://example.org
RUN apt-get install {TOKEN}
RUN cd /x && echo {base64.b64encode(b"u:" + TOKEN.encode()).decode()}
WORKDIR {TOKEN}
MAINTAINER {PLAIN["in a Dockerfile"]}
"""
TERRAFORM = f"""\
resource "aws_instance" "a" {{
  ami = "ami-1"
  user_data = <<EOF
export AWS_ACCESS_KEY_ID={KEY_ID}
export AWS_SECRET_ACCESS_KEY={KEY}
EOF
}}
"""
TREE = {
    "app.py": PYTHON,
    "app.js": f'const password = "{PLAIN["of javascript"]}";\n',
    "broken.py": f'password = "{PLAIN["in a file that does not parse"]}"\ntoken = "{TOKEN}\n  = )(\n',
    "broken.tf": f'provider "aws" {{\n  secret_key = "{KEY}\n x = {TOKEN} \n',
    "broken.yaml": f'kind: Pod\napiVersion: v1\nResources:\n  password: "x\n token: {TOKEN}\n  x: : :\n',
    "key.pem": "\n".join(["-----BEGIN RSA PRIVATE KEY-----", *LINES, "-----END RSA PRIVATE KEY-----", ""]),
    "Dockerfile": DOCKERFILE,
    "main.tf": TERRAFORM,
}


def test_the_search_finds_what_is_there():
    for value in VALUES:
        for written in (value, json.dumps(value), value.encode().hex()):
            assert value in leaked(f"x {written} y".encode(), VALUES)
        for before in (b"", b"1", b"12"):
            assert value in leaked(base64.b64encode(before + value.encode() + b"end"), VALUES)
        assert value in leaked(b"head" + gzip.compress(gzip.compress(value.encode())), VALUES)
    assert not leaked(b"nothing of it", VALUES)


@pytest.fixture
def scanned(installed, advisories, tmp_path):
    """Scan the tree with the real scanners as a person would, and return what was printed and where all is."""
    root, out = tmp_path / "tree", tmp_path / "out"
    for folder in (root, out, tmp_path / "tmp"):
        folder.mkdir()
    for name, text in TREE.items():
        (root / name).write_text(text)
    tools = next(path for path in Path(installed["bandit"]).parents if path.name == "tools")
    (tmp_path / "home" / "tools").symlink_to(tools)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SECGATE_")}
    places = {"SECGATE_HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "tmp")}
    wanted = [f"--sarif={out}/a.sarif", f"--json={out}/a.json", f"--markdown={out}/a.md"]
    done = subprocess.run(
        [sys.executable, "-m", "secgate", "scan", str(root), "--verbose", "--debug", *wanted],
        capture_output=True,
        cwd=tmp_path,
        env={**environment, **places},
        timeout=300,
        check=False,
    )
    return done, out, [tmp_path / "home", tmp_path / "tmp", out]


def test_what_scanners_find_is_written_nowhere(scanned):
    done, out, folders = scanned
    assert done.returncode == 1, done.stderr.decode()
    written = {str(path): path.read_bytes() for folder in folders for path in files(folder)}
    written |= {"stdout": done.stdout, "stderr": done.stderr}
    assert {place: leaked(data, VALUES) for place, data in written.items() if leaked(data, VALUES)} == {}

    decision = json.loads((out / "a.json").read_bytes())
    found = [verdict["finding"] for verdict in decision["verdicts"]]
    tools = {seen["tool"] for one in found for seen in (one, *one.get("also", ()))}
    assert tools == {"bandit", "checkov", "semgrep", "trivy"}
    # Each of these quotes a line of the Dockerfile: without the mask the token would stand in it.
    quoting = {one["rule"]["id"] for one in found if "***" in one["message"]}
    assert quoting >= {"DS-0009", "DS-0013", "DS-0021", "DS-0022"}
    assert any("broken.tf" in line for one in decision["evidence"] for line in one.get("errors", ()))
    line = [one for one in found if one["location"]["path"] == "app.py" and one["location"].get("line") == 5]
    assert sorted(one["tool"] for one in line) == ["semgrep", "trivy"], "code and secrets are judged apart"
    assert {seen["tool"] for one in line for seen in (one, *one.get("also", ()))} == {"bandit", "semgrep", "trivy"}
