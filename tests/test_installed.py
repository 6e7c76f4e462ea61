"""Live tests skip where a scanner is absent. In CI that must not pass unnoticed."""

import os

import pytest

from secgate import catalog
from secgate.provision import present


@pytest.mark.live
@pytest.mark.parametrize("scanner", catalog.scanners().values(), ids=lambda one: one.id)
def test_every_scanner_is_installed_in_ci(scanner):
    installed = present.installed(scanner)
    if installed is None and os.environ.get("CI") != "true":
        pytest.skip(f"{scanner.title} is not installed: make test installs it")
    assert installed is not None, f"{scanner.title} is not installed, so its live tests were skipped"
