"""The pull request that a job is about; for a job that tells of a fork's run, by what GitHub says of that run."""

from github.PullRequest import PullRequest
from github.Repository import Repository

from secgate.errors import PublishError, TrustError
from secgate.github.client import asking
from secgate.github.job import COMMIT, Job

_PERMISSION = "pull-requests: read"


def pull_request(repository: Repository, job: Job) -> PullRequest | None:
    """Return the pull request; None where the job is about none.

    Raises:
        PublishError: GitHub does not say, or several have the same commit.
    """
    with asking("show the pull request", _PERMISSION):
        if job.number:
            return repository.get_pull(job.number)
        if not (job.reports and job.head and job.head_repository and job.head_branch):
            return None
        owner = job.head_repository.partition("/")[0]
        found = [
            one
            for one in repository.get_pulls(state="open", head=f"{owner}:{job.head_branch}")
            if one.head.sha == job.head and one.head.repo and one.head.repo.full_name == job.head_repository
        ]
    if len(found) > 1:
        numbers = ", ".join(f"#{one.number}" for one in found)
        raise PublishError(f"{numbers} have one commit: nobody knows which was judged", "Close all but one.")
    return found[0] if found else None


def hold(repository: Repository, commit: str, job: Job) -> None:
    """Refuse a verdict that is not about the commit of the reported run, or GitHub's merge of it.

    Args:
        repository: of the pull request.
        commit: the id that the verdict names.
        job: tells of the run.

    Raises:
        TrustError: it is about something else.
        PublishError: GitHub does not say.
    """
    if commit == job.head:
        return
    if not COMMIT.fullmatch(commit):
        raise TrustError("the decision names no commit", "Judge the event's commit: `secgate scan` does, in a job.")
    with asking("show the judged commit", "contents: read"):
        parents = {one.sha for one in repository.get_git_commit(commit).parents}
    if job.head not in parents:
        raise TrustError(
            f"the decision is about commit {commit[:12]}, which is no merge of {job.head[:12]}",
            "The run has given files of another commit: look at its workflow.",
        )
