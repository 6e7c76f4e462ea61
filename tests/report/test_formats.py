import subprocess
import sys

import pytest
from support.factories import decision, many

from secgate.report import FORMATS, document


@pytest.mark.parametrize("name", ["terminal", "markdown", "json"])
def test_every_format_renders_the_verdict_as_utf8(name):
    data = FORMATS[name](decision(verdicts=many(3)))
    assert "blocked" in data.decode().lower()
    assert data.endswith(b"\n")


def test_json_is_the_canonical_document():
    one = decision()
    assert document.load(FORMATS["json"](one)) == one


def test_choosing_a_format_does_not_load_the_others():
    code = "import sys, secgate.report; sys.exit(any(name.startswith('rich') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
