"""Files that people write: policies and manifests in YAML, and decisions that come back."""

from fuzz.reports import EXCUSED

from secgate.catalog import document as yaml
from secgate.catalog.shaped import shaped
from secgate.errors import UsageError
from secgate.model import Decision, Scanner
from secgate.policy.evaluate import judge
from secgate.policy.load import parse
from secgate.report import annotations, markdown, upload
from secgate.report import document as decisions
from secgate.report.site import Site
from secgate.sarif import limits

_NAME = "f.yaml"
_SITE = Site("https://github.com/acme/shop", "c" * 40, "1" * 40, "https://github.com/acme/shop/actions/runs/1")


def document(data: bytes) -> None:
    """Read a document as a policy, as a manifest and as a decision: each refuses it with a place, or takes it whole."""
    try:
        loaded = yaml.parse(data, _NAME)
    except UsageError as error:
        _assert_placed(error, data)
    else:
        _assert_bounded(loaded, data)
        _policy(data)
        _manifest(loaded, data)
    _decision(data)


def _policy(data: bytes) -> None:
    try:
        pack = parse(data, _NAME)
    except UsageError as error:
        _assert_placed(error, data)
        return
    assert pack == parse(data, _NAME)
    assert judge((), pack) == ()


def _manifest(loaded: yaml.Document, data: bytes) -> None:
    try:
        shaped(loaded, Scanner)
    except UsageError as error:
        _assert_placed(error, data)


def _decision(data: bytes) -> None:
    try:
        decision = decisions.load(data)
    except UsageError as error:
        assert "decision" in str(error)  # noqa: PT017 - a target passes over it
        return
    written = decisions.render(decision)
    assert decisions.render(decisions.load(written)) == written
    _shown(decision)


def _shown(decision: Decision) -> None:
    """Show it as `secgate publish` does: nothing breaks out of a line, nothing is too long, nothing is refused."""
    for limit in (6_000, 65_000):
        text = markdown.render(decision, limit_bytes=limit, site=_SITE)
        assert len(text.encode()) <= limit
        assert "##[" not in text
        assert "<!--" not in text
    for line in annotations.render(decision):
        assert line.startswith("::")
        assert len(line.splitlines()) == 1
        assert "##[" not in line
    for data in upload.render(decision, {}).files:
        assert [text for text in limits.problems(data) if not text.endswith(EXCUSED)] == []


def _assert_placed(error: UsageError, data: bytes) -> None:
    name, line, *column = error.message.split(": ")[0].split(":")
    assert name == _NAME
    assert 1 <= int(line) <= len(data.decode("utf-8", "replace").splitlines()) + 1
    assert all(int(one) >= 1 for one in column)


def _assert_bounded(loaded: yaml.Document, data: bytes) -> None:
    assert len(loaded.places) <= yaml.MAX_VALUES + 1
    last, _ = max(loaded.places.values())
    assert last <= len(data.decode("utf-8", "replace").splitlines()) + 1
    assert all(len(key) <= yaml.MAX_DEPTH for key in loaded.places)
