import json
import os
import re

import pytest
from msgspec.structs import replace
from support import places

from secgate import catalog
from secgate.cli import main, provide
from secgate.errors import TrustError
from secgate.model import Source
from secgate.provision import databases, place, present
from secgate.provision.present import ToolState

TOOL = """#!/bin/sh
mkdir -p "$1/db"
printf data > "$1/db/data.db"
printf '{"UpdatedAt": "2026-11-21T06:00:00Z"}' > "$1/db/metadata.json"
"""
BROKEN = "#!/bin/sh\necho registry not reached; exit 1\n"
UNREACHED = Source("archive", "bin/demo", url="http://127.0.0.1:9/demo.tar.gz", sha256="0" * 64)
DATABASE = places.database()


@pytest.fixture
def secgate(tmp_path, monkeypatch, capsys):
    """Run a command with the catalog of `secgate.known`; gives exit code, stdout and stderr."""
    monkeypatch.setenv("SECGATE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "120")

    def run(*words):
        monkeypatch.setattr("sys.argv", ["secgate", "tools", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return run


@pytest.fixture
def known(monkeypatch, tmp_path):
    """Say which scanners there are."""
    monkeypatch.setattr(catalog, "root", lambda: tmp_path / "content")

    def say(*scanners):
        monkeypatch.setattr(catalog, "scanners", lambda: {one.id: one for one in scanners})

    return say


@pytest.fixture
def serve():
    servers = []

    def start(program):
        data = places.tar({"demo": program})
        servers.append(places.server({"/demo.tar.gz": data}))
        return Source(
            "archive", "bin/demo", url=f"{servers[-1].__enter__()}/demo.tar.gz", sha256=places.sha256(data)
        )  # fmt: skip

    yield start
    for one in servers:
        one.__exit__(None, None, None)


def test_install_brings_tools_and_databases_and_says_what_it_did(secgate, known, serve):
    known(places.scanner(serve(TOOL), databases=(DATABASE,)))
    code, out, err = secgate("install")
    assert code == 0
    assert re.fullmatch(
        r"demo 1\.2\.3: installed from the release archive http\S+ \(\d+\.\d s, 1 MB\)\n"
        r"demo: Advisories of 2026-11-21T06:00:00Z \(sha256:[0-9a-f]{64}\)\n",
        out,
    )
    assert re.fullmatch(r"demo: installing 1\.2\.3 from the release archive \S+\ndemo: fetching Advisories\n", err)
    assert secgate("install") == (0, "demo 1.2.3: is installed\n", "")


def test_install_without_databases_leaves_them(secgate, known, serve):
    known(places.scanner(serve(TOOL), databases=(DATABASE,)))
    code, out, _ = secgate("install", "demo", "--no-databases")
    assert (code, "Advisories" in out) == (0, False)


def test_without_network_install_says_what_is_missing_and_what_to_type(secgate, known):
    known(places.scanner(UNREACHED, databases=(DATABASE,)))
    code, out, err = secgate("install")
    assert (code, out) == (3, "")
    assert "Demo 1.2.3 could not be installed:" in err
    assert "release archive http://127.0.0.1:9/demo.tar.gz: 127.0.0.1 cannot be reached" in err
    assert "secgate tools install demo" in err
    assert "Traceback" not in err


def test_one_that_fails_does_not_keep_the_others_away(secgate, known, serve):
    known(replace(places.scanner(UNREACHED), id="absent"), places.scanner(serve(TOOL)))
    code, out, err = secgate("install")
    assert code == 3
    assert "demo 1.2.3: installed" in out
    assert "secgate tools install absent" in err


def test_a_wrong_digest_outranks_what_is_missing(secgate, known, serve):
    wrong = replace(serve(TOOL), sha256="1" * 64)
    known(replace(places.scanner(UNREACHED), id="absent"), places.scanner(wrong))
    code, _, err = secgate("install")
    assert code == 4
    assert "its sha256 is" in err


def test_a_database_that_cannot_be_fetched_leaves_the_tool_installed(secgate, known, serve):
    known(places.scanner(serve(BROKEN), databases=(DATABASE,)))
    code, out, err = secgate("install")
    assert code == 3
    assert "demo 1.2.3: installed" in out
    assert "demo: Advisories could not be had: registry not reached. There is none." in err


def test_an_unknown_scanner_is_a_usage_error(secgate, known):
    known(places.scanner(UNREACHED))
    code, _, err = secgate("install", "dmo")
    assert code == 2
    assert "there is no scanner `dmo`" in err


def test_list_shows_state_channel_and_data(secgate, known, serve):
    third = replace(serve(TOOL), channel="third-party")
    known(places.scanner(third, databases=(DATABASE,)), replace(places.scanner(UNREACHED), id="other"))
    secgate("install", "demo")
    code, out, err = secgate("list")
    assert (code, err) == (0, "")
    head, demo, other, _, *remedies = [line.rstrip() for line in out.splitlines()]
    assert head.split() == ["SCANNER", "VERSION", "STATE", "SIZE", "CHANNEL", "DATABASE"]
    assert re.fullmatch(
        r"demo +1\.2\.3 +installed +1 MB +third-party +Advisories of 2026-11-21, sha256:[0-9a-f]{12}….*", demo
    )
    assert re.fullmatch(r"other +1\.2\.3 +missing +– +– +–", other)
    assert remedies[0] == "→ secgate tools install other"
    assert "\x1b" not in out


def test_list_as_json_is_one_document(secgate, known, serve):
    known(places.scanner(serve(TOOL), databases=(DATABASE,)))
    missing = json.loads(secgate("list", "--format", "json")[1])
    assert missing == [
        {
            "id": "demo", "title": "Demo", "version": "1.2.3", "state": "missing", "source": "", "channel": "",
            "bytes": 0,
            "databases": [
                {"id": "advisories", "title": "Advisories", "state": "missing", "updated": "", "digest": "",
                 "source": "", "stale": False},
            ],
        },
    ]  # fmt: skip
    secgate("install")
    (item,) = json.loads(secgate("list", "--format", "json")[1])
    assert item["state"] == "installed"
    assert item["databases"][0]["updated"] == "2026-11-21T06:00:00Z"
    assert item["databases"][0]["digest"] == f"sha256:{places.sha256(b'data')}"


def test_list_says_when_the_data_is_too_old(secgate, known, serve, tmp_path):
    known(places.scanner(serve(BROKEN), databases=(replace(DATABASE, max_age_days=3),)))
    secgate("install", "--no-databases")
    given = places.database_files(tmp_path / "given", updated="2020-01-01T00:00:00Z")
    assert secgate("update", "--from", str(given))[0] == 0
    _, out, _ = secgate("list")
    assert "Advisories of 2020-01-01" in out
    assert "too old" in out
    assert "→ secgate tools update demo" in out
    assert json.loads(secgate("list", "--format", "json")[1])[0]["databases"][0]["stale"] is True
    code, _, err = secgate("install")
    assert (code, "The old one is kept" in err) == (3, True)


def test_list_verify_reads_everything_and_fails_on_a_change(secgate, known, serve):
    demo = places.scanner(serve(TOOL), databases=(DATABASE,))
    known(demo)
    secgate("install")
    assert secgate("list", "--verify")[0] == 0
    for path in (place.tool_folder(demo) / "bin/demo", place.database_folder(demo, DATABASE) / "db/data.db"):
        kept, before = path.read_bytes(), path.stat()
        path.write_bytes(kept[:-1] + b"!")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert secgate("list")[0] == 0
        code, out, _ = secgate("list", "--verify")
        assert (code, "changed" in out) == (4, True)
        path.write_bytes(kept)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert secgate("list", "--verify")[0] == 0


def test_update_replaces_the_database(secgate, known, serve):
    known(places.scanner(serve(TOOL), databases=(DATABASE,)))
    secgate("install")
    code, out, err = secgate("update")
    assert code == 0
    assert out.startswith("demo: Advisories of 2026-11-21T06:00:00Z (sha256:")
    assert err == "demo: fetching Advisories\n"


def test_update_out_of_reach_keeps_the_old_one_and_is_incomplete(secgate, known, serve, tmp_path):
    known(places.scanner(serve(BROKEN), databases=(DATABASE,)))
    secgate("install", "--no-databases")
    secgate("update", "demo", "--from", str(places.database_files(tmp_path / "given")))
    code, out, err = secgate("update", "demo")
    assert (code, out) == (3, "")
    assert "The old one is kept" in err
    assert "installed" in secgate("list")[1]


def test_update_without_the_tool_says_to_install_it(secgate, known):
    known(places.scanner(UNREACHED, databases=(DATABASE,)))
    code, _, err = secgate("update")
    assert code == 3
    assert "→ secgate tools install demo" in err


def test_update_of_what_has_no_database_is_a_usage_error(secgate, known):
    known(places.scanner(UNREACHED))
    assert secgate("update", "demo")[0] == 2


def test_update_from_a_folder_is_for_one_database(secgate, known, tmp_path):
    two = places.scanner(UNREACHED, databases=(DATABASE, replace(DATABASE, id="more")))
    known(two)
    code, _, err = secgate("update", "--from", str(tmp_path))
    assert code == 2
    assert "--from is for one database, and there are 2" in err
    assert secgate("update", "--from", str(tmp_path / "nowhere"))[0] == 2


def test_lock_prints_what_changed(secgate, known, tmp_path, monkeypatch):
    folder = tmp_path / "content" / "scanners" / "demo"
    folder.mkdir(parents=True)
    (folder / "lock.txt").write_text("demo==1.2.3\n")
    locked = places.scanner(Source("index", "bin/demo", lock="lock.txt"))
    known(locked, replace(places.scanner(UNREACHED), id="other"))
    wheels = {"demo-1.2.3-py3-none-any.whl": places.wheel("demo", "1.2.3")}
    with places.server(places.index(wheels)) as address:
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"{address}/simple/")
        assert secgate("lock") == (0, "demo: hashes or comments only\n", "demo: resolving demo==1.2.3\n")
        assert secgate("lock")[1] == "demo: nothing changed\n"
        code, _, err = secgate("lock", "other")
    assert code == 2
    assert "has no lock to write" in err


def test_a_scan_that_installs_goes_on_without_what_cannot_be_had(known, serve, tmp_path, monkeypatch):
    monkeypatch.setenv("SECGATE_HOME", str(tmp_path / "home"))
    absent = replace(places.scanner(UNREACHED), id="absent")
    demo = places.scanner(serve(TOOL), databases=(DATABASE,))
    said = []
    provide.missing([absent, demo], said.append)
    assert "Demo 1.2.3 could not be installed:" in said
    assert any("secgate tools install absent" in line for line in said)
    assert not any("\n" in line for line in said)
    assert databases.state(demo, DATABASE)
    with pytest.raises(TrustError):
        provide.missing([places.scanner(replace(serve(TOOL), sha256="1" * 64))], said.append)


@pytest.mark.parametrize("words", [[], ["install"], ["list"], ["lock"], ["update"]])
def test_every_help_shows_an_example(secgate, words):
    code, out, _ = secgate(*words, "--help")
    assert code == 0
    assert re.search(r"Examples?:\n +secgate tools ", out)


@pytest.mark.live
def test_every_shipped_scanner_that_is_installed_is_what_was_installed():
    found = {name: present.look(one, verify=True) for name, one in catalog.scanners().items()}
    there = {name: one.state for name, one in found.items() if one.state is not ToolState.MISSING}
    if not there:
        pytest.skip("no scanner is installed: secgate tools install")
    assert set(there.values()) == {ToolState.INSTALLED}, there
