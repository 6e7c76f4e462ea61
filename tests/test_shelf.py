"""Where the files lie that a policy names."""

import hashlib

import pytest
from support import repositories

from secgate import git
from secgate.errors import TrustError
from secgate.gate.shelf import Elsewhere, beside, of_commit, of_folder, of_tree
from secgate.policy.parents import Spot


def sha(data):
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SECGATE_HOME", str(tmp_path / "home"))


def test_a_mirror_may_be_a_repository_or_a_plain_folder(tmp_path):
    origin = repositories.repository(tmp_path / "mirror" / "team", "org.yaml")
    commit = repositories.commit(origin)
    (origin / "org.yaml").write_text("in the working tree\n")
    mirrors = Elsewhere({"https://h.example": tmp_path / "mirror"}, offline=True)
    assert mirrors.fetch(Spot("git+https://h.example/team", commit, "org.yaml"), "sha256:0") == b"# org.yaml\n"
    plain = mirrors.fetch(Spot("git+https://h.example/team", "0" * 40, "org.yaml"), "sha256:0")
    assert plain == b"in the working tree\n"
    with pytest.raises(TrustError, match="is not in the mirror"):
        mirrors.fetch(Spot("git+https://h.example/team", commit, "absent.yaml"), "sha256:0")


def test_what_was_fetched_is_kept_by_its_digest_and_never_believed(tmp_path):
    origin = repositories.repository(tmp_path / "origin", "org.yaml")
    spot = Spot(f"git+file://{origin}", repositories.commit(origin), "org.yaml")
    digest = sha(b"# org.yaml\n")
    assert Elsewhere().fetch(spot, digest) == b"# org.yaml\n"
    assert Elsewhere(offline=True).fetch(spot, digest) == b"# org.yaml\n"
    kept = tmp_path / "home" / "policies" / digest.removeprefix("sha256:")
    kept.write_bytes(b"forged")
    assert Elsewhere().fetch(spot, digest) == b"# org.yaml\n"
    with pytest.raises(TrustError):
        Elsewhere(offline=True).fetch(spot, sha(b"other"))
    with pytest.raises(TrustError, match="git cannot fetch it"):
        Elsewhere().fetch(Spot(spot.source, "0" * 40, "org.yaml"), sha(b"other"))


def test_a_working_tree_gives_its_files_and_no_link(tmp_path):
    root = repositories.write(tmp_path / "root", ".secgate/waivers/a.yaml", "b/c.yaml")
    (tmp_path / "outside.yaml").write_text("x")
    (root / ".secgate/waivers/link.yaml").symlink_to(tmp_path / "outside.yaml")
    (root / "folder").symlink_to(tmp_path)
    shelf = of_folder(root)
    assert list(shelf.paths(".secgate/waivers")) == [".secgate/waivers/a.yaml"]
    assert sorted(shelf.paths("")) == [".secgate/waivers/a.yaml", "b/c.yaml"]
    assert shelf.read("b/c.yaml") == b"# b/c.yaml\n"
    for path in (".secgate/waivers/link.yaml", "folder/outside.yaml", "../outside.yaml", "absent", "b"):
        assert shelf.read(path) is None


def test_a_commit_gives_its_files_whatever_the_working_tree_holds(tmp_path):
    root = repositories.repository(tmp_path / "root", "a/b.yaml", "c.yaml")
    commit = repositories.commit(root)
    repositories.write(root, "a/new.yaml")
    with git.opened(root) as repository:
        shelf = of_commit(repository, commit)
        assert list(shelf.paths("a")) == ["a/b.yaml"]
        assert shelf.read("a/b.yaml") == b"# a/b.yaml\n"
        assert shelf.read("a/new.yaml") is None


def test_nothing_is_fetched_for_a_tree_that_is_judged(tmp_path):
    origin = repositories.repository(tmp_path / "origin", "org.yaml")
    spot = Spot(f"git+file://{origin}", repositories.commit(origin), "org.yaml")
    shelf = of_tree({"a": b"b"}.get, ["a", "b/c"])
    assert (list(shelf.paths("b")), shelf.read("a")) == (["b/c"], b"b")
    with pytest.raises(TrustError, match="neither in a mirror nor in the cache"):
        shelf.fetch(spot, sha(b"# org.yaml\n"))


def test_the_root_is_the_repositorys_or_the_folder_that_holds_secgate(tmp_path):
    loose = repositories.write(tmp_path / "loose", ".secgate/policy.yaml", "org/policy.yaml")
    assert beside(str(loose / ".secgate/policy.yaml"))[1] == ".secgate/policy.yaml"
    assert beside(str(loose / "org/policy.yaml"))[1] == "policy.yaml"
    root = repositories.repository(tmp_path / "root", "org/policy.yaml")
    shelf, place = beside(str(root / "org/policy.yaml"))
    assert (place, shelf.read(place)) == ("org/policy.yaml", b"# org/policy.yaml\n")
