import datetime
import os
from pathlib import Path

import pytest
from msgspec.structs import replace
from support import places

from secgate.errors import MissingToolError
from secgate.model import Source
from secgate.provision import databases, place, receipt
from secgate.provision.install import install
from secgate.provision.receipt import DatabaseReceipt

TOOL = r"""#!/bin/sh
# demo FOLDER CONTENT: fetches the database, or fails as its content says.
case "$2" in
fail) printf '\033[31mFATAL\033[0m\tregistry not reached\n::error::x\n' >&2; exit 1;;
half) mkdir -p "$1/db"; echo '{"UpdatedAt": "2026-11-20T06:00:00Z"}' > "$1/db/metadata.json"; exit 0;;
esac
mkdir -p "$1/db"
printf '%s' "$2" > "$1/db/data.db"
printf '{"UpdatedAt": "%s"}' "${3:-2026-11-21T06:00:00Z}" > "$1/db/metadata.json"
"""
DIGEST = {text: f"sha256:{places.sha256(text.encode())}" for text in ("data", "fresh", "other", "x" * 5)}


@pytest.fixture
def demo(home, content):
    data = places.tar({"demo": TOOL})
    with places.server({"/demo.tar.gz": data}) as address:
        source = Source("archive", "bin/demo", url=f"{address}/demo.tar.gz", sha256=places.sha256(data))
        scanner = places.scanner(source, databases=(_fetching("fresh"),))
        install(scanner, print)
    return scanner


def _fetching(*words):
    return places.database("{tool}", "{database}", *words)


def test_there_is_none_at_first(demo):
    assert databases.state(demo, _fetching("fresh")) is None


def test_an_update_is_recorded_with_digest_and_date(demo):
    told = []
    state = databases.update(demo, _fetching("fresh"), told.append)
    assert (state.id, state.digest, state.updated) == ("advisories", DIGEST["fresh"], "2026-11-21T06:00:00Z")
    assert databases.state(demo, _fetching("fresh")) == state
    assert told == ["demo: fetching Advisories"]
    assert (place.database_folder(demo, _fetching()) / "db/data.db").read_text() == "fresh"


def test_the_folder_is_named_after_scanner_and_database(demo, home):
    database = _fetching("fresh")
    databases.update(demo, database, print)
    assert (home / "databases" / "demo" / "advisories" / "db" / "data.db").is_file()
    assert place.database_folder(demo, database) == (home / "databases/demo/advisories").resolve()


def test_an_update_swaps_and_leaves_one_copy(demo, home):
    databases.update(demo, _fetching("fresh"), print)
    reader = (place.database_folder(demo, _fetching()) / "db/data.db").open()
    databases.update(demo, _fetching("other"), print)
    with reader:
        assert reader.read() == "fresh"
    assert databases.state(demo, _fetching()).digest == DIGEST["other"]
    assert len([path for path in (home / "databases/demo").iterdir() if path.is_dir() and not path.is_symlink()]) == 1


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("fail",), r"FATAL registry not reached : :error: :x\. The old one is kept"),
        (("half",), r"it holds no db/data\.db\. The old one is kept"),
        (("x", "soon"), r"its db/metadata\.json is not valid"),
        (("x", "2999-01-01T00:00:00Z"), r"is in the future"),
        (("x", "2026-11-20T06:00:00"), r"names no time zone"),
    ],
)
def test_a_failed_update_keeps_the_old_one(demo, home, words, reason):
    before = databases.update(demo, _fetching("fresh"), print)
    with pytest.raises(MissingToolError, match=reason) as caught:
        databases.update(demo, _fetching(*words), print)
    assert "\x1b" not in caught.value.message
    assert "\n" not in caught.value.message
    assert "secgate tools update demo --from FOLDER" in caught.value.remedy
    assert databases.state(demo, _fetching()) == before
    assert len(list((home / "databases/demo").glob("advisories@*"))) == 1


def test_a_failed_first_update_says_that_there_is_none(demo):
    with pytest.raises(MissingToolError, match="There is none"):
        databases.update(demo, _fetching("fail"), print)
    assert databases.state(demo, _fetching()) is None


def test_without_the_scanner_nothing_can_be_fetched(home, content):
    other = places.scanner(Source("archive", "bin/demo", url="u", sha256="0" * 64))
    with pytest.raises(MissingToolError, match="Demo is not installed") as caught:
        databases.update(other, _fetching("fresh"), print)
    assert caught.value.remedy == "secgate tools install demo"


def test_the_tool_is_started_outside_of_the_callers_folder_and_environment(demo, tmp_path, monkeypatch):
    spy = places.database("/bin/sh", "-c", "pwd; env; exit 1")
    monkeypatch.setenv("GITHUB_TOKEN", "hidden")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MissingToolError) as caught:
        databases.update(demo, spy, print)
    assert "hidden" not in caught.value.message
    assert f"PWD={tmp_path} " not in caught.value.message


def test_a_database_is_taken_from_a_folder(demo, tmp_path):
    folder = places.database_files(tmp_path / "given")
    (folder / "db" / "notes.txt").write_text("not needed")
    (folder / "link").symlink_to("/etc")
    state = databases.put(demo, _fetching(), folder)
    assert (state.digest, state.updated) == (DIGEST["data"], "2026-11-20T06:00:00Z")
    used = place.database_folder(demo, _fetching())
    assert sorted(path.name for path in used.rglob("*") if path.is_file()) == [
        "data.db",
        "metadata.json",
        "receipt.json",
    ]


def test_a_database_can_be_put_before_its_scanner_is_installed(home, content, tmp_path):
    other = places.scanner(Source("archive", "bin/demo", url="u", sha256="0" * 64))
    databases.put(other, _fetching(), places.database_files(tmp_path / "given"))
    assert databases.state(other, _fetching())


def test_a_folder_without_a_database_is_refused_and_the_old_one_kept(demo, tmp_path):
    before = databases.update(demo, _fetching("fresh"), print)
    (tmp_path / "empty").mkdir()
    with pytest.raises(MissingToolError, match=r"there is no file .*db/metadata\.json"):
        databases.put(demo, _fetching(), tmp_path / "empty")
    assert databases.state(demo, _fetching()) == before


def test_the_content_is_hashed_only_when_it_was_touched(demo, tmp_path, monkeypatch):
    databases.put(demo, _fetching(), places.database_files(tmp_path / "given"))
    content = place.database_folder(demo, _fetching()) / "db/data.db"
    hashed = []
    original = receipt.file_digest
    monkeypatch.setattr(receipt, "file_digest", lambda path: hashed.append(path) or original(path))
    assert databases.state(demo, _fetching()).digest == DIGEST["data"]
    assert hashed == []
    os.utime(content, (1, 1))
    assert databases.state(demo, _fetching()).digest == DIGEST["data"]
    assert databases.state(demo, _fetching()).digest == DIGEST["data"]
    assert hashed == [content]


def test_a_changed_content_gives_its_own_digest(demo, tmp_path):
    databases.put(demo, _fetching(), places.database_files(tmp_path / "given"))
    content = place.database_folder(demo, _fetching()) / "db/data.db"
    content.write_text("x" * 5)
    for _ in range(2):
        state, found = databases.look(demo, _fetching())
        assert state.digest == DIGEST["x" * 5]
        assert f"sha256:{found.digest}" == DIGEST["data"]


def test_verifying_finds_what_size_and_time_hide(demo, tmp_path):
    databases.put(demo, _fetching(), places.database_files(tmp_path / "given"))
    content = place.database_folder(demo, _fetching()) / "db/data.db"
    before = content.stat()
    content.write_text("evil")
    os.utime(content, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert databases.look(demo, _fetching(), verify=True)[0].digest != DIGEST["data"]


@pytest.mark.parametrize("name", ["receipt.json", "db/metadata.json", "db/data.db"])
def test_a_database_that_lost_a_part_is_missing(demo, tmp_path, name):
    databases.put(demo, _fetching(), places.database_files(tmp_path / "given"))
    (place.database_folder(demo, _fetching()) / name).unlink()
    assert databases.state(demo, _fetching()) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"UpdatedAt": 5}', '{"UpdatedAt": "yesterday"}', "[" * 100_000])
def test_metadata_without_a_date_is_no_database(demo, tmp_path, text):
    databases.put(demo, _fetching(), places.database_files(tmp_path / "given"))
    (place.database_folder(demo, _fetching()) / "db/metadata.json").write_text(text)
    assert databases.state(demo, _fetching()) is None


def test_a_copy_of_an_interrupted_update_is_swept_by_the_next(demo, home):
    left = home / "databases" / "demo" / "advisories@left"
    left.mkdir(parents=True)
    databases.update(demo, _fetching("fresh"), print)
    assert not left.exists()


def test_data_is_stale_when_it_is_older_than_allowed(demo, tmp_path):
    now = datetime.datetime.now(tz=datetime.UTC)
    for days, stale in ((0, False), (3, False), (4, True)):
        given = places.database_files(tmp_path / "given", updated=(now - datetime.timedelta(days=days)).isoformat())
        state = databases.put(demo, _fetching(), given)
        assert databases.stale(replace(_fetching(), max_age_days=3), state) is stale


def test_times_are_given_in_utc(demo, tmp_path):
    given = places.database_files(tmp_path / "given", updated="2026-11-20T01:30:00+02:00")
    assert databases.put(demo, _fetching(), given).updated == "2026-11-19T23:30:00Z"


def test_a_place_that_cannot_be_written_to_is_said(demo, home, tmp_path):
    Path(home / "databases").write_text("")
    with pytest.raises(MissingToolError, match=r"could not be had: .*(Not a directory|File exists)"):
        databases.put(demo, _fetching(), places.database_files(tmp_path / "given"))


def test_the_receipt_names_where_it_came_from(demo, tmp_path):
    databases.put(demo, _fetching(), places.database_files(tmp_path / "given"))
    found = receipt.read(place.database_folder(demo, _fetching()), DatabaseReceipt)
    assert found == replace(found, scanner="demo", database="advisories", source="from a local folder")
