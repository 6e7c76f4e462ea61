"""The real scanners find their canaries, and nothing of a canary is in anything that is written."""

import json
import shutil

import pytest
from live.conftest import EXAMPLES, Quiet
from support import image
from support.advisories import ADVISORIES, write_database

from secgate import catalog
from secgate.gate import examine, proofs, sides
from secgate.model import EvidenceState
from secgate.provision import databases, present
from secgate.report import document, sarif_file
from secgate.scan.canary import MISSED

pytestmark = pytest.mark.live

ODD = {
    "only.tf": 'module "m" {\n  source = "./gone"\n}\nresource "aws_s3_bucket" "b" {\n',
    "chart/Chart.yaml": "name: x\n",
    "pod.json": '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": []}}',
    "web/package-lock.json": "{",
    "A.PY": "eval(input())\n",
    "x.java": "class {",
    "notes.txt": "nothing to see here\n",
}


def plain(tasks, staged, scratch, folder):
    return tasks


def written(decision):
    return document.render(decision), sarif_file.render(decision, catalog.scanners())


@pytest.fixture
def odd(tmp_path):
    """Give the shop, with files about which every scanner has something to complain."""
    shutil.copytree(EXAMPLES / "shop", tmp_path / "odd")
    for name, text in ODD.items():
        (tmp_path / "odd" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "odd" / name).write_text(text)
    return tmp_path / "odd"


def test_with_and_without_canaries_the_same_bytes_are_written(judged, odd, monkeypatch):
    decision = judged(odd)
    states = {one.state for one in decision.evidence}
    assert EvidenceState.PARTIAL in states
    assert EvidenceState.FAILED not in states
    monkeypatch.setattr(sides, "plant", plain)
    assert written(decision) == written(judged(odd))


def test_images_and_bills_are_judged_the_same_with_and_without_canaries(judged, tmp_path, monkeypatch):
    app, bill = tmp_path / "app.tar", tmp_path / "app.json"
    image.write_image(app, [image.system("wolfi", "20230201", {"openssl": "3.3.1-r0"})])
    component = {"type": "library", "name": "minimist", "version": "1.2.0", "purl": "pkg:npm/minimist@1.2.0"}
    bill.write_text(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [component]}))
    wish = {"images": (str(app),), "sboms": (str(bill),)}
    decision = judged(None, **wish)
    assert {verdict.finding.rule.id for verdict in decision.verdicts} >= {"CVE-2099-4001", "CVE-2099-2002"}
    monkeypatch.setattr(sides, "plant", plain)
    assert written(decision) == written(judged(None, **wish))


def test_an_images_canary_is_looked_for_once_for_each_database(judged, advisories, tmp_path, monkeypatch):
    app = tmp_path / "app.tar"
    image.write_image(app, [image.system("wolfi", "20230201", {"openssl": "3.3.1-r0"})])
    started = []
    unproved = proofs.unproved
    monkeypatch.setattr(proofs, "unproved", lambda tasks, bench: started.append(unproved(tasks, bench)) or started[-1])

    def looked(**data):
        for name, known in data.items():
            write_database(tmp_path / name, known)
            databases.put(catalog.scanner("trivy"), advisories, tmp_path / name, lambda text: None)
        decision = judged(None, images=(str(app),))
        return sum(1 for one in started[-1] if not one.files), written(decision)

    (first, said), (second, again) = looked(), looked()
    assert (first, second) == (1, 0)
    assert said == again
    less = [one for one in ADVISORIES if one.package != "jquery"]
    assert [looked(less=less)[0], looked()[0]] == [1, 1], "what was not found proves nothing"
    shutil.rmtree(tmp_path / "home/canaries")
    (tmp_path / "home/canaries").write_text("")
    assert looked(all=ADVISORIES)[1] == said, "where nothing can be kept it is looked for each time"


def test_a_database_that_does_not_know_the_canary_is_failed_evidence(judged, advisories, tmp_path):
    root = tmp_path / "tree"
    root.mkdir()
    (root / "requirements.txt").write_text("flask==2.0.0\n")
    write_database(tmp_path / "less", [one for one in ADVISORIES if one.package != "jquery"])
    databases.put(catalog.scanner("trivy"), advisories, tmp_path / "less", lambda text: None)
    decision = judged(root)
    (evidence,) = [one for one in decision.evidence if one.command == "dependencies"]
    assert (evidence.state, evidence.remedy) == (EvidenceState.FAILED, "secgate tools update trivy")
    assert evidence.reason == MISSED
    assert "CVE-2099-1001" in {verdict.finding.rule.id for verdict in decision.verdicts}


def test_every_installed_scanner_finds_its_canaries_alone(installed, advisories, monkeypatch):
    monkeypatch.setattr(present, "installed", lambda scanner: installed[scanner.id])
    told = [(f"{one.scanner}/{one.command}", one.state, one.reason) for one in examine(2, Quiet())]
    wanted = [
        f"{scanner.id}/{name}"
        for scanner in catalog.scanners().values()
        for name, command in sorted(scanner.commands.items())
        if command.canaries
    ]
    assert told == [(name, EvidenceState.OK, "") for name in wanted]
