import pytest
from support import places

from secgate import catalog
from secgate.errors import ContentError, MissingToolError, UsageError
from secgate.model import Source
from secgate.provision.install import install
from secgate.provision.lock import lock

SOURCE = Source("index", "bin/demo", lock="lock.txt")
OLD, NEW, BUILD = (places.wheel("demo", version, "part") for version in ("1.2.3", "1.3.0", "1.3.0.2"))
PART, NEWER = places.wheel("part", "1.0"), places.wheel("part", "1.1")
WHEELS = {
    "demo-1.2.3-py3-none-any.whl": OLD,
    "demo-1.3.0-py3-none-any.whl": NEW,
    "part-1.0-py3-none-any.whl": PART,
}


@pytest.fixture
def serve(monkeypatch):
    servers = []

    def start(wheels):
        serving = places.server(places.index(wheels))
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"{serving.__enter__()}/simple/")
        servers.append(serving)

    yield start
    for serving in servers:
        serving.__exit__(None, None, None)


def test_a_first_lock_grows_from_one_line_and_can_be_installed(home, content, serve):
    serve(WHEELS)
    (content / "lock.txt").write_text("demo==1.2.3\n")
    told = []
    assert lock(places.scanner(SOURCE), told.append) == ("+ part 1.0",)
    text = (content / "lock.txt").read_text()
    assert text.splitlines()[1] == "#    secgate tools lock demo"
    assert f"demo==1.2.3 \\\n    --hash=sha256:{places.sha256(OLD)}\n    # via -r demo.in\n" in text
    assert "127.0.0.1" not in text
    assert told == ["demo: resolving demo==1.2.3"]
    assert lock(places.scanner(SOURCE), print) == ()
    assert (content / "lock.txt").read_text() == text
    assert install(places.scanner(SOURCE), print).exists()


def test_the_version_is_the_manifests_and_the_rest_stays_unless_upgraded(home, content, serve):
    serve(WHEELS)
    (content / "lock.txt").write_text("demo==1.2.3\n")
    lock(places.scanner(SOURCE), print)
    serve({**WHEELS, "part-1.1-py3-none-any.whl": NEWER})
    newer = places.scanner(SOURCE, version="1.3.0")
    assert lock(newer, print) == ("demo 1.2.3 → 1.3.0",)
    assert lock(newer, print, upgrade=True) == ("part 1.0 → 1.1",)


def test_a_repackaging_that_counts_its_own_builds_stays_one(home, content, serve):
    serve({**WHEELS, "demo-1.3.0.2-py3-none-any.whl": BUILD})
    (content / "lock.txt").write_text("demo==1.2.3.1\n")
    told = []
    assert lock(places.scanner(SOURCE, version="1.3.0"), told.append) == ("demo 1.2.3.1 → 1.3.0.2", "+ part 1.0")
    assert told == ["demo: resolving demo==1.3.0.*"]


def test_a_version_that_is_not_there_leaves_the_lock_as_it_was(home, content, serve):
    serve(WHEELS)
    (content / "lock.txt").write_text("demo==1.2.3\n")
    with pytest.raises(MissingToolError, match=r"Demo 9\.9 could not be locked: .*demo==9\.9") as caught:
        lock(places.scanner(SOURCE, version="9.9"), print)
    assert (content / "lock.txt").read_text() == "demo==1.2.3\n"
    assert "is as it was" in caught.value.remedy
    assert [path.name for path in content.iterdir()] == ["lock.txt"]


def test_a_lock_that_does_not_say_what_was_asked_for_is_refused(home, content):
    (content / "lock.txt").write_text("demo==1.2.3\npart==1.0\n")
    with pytest.raises(ContentError, match="which package was asked for"):
        lock(places.scanner(SOURCE), print)


def test_a_missing_lock_says_how_to_begin(home, content):
    with pytest.raises(UsageError, match=r"lock\.txt: cannot be read") as caught:
        lock(places.scanner(SOURCE), print)
    assert "package==version" in caught.value.remedy


def test_other_kinds_of_source_have_no_lock_to_write(home, content):
    with pytest.raises(UsageError, match="is not installed from the package index"):
        lock(places.scanner(Source("archive", "demo", url="u", sha256="0" * 64)), print)


def test_an_installed_secgate_keeps_its_locks(home, content, monkeypatch):
    monkeypatch.setattr(catalog, "root", lambda: content.parents[1] / "_content")
    with pytest.raises(UsageError, match="in a checkout of secgate"):
        lock(places.scanner(SOURCE), print)
