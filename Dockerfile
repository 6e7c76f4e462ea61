# secgate with all its scanners. Everything that is downloaded is pinned by digest: the base, Debian's packages
# (image/packages.txt), our dependencies (requirements/), the scanners (scanners/*/). See docs/image.md.
#
#   make image                  builds it, two builds of one commit give the same image
#
# Behind a proxy or without a network the arguments below say where things come from; none of them is in the image.
ARG BASE=docker.io/library/python:3.13-slim-trixie@sha256:9d2e5553305c7c7b0097999bb17187c69b921ccd6bc9d40e4bb5ebe652c00285

FROM ${BASE} AS packages
ARG DEBIAN=https://snapshot.debian.org/archive/debian/20261121T120000Z
COPY image/packages.py image/packages.txt /build/
RUN mkdir /packages && python3 -I /build/packages.py /build/packages.txt "$DEBIAN" /packages

FROM ${BASE} AS build
ARG PIP_INDEX_URL PIP_CERT PIP_FIND_LINKS HTTPS_PROXY UV_OFFLINE PIP_NO_INDEX
ENV SECGATE_HOME=/opt/secgate PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0
WORKDIR /build
COPY requirements/ requirements/
RUN python3 -I -m venv tools \
    && tools/bin/pip install --quiet --no-cache-dir --require-hashes --only-binary :all: -r requirements/bootstrap.txt \
    && tools/bin/python -I requirements/as_pip.py tools/bin/uv --quiet venv --python "$(command -v python3)" /opt/secgate/venv \
    && tools/bin/python -I requirements/as_pip.py tools/bin/uv --quiet pip install --no-cache --python /opt/secgate/venv \
        --require-hashes --only-binary :all: -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY policies/ policies/
COPY scanners/ scanners/
COPY src/ src/
RUN tools/bin/python -I -m hatchling build --target wheel --directory wheel \
    && tools/bin/uv --quiet --offline pip install --no-cache --python /opt/secgate/venv --no-deps wheel/*.whl \
    && tools/bin/python -I requirements/as_pip.py /opt/secgate/venv/bin/secgate tools install --no-databases
COPY image/seal.py image/
RUN /opt/secgate/venv/bin/python -I image/seal.py

FROM ${BASE}
ARG REVISION= VERSION= SOURCE=
# Without Python's own bytecode every start on a read-only disk would compile it anew. What dpkg and ldconfig write down
# about this build is no part of the image.
RUN --mount=type=bind,from=packages,source=/packages,target=/packages \
    dpkg --install /packages/*.deb >/dev/null \
    && python3 -I -m compileall -qq --invalidation-mode unchecked-hash -x '/(test|idlelib|lib2to3|site-packages)/' \
        "$(python3 -I -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" \
    && rm -rf /var/log/dpkg.log /var/log/alternatives.log /var/cache/ldconfig /var/cache/debconf/*-old /var/lib/dpkg/*-old
COPY --from=build /opt/secgate /opt/secgate
ENV SECGATE_HOME=/opt/secgate
# Root has three capabilities left in a gate's start, and scanners none: another user could not be kept from the gate.
# Started as any other user it works too, and says which wall is missing.
ENTRYPOINT ["/opt/secgate/venv/bin/python", "-I", "-m", "secgate"]
CMD ["--help"]
LABEL org.opencontainers.image.title="secgate" \
      org.opencontainers.image.description="A CI security gate that is never green by accident" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
