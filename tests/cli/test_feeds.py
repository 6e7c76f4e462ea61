"""`secgate feeds`, and what a verdict makes of them: from a server to a decision."""

import dataclasses
import datetime
import json
import sys
from pathlib import Path

import pytest
from support import places
from support.factories import decision, verdict, vulnerability
from support.feeds import EPSS_AT, KEV_AT, epss, kev

from secgate import catalog
from secgate.cli import main, provide
from secgate.model import Vulnerability
from secgate.policy.source import named
from secgate.provision import feed_update
from secgate.provision import feeds as data
from secgate.report import sarif_file

TODAY = datetime.datetime.now(tz=datetime.UTC)
NOW = TODAY.strftime("%Y-%m-%dT%H:%M:%SZ")
POLICY = """\
apiVersion: secgate.dev/v1
kind: Policy
metadata: {name: p, version: "1.0.0"}
spec:
  evidence:
    feeds:
      - {id: kev, maxAge: 72h}
      - {id: epss, maxAge: 72h, onMissing: warn}
  rules:
    - {id: exploited, match: {vuln.kev: true}, action: block}
    - {id: likely, match: {vuln.epss: {gte: 0.1}}, action: warn}
"""


@pytest.fixture
def secgate(tmp_path, monkeypatch, capsys):
    """Run a command in a folder with a policy and a report, and return its exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SECGATE_HOME", str(tmp_path / "home"))
    Path("policy.yaml").write_text(POLICY)
    judged = decision(verdicts=(verdict(vulnerability(vuln=Vulnerability("CVE-2021-23337"))),))
    Path("secgate.sarif").write_bytes(sarif_file.render(judged, catalog.scanners()))

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["secgate", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        return (ended.value.code, *capsys.readouterr())

    return run


def judged(secgate, *more):
    words = ("secgate.sarif", "--trust-sarif", "--policy", "policy.yaml", "--json", "d.json", "-q")
    code, *_ = secgate("evaluate", *words, *more)
    return code, json.loads(Path("d.json").read_text())


def test_without_feeds_nothing_is_green_and_with_them_a_rule_decides(secgate):
    code, made = judged(secgate)
    assert (code, made["exit"], "feeds" in made) == (3, 3, False)
    assert "secgate feeds update kev" in json.dumps(made)
    catalogue, scores = kev("CVE-2021-23337", released=NOW), epss({"CVE-2021-23337": "0.2"}, released=NOW)
    with places.server({KEV_AT: catalogue, EPSS_AT: scores}) as at:
        source = (f"--source=kev={at}{KEV_AT}", f"--source=epss={at}{EPSS_AT}")
        assert secgate("feeds", "update", *source)[0] == 0
    code, made = judged(secgate)
    assert (code, made["verdicts"][0]["rules"]) == (1, ["exploited", "likely"])
    assert made["verdicts"][0]["finding"]["vuln"]["epss"] == 0.2
    assert [(one["id"], one["digest"], one["released"]) for one in made["feeds"]] == [
        ("epss", f"sha256:{places.sha256(scores)}", NOW), ("kev", f"sha256:{places.sha256(catalogue)}", NOW),
    ]  # fmt: skip
    later = (TODAY + datetime.timedelta(days=9)).date()
    code, made = judged(secgate, "--now", later)
    assert (code, made["outcome"]) == (1, "blocked")
    assert "the feed `kev` is too old: 9 days, 72h are allowed" in json.dumps(made)


def test_what_is_there_is_shown_and_what_is_missing_with_the_command(secgate):
    code, out, _ = secgate("feeds", "show")
    assert code == 0
    assert "kev   CISA's known exploited vulnerabilities: not here" in out
    assert out.endswith("→ secgate feeds update kev epss\n")
    assert secgate("feeds", "show", "--format", "json")[1] == "[]\n"
    Path("kev.json").write_bytes(kev(released=NOW))
    code, out, err = secgate("feeds", "update", "kev", "--source", "kev=kev.json", "--format", "json")
    assert (code, err) == (0, "kev: fetching CISA's known exploited vulnerabilities\n")
    (state,) = json.loads(out)
    assert (state["id"], state["entries"], state["source"], state["released"]) == ("kev", 1, "kev.json", NOW)
    out = secgate("feeds", "show")[1]
    assert f"kev   CISA's known exploited vulnerabilities: 1, released {NOW[:10]}" in out
    assert state["digest"] in out
    assert out.endswith("→ secgate feeds update epss\n")


def test_one_feed_that_fails_does_not_keep_the_other_from_being_updated(secgate):
    Path("kev.json").write_bytes(b"{}")
    Path("epss.gz").write_bytes(epss(released=NOW))
    code, out, err = secgate("feeds", "update", "--source", "kev=kev.json", "--source", "epss=epss.gz")
    assert (code, "epss  FIRST" in out) == (3, True)
    assert "kev.json: is not CISA's catalogue" in err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["nvd"], "'nvd' is not one of 'kev', 'epss'"),
        (["--source", "kev.json"], "names no feed and where it is"),
        (["--source", "nvd=x"], "names no feed and where it is"),
        (["kev", "--source", "epss=x"], "that feed is not to be updated"),
        (["kev", "--source", "kev=nowhere"], "there is no such file"),
    ],
)
def test_words_that_cannot_be_meant_are_refused(secgate, words, why):
    code, _, err = secgate("feeds", "update", *words)
    assert (code, why in err) == (2, True)


def test_an_installing_scan_fetches_the_feeds_that_are_missing_or_too_old_and_no_other(secgate, monkeypatch):
    said, days = [], {"kev": 30, "epss": 0}
    with places.server({KEV_AT: kev(released=NOW), EPSS_AT: epss(released=NOW)}) as at:
        for name, path in (("kev", KEV_AT), ("epss", EPSS_AT)):
            monkeypatch.setitem(data.FEEDS, name, dataclasses.replace(data.FEEDS[name], url=f"{at}{path}"))
        for name, make in (("kev", kev), ("epss", epss)):
            old = (TODAY - datetime.timedelta(days=days[name])).strftime("%Y-%m-%dT%H:%M:%SZ")
            Path(name).write_bytes(make(released=old))
            feed_update.update(name, name)
        wanted = named("policy.yaml").pack.feeds
        provide.wanted_feeds(wanted, NOW[:10], said.append)
        assert said == ["kev: fetching CISA's known exploited vulnerabilities"]
        assert data.state("kev").released == NOW
        provide.wanted_feeds(wanted, NOW[:10], said.append)
        assert len(said) == 1
    monkeypatch.setenv("SECGATE_HOME", "elsewhere")
    provide.wanted_feeds(wanted[:1], NOW[:10], said.append)
    assert "could not be had" in said[-1]
