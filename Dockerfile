# The image of techwatch: `docker build -t techwatch:local .`; `docker compose up` builds it too.
#
# Both stages stand on BASE_IMAGE. Any Debian with python3 (3.11 or newer) and python3-venv serves:
#   docker build --build-arg BASE_IMAGE=registry.example.org/python:3.13 .
# Behind a proxy, a package mirror or a certificate authority of your own, pip's settings and the
# certificates are lent to the build and don't stay in the image:
#   docker build -t techwatch:local \
#     --secret id=pip_conf,src=pip.conf --secret id=ca_bundle,src=ca.crt .
# where pip.conf says `cert = /run/secrets/ca_bundle`. Compose then uses that image.
ARG BASE_IMAGE=docker.io/library/python:3.13-slim

FROM ${BASE_IMAGE} AS build
ENV PIP_CONFIG_FILE=/run/secrets/pip_conf PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
# pip, the build backend and what lists the contents live in a virtual environment that is left
# behind. The runtime is installed first, since it changes least often.
RUN python3 -m venv tools && python3 -m venv --without-pip /opt/techwatch
COPY requirements/runtime.txt requirements/build.txt requirements/image.txt requirements/
RUN --mount=type=secret,id=pip_conf --mount=type=secret,id=ca_bundle \
    tools/bin/pip --python /opt/techwatch/bin/python install --quiet --no-compile \
        --require-hashes --requirement requirements/runtime.txt \
    && tools/bin/pip install --quiet --no-compile \
        --require-hashes --requirement requirements/build.txt \
    && tools/bin/pip install --quiet --no-compile \
        --require-hashes --requirement requirements/image.txt
COPY pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY baseline baseline
COPY config config
COPY src src
# What only compilers and type checkers read is left out, so is the second of two backends of zstandard,
# which is loaded on request only, and what Babel knows of other languages than those of the desk's
# pages. Byte code is made once,
# here: the root file system is read-only later, and file times may change on the way into the final
# stage, so its validity doesn't hang on them.
RUN tools/bin/pip wheel --quiet --no-deps --no-index --no-build-isolation --wheel-dir wheels . \
    && tools/bin/pip --python /opt/techwatch/bin/python install --quiet --no-compile \
        --no-deps --no-index wheels/*.whl \
    && find /opt/techwatch/lib -type f \( -name '*.[ch]' -o -name '*.hpp' -o -name '*.pyi' \
        -o -name '*.pyx' -o -name '*.pxd' -o -path '*/zstandard/_cffi*' \
        -o -path '*/babel/locale-data/*' ! -name root.dat ! -name 'en*.dat' \
            ! -name 'n[bo].dat' ! -name 'nb_*.dat' \) -delete \
    && /opt/techwatch/bin/python -m compileall -q -j 0 \
        --invalidation-mode unchecked-hash /opt/techwatch/lib
# What the image holds, as CycloneDX has it: every Python package with version and licence.
RUN tools/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
        --output-file sbom.cdx.json /opt/techwatch/bin/python

FROM ${BASE_IMAGE}
# A numeric user, so that an orchestrator can see that it isn't root. A new volume on /data takes
# over the folder's owner.
RUN useradd --uid 10001 --user-group --no-create-home --no-log-init \
        --home-dir /data --shell /usr/sbin/nologin techwatch \
    && install --directory --owner=10001 --group=10001 --mode=0750 /data
COPY --from=build /opt/techwatch /opt/techwatch
COPY --from=build /build/sbom.cdx.json /usr/share/techwatch/sbom.cdx.json
# What was shipped; mount your own over them, read-only.
COPY config /config
COPY baseline /baseline
ENV PATH=/opt/techwatch/bin:$PATH \
    LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TECHWATCH_CONFIG=/config \
    TECHWATCH_BASELINE=/baseline \
    TECHWATCH_DATA_DIR=/data
WORKDIR /data
VOLUME /data
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=15s --start-period=60s --retries=3 \
    CMD ["techwatch", "status", "--health"]
ENTRYPOINT ["techwatch"]
CMD ["run"]
# Last, so that a new version spoils no cached layer.
ARG VERSION=unversioned
ARG REVISION=unknown
LABEL io.cyclonedx.sbom="/usr/share/techwatch/sbom.cdx.json" \
      org.opencontainers.image.title="techwatch" \
      org.opencontainers.image.description="Watches news feeds for what is new against a baseline of known actors and laws" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
