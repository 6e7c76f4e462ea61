"""Where the fuzzer begins: what scanners really wrote, the rules and manifests that ship, and a little of our own."""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from fuzz.material import FORMS
from fuzz.trees import SEPARATOR
from support import factories
from support.foreign import DOCUMENT
from support.lockfiles import HOLDS
from support.samples import samples

from secgate import catalog
from secgate.errors import ReportError
from secgate.model import Related
from secgate.report import document
from secgate.report.sarif_file import run_of
from secgate.sarif.writer import write
from secgate.scan.merge import identify

_ID = bytes(19)
FILE, FOLDER, LINK, MODULE = b"100644", b"40000", b"120000", b"160000"
_HEX = b"1" * 40
_NAMES = (
    *(
        b"app.py",
        b"App.py",
        b".git",
        b"GIT~1",
        b"..",
        b".",
        b"",
        b"a/b",
        b"caf\xe9",
        b".g\xe2\x80\x8cit",
        b"n\n",
        b"x" * 300,
    ),
    *(b".bandit", b".semgrepignore", b".trivyignore", b"trivy.yaml", b".checkov.yaml", b"stand-ins"),
)
_TEXTS = (
    "import os  # nosec B602, B603: fine # nosec\nrun(x)  # nosemgrep: a.b, c\n",
    "# checkov:skip=CKV_AWS_20:reason\n#trivy:ignore:AVD-1 tfsec:ignore:all:exp:2030-01-01\n",
    "metadata:\n  annotations:\n    checkov.io/skip1: CKV_K8S_1=because\n",
    'password = "tr0ub4dor-and-3"\nurl = "https://user:hunter22@host/x"\ntoken: Zx81abcdefABCDEF01\n',
    "ENV API_KEY Zx81spectrum9q\r\nARG secret='it''s'\rkey => b\"\\x41\\n\" ; auth := `a b`\n",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nabcdEFGH1234+/==\n-----END PRIVATE KEY-----\n",
    "2026-11-25T10:00:00Z\tWARN\t[db] x\nTraceback (most recent call last):\n  File \"a.py\"\n",
)  # fmt: skip


def seeds(target: str) -> Iterator[bytes]:
    """Return the inputs that a target begins with, beside its kept corpus."""
    yield from _OWN.get(target, lambda: _reports(target))()


def _reports(scanner: str) -> Iterator[bytes]:
    return (one.raw.read_bytes() for one in samples() if one.scanner == scanner)


def _sarif() -> Iterator[bytes]:
    """One file of anybody's, and for each sample one of ours with a finding or two."""
    yield json.dumps(DOCUMENT).encode()
    for sample in samples():
        try:
            findings = identify(sample.report().findings[:2], None)
        except ReportError:
            continue
        stream = io.BytesIO()
        write([run_of(sample.scanner, catalog.scanner(sample.scanner), findings, (factories.evidence(),))], stream)
        yield stream.getvalue()


def _trees() -> Iterator[bytes]:
    yield b"objects\n%s blob 3\nx=1\n%s missing\n%s tree 70\n%s" % (_HEX, _HEX, _HEX, b"y" * 71)
    yield b"index\nH 100644 %s 0\ta b.py\0M 100755 %s 1\tc\0S 120000 %s 0\td/e\0" % (_HEX, _HEX, _HEX)
    yield b"files\nH 160000 %s 0\tmodule\0%snew.py\0folder/\0copy\0" % (_HEX, SEPARATOR)
    yield _commit([entry(FILE, name, number) for number, name in enumerate(_NAMES)])
    yield _commit([entry(LINK, b"%d.py" % number, number) for number in range(9)] + [entry(FILE, b"app.py", 0)])
    yield _commit([entry(FOLDER, b"d", 1), entry(LINK, b"l", 3)], [entry(FOLDER, b"e", 0), entry(MODULE, b"m", 7)])
    yield _commit([entry(FILE, b"d", 3), entry(FOLDER, b"d", 1), entry(FOLDER, b"gone", 2)], [entry(FILE, b"x", 1)])


def _commit(*folders: list[bytes]) -> bytes:
    return b"\n" + SEPARATOR.join(map(b"".join, folders))


def entry(mode: bytes, name: bytes, last: int) -> bytes:
    return mode + b" " + name + b"\0" + _ID + bytes([last])


def _texts() -> Iterator[bytes]:
    yield from (one.encode() for one in _TEXTS)
    yield "".join(_TEXTS).encode()


def _forms() -> Iterator[bytes]:
    yield from (b"%s\n%s" % (path.encode(), content.encode()) for path, content in FORMS)


def _lockfiles() -> Iterator[bytes]:
    yield from (b"%s\n%s" % (name.encode(), content.encode()) for name, content in HOLDS.items())


def _documents() -> Iterator[bytes]:
    yield from (path.read_bytes() for path in _written_by_hand())
    yield b"a: &x [1, {b: 2.5}]\n'<<': *x\n? c\n: |\n  text\n"
    finding = factories.finding(related=(Related(factories.location()),))
    yield document.render(factories.decision(verdicts=(factories.verdict(finding), factories.verdict())))


def _written_by_hand() -> list[Path]:
    return [*catalog.packs().values(), *(catalog.folder(name) / "scanner.yaml" for name in catalog.scanners())]


_OWN: Mapping[str, Callable[[], Iterator[bytes]]] = {
    "sarif": _sarif,
    "tree": _trees,
    "text": _texts,
    "form": _forms,
    "lockfile": _lockfiles,
    "document": _documents,
}
