"""A package index, archives and a catalog of one small scanner, all made in a folder and served from this machine."""

import base64
import gzip
import hashlib
import http.server
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from secgate.model import Category, Command, Database, Scanner, Source

PROGRAM = "#!/bin/sh\necho demo 1.2.3\n"

Answer = bytes | int
"""What a path gives: a body, or a status code."""


@contextmanager
def server(pages: Mapping[str, Answer], cut: int = 0, pause_s: float = 0.0) -> Iterator[str]:
    """Serve the pages on this machine and give the address.

    Args:
        pages: by path; a path that ends with `/` is HTML.
        cut: end each answer that many bytes before its announced length.
        pause_s: wait so long in the middle of each answer.
    """
    going_on = threading.Event()

    class Pages(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = pages.get(urlsplit(self.path).path, 404)
            if isinstance(answer, int):
                self.send_error(answer)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/html" if self.path.endswith("/") else "application/octet-stream")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            if self.command == "HEAD":
                return
            half = len(answer) // 2
            self.wfile.write(answer[:half])
            self.wfile.flush()
            going_on.wait(pause_s)
            self.wfile.write(answer[half : len(answer) - cut])

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that was killed is what some tests are about."""

    with Server(("127.0.0.1", 0), Pages) as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{serving.server_port}"
        finally:
            going_on.set()
            serving.shutdown()
            thread.join()


def sha256(data: bytes) -> str:
    """Return the digest in hex."""
    return hashlib.sha256(data).hexdigest()


def tar(members: Mapping[str, str], *, links: Mapping[str, str] | None = None, kind: bytes = tarfile.SYMTYPE) -> bytes:
    """Return a compressed archive of files by name, and links by name."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content.encode())
            archive.addfile(info, io.BytesIO(content.encode()))
        for name, target in (links or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
    return gzip.compress(packed.getvalue(), mtime=0)


def zipped(members: Mapping[str, str], modes: Mapping[str, int] | None = None) -> bytes:
    """Return a zip archive of files by name, with the modes of some."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (modes or {}).get(name, 0) << 16
            archive.writestr(info, content)
    return packed.getvalue()


def wheel(name: str, version: str, requires: str = "") -> bytes:
    """Return a wheel with a program of its own name that prints name, version and what the environment leaks."""
    code = f"def main():\n    print('{name} {version}')\n"
    info = f"{name}-{version}.dist-info"
    demand = f"Requires-Dist: {requires}\n" if requires else ""
    files = {
        f"{name}.py": code,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{demand}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},"
        f"{len(text.encode())}\n"
        for path, text in files.items()
    )
    return zipped({**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"})


def index(wheels: Mapping[str, bytes]) -> dict[str, Answer]:
    """Return the pages of a package index that has these wheels, by file name."""
    pages: dict[str, Answer] = {f"/files/{name}": data for name, data in wheels.items()}
    for project in {name.partition("-")[0] for name in wheels}:
        links = "".join(
            f'<a href="/files/{name}#sha256={sha256(data)}">{name}</a>\n'
            for name, data in sorted(wheels.items())
            if name.startswith(f"{project}-")
        )
        pages[f"/simple/{project}/"] = f"<!DOCTYPE html><html><body>\n{links}</body></html>".encode()
    return pages


def lock(pins: Mapping[str, bytes]) -> str:
    """Return a hash-locked requirements file for `name==version` → wheel."""
    return "".join(f"{pin} \\\n    --hash=sha256:{sha256(data)}\n" for pin, data in pins.items())


def scanner(*sources: Source, databases: tuple[Database, ...] = (), version: str = "1.2.3") -> Scanner:
    """Return the manifest of the scanner `demo`."""
    command = Command(Category.SAST, "tree", ("{tool}",), (0,))
    return Scanner("demo", "Demo", "https://example.com", "MIT", version, sources, {"code": command}, databases)


def database(*update: str) -> Database:
    """Return a database that `update` fetches and that stays young while this project lives."""
    return Database(
        "advisories", "Advisories", "db/metadata.json", "db/data.db", update or ("{tool}", "{database}"), 36_500
    )


def database_files(folder: Path, content: str = "data", updated: str = "2026-11-20T06:00:00.123456789Z") -> Path:
    """Write a database into `folder` and return it."""
    (folder / "db").mkdir(parents=True, exist_ok=True)
    (folder / "db" / "metadata.json").write_text(json.dumps({"Version": 2, "UpdatedAt": updated}))
    (folder / "db" / "data.db").write_text(content)
    return folder
