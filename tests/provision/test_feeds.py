"""What is fetched is one whole feed, kept by its digest with its date; anything else changes nothing."""

import datetime

import pytest
from support import places
from support.feeds import EPSS_AT, KEV_AT, epss, kev

from secgate.errors import MissingToolError, UsageError
from secgate.provision import feed_files, feed_update, feeds
from secgate.provision.feed_files import FeedError, read_epss, read_kev

TODAY = datetime.datetime.now(tz=datetime.UTC)


def ago(days):
    return (TODAY - datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_there_is_none_at_first(home):
    assert (feeds.state("kev"), feeds.known("epss")) == (None, None)


def test_a_feed_is_fetched_and_kept_by_its_digest_with_its_date(home):
    data = kev("CVE-2021-44228", "CVE-2014-0160", released=ago(2))
    told = []
    with places.server({KEV_AT: data}) as address:
        state = feed_update.update("kev", address + KEV_AT, told.append)
    assert state.digest == f"sha256:{places.sha256(data)}"
    assert (state.released, state.entries, state.source) == (ago(2), 2, address + KEV_AT)
    assert (home / "feeds/kev" / places.sha256(data)).read_bytes() == data
    assert feeds.state("kev") == state
    assert feeds.known("kev").exploited == {"CVE-2021-44228", "CVE-2014-0160"}
    assert told == ["kev: fetching CISA's known exploited vulnerabilities"]


def test_scores_are_read_as_numbers(home):
    with places.server({EPSS_AT: epss({"CVE-2021-44228": "0.94358", "CVE-1999-0001": "9e-05"}, ago(0))}) as address:
        feed_update.update("epss", address + EPSS_AT)
    assert feeds.known("epss").scores == {"CVE-2021-44228": 0.94358, "CVE-1999-0001": 0.00009}


def test_a_feed_counts_as_of_when_its_source_served_it_but_not_for_ever(home, tmp_path):
    with places.server({"/new": kev(released=ago(5)), "/old": kev(released=ago(100))}) as address:
        assert feed_update.update("kev", f"{address}/old").as_of[:10] == ago(79)[:10]
        assert feed_update.update("kev", f"{address}/new").as_of[:10] == ago(0)[:10]
    (tmp_path / "by-hand.json").write_bytes(kev(released=ago(4)))
    assert feed_update.update("kev", str(tmp_path / "by-hand.json")).as_of == ago(4)


def test_a_source_is_named_without_what_may_be_a_secret(home, tmp_path):
    with places.server({"/kev": kev(released=ago(0))}) as address:
        state = feed_update.update("kev", address.replace("http://", "http://me:s3cret@") + "/kev?token=t0ken")
    assert state.source == f"{address}/kev"
    (tmp_path / "kev.json").write_bytes(kev(released=ago(0)))
    assert feed_update.update("kev", str(tmp_path / "kev.json")).source == "kev.json"


def test_an_older_feed_never_takes_the_place_of_a_newer_one(home, tmp_path):
    (tmp_path / "new").write_bytes(kev("CVE-2026-1000", released=ago(1)))
    (tmp_path / "old").write_bytes(kev(released=ago(9)))
    kept = feed_update.update("kev", str(tmp_path / "new"))
    with pytest.raises(MissingToolError, match=r"and the one in use of .*The one in use is kept"):
        feed_update.update("kev", str(tmp_path / "old"))
    assert feeds.state("kev") == kept


def test_a_feed_from_the_future_is_refused(home, tmp_path):
    (tmp_path / "kev").write_bytes(kev(released=ago(-3)))
    with pytest.raises(MissingToolError, match="is in the future"):
        feed_update.update("kev", str(tmp_path / "kev"))


@pytest.mark.parametrize("source", ["http://mirror.example/kev.json", "ftp://mirror.example/kev.json"])
def test_an_address_that_anybody_could_answer_is_refused(home, source):
    with pytest.raises(UsageError, match="anybody on the way could change it"):
        feed_update.update("kev", source)


def test_a_file_that_is_not_there_is_said(home):
    with pytest.raises(UsageError, match="there is no such file"):
        feed_update.update("kev", "nowhere.json")


def test_what_cannot_be_fetched_is_said_with_the_remedy(home):
    with places.server({}) as at, pytest.raises(MissingToolError, match=r"answered 404\. There is none") as refused:
        feed_update.update("kev", f"{at}/kev")
    assert "--source kev=URL" in refused.value.remedy


def test_a_feed_that_was_changed_on_disk_is_none(home, tmp_path):
    (tmp_path / "kev").write_bytes(kev(released=ago(0)))
    state = feed_update.update("kev", str(tmp_path / "kev"))
    (home / "feeds/kev" / state.digest.removeprefix("sha256:")).write_bytes(kev("CVE-2000-0001", released=ago(0)))
    assert feeds.known("kev") is None


def test_what_is_larger_than_any_feed_is_refused(home, tmp_path, monkeypatch):
    monkeypatch.setattr(feed_update, "MAX_BYTES", 100)
    (tmp_path / "kev").write_bytes(kev(released=ago(0)))
    with pytest.raises(MissingToolError, match="larger than"):
        feed_update.update("kev", str(tmp_path / "kev"))
    with places.server({"/kev": kev(released=ago(0))}) as address, pytest.raises(MissingToolError, match="larger than"):
        feed_update.update("kev", f"{address}/kev")


NO_CATALOGUE = [
    (b"<html>", "is not CISA's catalogue"),
    (b"[]", "is not CISA's catalogue"),
    (kev()[:-20], "is not CISA's catalogue"),
    (kev(count=2), "says that it names 2 vulnerabilities, and names 1"),
    (kev(count=0, vulnerabilities=[]), "names no vulnerability"),
    (kev(vulnerabilities=[{"cveID": "CVE-1"}], count=1), r"\$.vulnerabilities\[0\]"),
    (kev("CVE-2026-1\n"), "matching regex"),
    (kev("CVE-2026-0001\n"), "matching regex"),
    (kev("CVE-2026-0001", "CVE-2026-0001"), "names a vulnerability a second time"),
    (kev(released="2026-11-24"), "dateReleased"),
    (kev(released="0001-01-01T00:00:00+14:00"), "is none in UTC"),
    (kev(released="2026-11-24T15:00:10"), "its date names no time zone"),
]


@pytest.mark.parametrize(("data", "why"), NO_CATALOGUE, ids=lambda one: str(one)[:30])
def test_what_is_not_a_whole_catalogue_is_refused(data, why):
    with pytest.raises(FeedError, match=why):
        read_kev(data)


HEAD = "#model_version:v2026.06.15,score_date:2026-11-25T12:00:22Z\n"
COLUMNS = "cve,epss,percentile\n"
NO_SCORES = [
    (b"cve,epss", "is not one whole gzip file"),
    (epss()[:-9], "is not one whole gzip file"),
    (epss(text="<html>\n"), "line 1 is `<html>`"),
    (epss(text=f"{HEAD}cve,epss\nCVE-2021-44228,0.1\n"), "line 2 is `cve,epss`"),
    (epss(text=f"{HEAD}{COLUMNS}"), "is cut off"),
    (epss(text=f"{HEAD}{COLUMNS}CVE-2021-44228,0.1,0.5"), "is cut off"),
    (epss(text=f"{HEAD}{COLUMNS}CVE-2021-44228,0.1\n"), "line 3 is `CVE-2021-44228,0.1`"),
    (epss(text=f"{HEAD}{COLUMNS}CVE-2021-44228,1.5,0.5\n"), "two numbers from 0 to 1"),
    (epss(text=f"{HEAD}{COLUMNS}CVE-2021-44228,-0.5,0.5\n"), "two numbers from 0 to 1"),
    (epss(text=f"{HEAD}{COLUMNS}CVE-2021-44228,nan,0.5\n"), "two numbers from 0 to 1"),
    (epss(text=f"{HEAD}{COLUMNS}" + "CVE-2021-44228,0.1,0.5\n" * 2), "line 4 names CVE-2021-44228 a second time"),
    (epss(released="yesterday"), "line 1 names no time: `yesterday`"),
    (epss(released="9999-12-31T23:59:59-14:00"), "is none in UTC"),
    (epss(released="2026-11-25"), "its date names no time zone"),
    (epss(text=f"{HEAD}{COLUMNS}CVE-2021-44228,0.1,0.5\né\n"), "is not ASCII"),
]


@pytest.mark.parametrize(("data", "why"), NO_SCORES, ids=lambda one: str(one)[:30])
def test_what_is_not_a_whole_file_of_scores_is_refused(data, why):
    with pytest.raises(FeedError, match=why):
        read_epss(data)


def test_both_forms_of_a_date_are_read():
    assert read_epss(epss(released="2024-04-05T00:00:00+0000")).released == datetime.datetime(
        2024, 4, 5, tzinfo=datetime.UTC
    )


def test_what_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(feed_files, "MAX_BYTES", 60)
    with pytest.raises(FeedError, match="unpacks to more than"):
        read_epss(epss())
    monkeypatch.undo()
    monkeypatch.setattr(feed_files, "MAX_ENTRIES", 2)
    with pytest.raises(FeedError, match="holds more than 2 lines"):
        read_epss(epss({"CVE-2021-44228": 0.1, "CVE-2021-44229": 0.1}))
