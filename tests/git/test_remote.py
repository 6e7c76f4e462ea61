"""One file of one commit of a repository somewhere else."""

import pytest
from support import repositories
from support.repositories import git

from secgate.errors import TrustError
from secgate.git import fetched


@pytest.mark.parametrize("form", ["sha1", "sha256"])
def test_a_file_of_a_commit_is_fetched_whatever_the_branches_are_now(tmp_path, form):
    origin = repositories.repository(tmp_path / "origin", "org/policy.yaml", form=form)
    first = repositories.commit(origin)
    (origin / "org/policy.yaml").write_text("newer\n")
    second = repositories.commit(origin)
    assert fetched(f"file://{origin}", first, "org/policy.yaml") == b"# org/policy.yaml\n"
    assert fetched(f"file://{origin}", second, "org/policy.yaml") == b"newer\n"


def test_what_cannot_be_fetched_is_a_matter_of_trust(tmp_path):
    origin = repositories.repository(tmp_path / "origin", "a")
    commit = repositories.commit(origin)
    for url, revision, path in (
        (f"file://{origin}", "0" * 40, "a"),
        (f"file://{origin}", commit, "b"),
        (f"file://{tmp_path}/absent", commit, "a"),
        (f"ext::sh -c touch% {tmp_path}/made", commit, "a"),
        (f"ssh://localhost{origin}", commit, "a"),
    ):
        with pytest.raises(TrustError):
            fetched(url, revision, path)
    assert not (tmp_path / "made").exists()


def test_no_setting_of_the_other_repository_or_the_user_applies(tmp_path, monkeypatch):
    origin = repositories.repository(tmp_path / "origin", "a")
    commit = repositories.commit(origin)
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(f'[url "file://{tmp_path}/other"]\n\tinsteadOf = file://{origin}\n')
    monkeypatch.setenv("HOME", str(home))
    git(origin, "config", "uploadpack.packObjectsHook", f"touch {tmp_path}/made; exit 1; :")
    assert fetched(f"file://{origin}", commit, "a") == b"# a\n"
    assert not (tmp_path / "made").exists()
