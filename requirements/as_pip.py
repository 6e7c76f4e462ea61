"""Run a command whose uv installs from where pip would: `python requirements/as_pip.py COMMAND [WORD...]`.

uv reads neither `PIP_*` nor `pip.conf`, so a machine that reaches its package index only through them would have to say
everything twice. Settings of uv's own (`UV_*`) that are there already win. Nothing is printed: an index URL may hold a
password.
"""

import ast
import os
import subprocess
import sys

# pip's setting, uv's variable, and what separates several values there.
_SETTINGS = (
    ("index-url", "UV_DEFAULT_INDEX", ""),
    ("extra-index-url", "UV_INDEX", " "),
    ("find-links", "UV_FIND_LINKS", ","),
    ("trusted-host", "UV_INSECURE_HOST", " "),
    ("cert", "SSL_CERT_FILE", ""),
)
_SECTIONS = ("global", "install", ":env:")


def settings(listed: str) -> dict[str, str]:
    """Return pip's settings by name, from what `pip config list` prints; as in pip, variables win over files."""
    found: dict[str, str] = {}
    lines = [line.partition("=") for line in listed.splitlines()]
    for section in _SECTIONS:
        for key, _, value in lines:
            if key.startswith(f"{section}."):
                found[key.removeprefix(f"{section}.")] = str(ast.literal_eval(value))
    return found


def environment(listed: str, given: dict[str, str]) -> dict[str, str]:
    """Return the variables `given` to this program, with what uv has to know added."""
    # Companies and test benches sign with certificates of their own, which the system knows and uv's bundle does not.
    result = {"UV_SYSTEM_CERTS": "1", **given}
    told = settings(listed)
    for name, variable, separator in _SETTINGS:
        if name in told and variable not in given:
            result[variable] = separator.join(told[name].split()) if separator else told[name].strip()
    if "UV_INDEX_URL" in given and "UV_DEFAULT_INDEX" not in given:
        result.pop("UV_DEFAULT_INDEX", None)
    return result


def main() -> None:
    """Become the command."""
    pip = [sys.executable, "-I", "-m", "pip", "config", "list"]
    listed = subprocess.run(pip, capture_output=True, text=True, check=True).stdout
    os.execvpe(sys.argv[1], sys.argv[1:], environment(listed, dict(os.environ)))  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main()
