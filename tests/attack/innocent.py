"""Files with a known finding of each tool. Every attack is one of these, and something that is to hide it."""

from textwrap import dedent


def text(lines: str) -> str:
    """Return lines without their common indentation and the first line break."""
    return dedent(lines).lstrip("\n")


# Joined here, so that this file holds no secret itself.
AWS_KEY = "AKIA" + "Q3EGRT5Y7UXJ2MNB"

PYTHON = text("""
    import subprocess


    def run(command):
        return subprocess.call(command, shell=True)


    def compute(words):
        return eval(words)
""")
ARCHIVE = "import tarfile\n\n\ndef unpack(path, names):\n    tarfile.open(path).extractall('/srv')\n"
SCRIPT = "function run(request) {\n  eval(request.query.code);\n}\n"
JAVA = text("""
    import java.security.MessageDigest;

    class A {
      void run() throws Exception {
        MessageDigest.getInstance("MD5");
      }
    }
""")
SECRET = f"aws_access_key_id = {AWS_KEY}\n"
VOLUME = text("""
    resource "aws_ebs_volume" "data" {
      availability_zone = "eu-central-1a"
      size              = 8
      encrypted         = false
    }
""")
OVERRIDDEN = {
    "main.tf": 'variable "encrypted" {\n  default = true\n}\n' + VOLUME.replace("= false", "= var.encrypted"),
    "main_override.tf": 'variable "encrypted" {\n  default = false\n}\n',
}
"""A volume that one of its files spoils, which Terraform merges into the other one."""
DOCKERFILE = "FROM debian:latest\nRUN apt-get update\n"
POD = text("""
    apiVersion: v1
    kind: Pod
    metadata:
      name: app
    spec:
      containers:
        - name: app
          image: debian
          securityContext:
            privileged: true
""")
LOCKFILE = text("""
    {
      "name": "app",
      "version": "1.0.0",
      "lockfileVersion": 3,
      "packages": {
        "": {"name": "app", "version": "1.0.0", "dependencies": {"lodash": "^4.17.0"}},
        "node_modules/lodash": {"version": "4.17.20", "resolved": "https://registry.npmjs.org/l.tgz", "integrity": "x"}
      }
    }
""")
REQUIREMENTS = "pyyaml==5.3\n"
YARN = text("""
    # yarn lockfile v1


    lodash@^4.17.0:
      version "4.17.20"
      resolved "https://registry.yarnpkg.com/lodash/-/lodash-4.17.20.tgz#a"
""")
POM = text("""
    <project>
      <modelVersion>4.0.0</modelVersion>
      <groupId>org.example</groupId><artifactId>app</artifactId><version>1</version>
      <dependencies>
        <dependency>
          <groupId>org.example</groupId><artifactId>codec</artifactId><version>2.0.0</version>
        </dependency>
      </dependencies>
    </project>
""")
MODULE = "module example.org/app\n\ngo 1.22\n\nrequire example.org/lib/parser v1.2.2\n"
STACK_YAML = text("""
    Resources:
      Data:
        Type: AWS::S3::Bucket
        Properties:
          AccessControl: PublicRead
""")
STACK = '{"Resources": {"Data": {"Type": "AWS::S3::Bucket", "Properties": {"AccessControl": "PublicRead"}}}}\n'

FILES = {
    "app.py": PYTHON,
    "archive.py": ARCHIVE,
    "app.js": SCRIPT,
    "A.java": JAVA,
    "config.env": SECRET,
    "main.tf": VOLUME,
    "Dockerfile": DOCKERFILE,
    "pod.yaml": POD,
    "stack.json": STACK,
    "package-lock.json": LOCKFILE,
    "yarn.lock": YARN,
    "pom.xml": POM,
    "go.mod": MODULE,
    "requirements.txt": REQUIREMENTS,
}
"""Every innocent file under its usual name."""

BANDIT, BANDIT_ARCHIVE = "B602", "B202"
SEMGREP = "python-eval-dynamic"
SEMGREP_JS = "javascript-eval-dynamic"
SEMGREP_JAVA = "java-weak-crypto"
CHECKOV_TF, CHECKOV_POD, CHECKOV_DOCKER, CHECKOV_STACK = "CKV_AWS_3", "CKV_K8S_16", "CKV_DOCKER_7", "CKV_AWS_20"
TRIVY_TF, TRIVY_POD, TRIVY_DOCKER = "AWS-0026", "KSV-0017", "DS-0001"
TRIVY_SECRET, TRIVY_NPM, TRIVY_PIP = "aws-access-key-id", "CVE-2099-2001", "CVE-2099-1003"
TRIVY_GO, TRIVY_MAVEN, TRIVY_STACK = "CVE-2099-3001", "CVE-2099-3002", "AWS-0092"
