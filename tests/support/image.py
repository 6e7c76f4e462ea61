"""Builds image archives as `docker save` writes them, with nothing but the standard library."""

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

Files = Mapping[str, bytes]


def write_image(
    path: Path,
    layers: Sequence[Files],
    *,
    tag: str = "example/app:1.0",
    environment: Sequence[str] = (),
    user: str = "",
) -> str:
    """Write an image archive; the same arguments give the same bytes.

    Args:
        path: the archive to write.
        layers: the files of each layer, by name relative to the image's root, lowest layer first.
        tag: the name that the image carries.
        environment: `NAME=value`, as an ENV instruction would set.
        user: as a USER instruction would set; empty is root.

    Returns the image's id, `sha256:…` of its configuration.
    """
    blobs = [_tar(files) for files in layers]
    ids = [hashlib.sha256(blob).hexdigest() for blob in blobs]
    config = json.dumps(_config(ids, environment, user), sort_keys=True).encode()
    image = hashlib.sha256(config).hexdigest()
    names = [f"{one}/layer.tar" for one in ids]
    manifest = [{"Config": f"{image}.json", "RepoTags": [tag], "Layers": names}]
    members = {f"{image}.json": config, **dict(zip(names, blobs, strict=True))}
    path.write_bytes(_tar({**members, "manifest.json": json.dumps(manifest).encode()}))
    return f"sha256:{image}"


def system(name: str, version: str, packages: Mapping[str, str]) -> dict[str, bytes]:
    """Return the files by which a layer is taken for a distribution that uses apk.

    Args:
        name: as in `/etc/os-release`: `wolfi`, which has no releases and so never grows old, or `alpine`.
        version: of the distribution, `3.10.2`.
        packages: their versions by name.
    """
    records = [
        f"C:Q1{hashlib.sha1(package.encode(), usedforsecurity=False).hexdigest()}\n"
        f"P:{package}\nV:{installed}\nA:x86_64\no:{package}\nL:MIT\n"
        for package, installed in sorted(packages.items())
    ]
    release = {"etc/alpine-release": f"{version}\n".encode()} if name == "alpine" else {}
    return {
        **release,
        "etc/os-release": f"ID={name}\nVERSION_ID={version}\n".encode(),
        "lib/apk/db/installed": "\n".join(records).encode() + b"\n",
    }


def _tar(files: Files) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o644
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def _config(layers: Sequence[str], environment: Sequence[str], user: str) -> dict[str, object]:
    created = "2024-01-01T00:00:00Z"
    return {
        "architecture": "amd64",
        "os": "linux",
        "created": created,
        "config": {"Env": ["PATH=/usr/bin:/bin", *environment], "User": user},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer}" for layer in layers]},
        "history": [
            *({"created": created, "created_by": "COPY . / # buildkit"} for _ in layers),
            {"created": created, "created_by": 'ENTRYPOINT ["/app/run"]', "empty_layer": True},
        ],
    }
