"""Where a report stands on GitHub, so that it can link to what it is about."""

from dataclasses import dataclass
from urllib.parse import quote

from secgate.model import Location
from secgate.report import safe


@dataclass(frozen=True)
class Site:
    """The addresses around a report. Without any, nothing is linked."""

    repository: str = ""
    """`https://github.com/acme/shop`."""
    commit: str = ""
    """The id of the judged commit."""
    head: str = ""
    """The id of the pull request's own commit; empty where it is the judged one, or there is none."""
    run: str = ""
    """The address of the run that judged."""
    notes: tuple[str, ...] = ()
    """What whoever reads the verdict must know about it, in sentences."""

    def place(self, text: str, location: Location) -> str:
        """Return a safe text as a link to the lines of the judged commit."""
        if not (self.repository and self.commit and location.path):
            return text
        lines = f"#L{location.line}" if location.known else ""
        if location.known and location.end_line > location.line:
            lines += f"-L{location.end_line}"
        return safe.link(text, f"{self.repository}/blob/{self.commit}/{quote(location.path)}{lines}")

    def commit_link(self, commit: str) -> str:
        """Return a commit's short id, as a link."""
        return safe.link(safe.code(commit[:12]), f"{self.repository}/commit/{commit}" if self.repository else "")

    def stamp(self) -> str:
        """Return which commit was judged in which run: the beginning of a sentence; without either only `Judged`."""
        if not self.commit and not self.head:
            return "Judged"
        merged = self.head and self.head != self.commit
        about = self.commit_link(self.commit or self.head)
        parts = [f"Judged commit {about}"]
        if merged and self.commit:
            parts.append(f", the merge of {self.commit_link(self.head)}")
        if self.run:
            parts.append(f", in {safe.link('this run', self.run)}")
        return f"{''.join(parts)},"


NOWHERE = Site()
