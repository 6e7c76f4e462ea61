"""An image archive made from one file: what a canary for images rides in."""

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping


def archive(path: str, content: bytes) -> bytes:
    """Return an image of one layer with one file in it, as `docker save` writes it.

    Args:
        path: the file's, relative to the image's root.
        content: all of it.
    """
    layer = _tar({path: content})
    digest = f"sha256:{hashlib.sha256(layer).hexdigest()}"
    config = {"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": [digest]}}
    manifest = [{"Config": "config.json", "Layers": ["layer.tar"]}]
    return _tar({"config.json": _json(config), "layer.tar": layer, "manifest.json": _json(manifest)})


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _tar(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as packed:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o644
            packed.addfile(member, io.BytesIO(content))
    return buffer.getvalue()
