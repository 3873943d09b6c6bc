# The image of every part of Guildhall that is ours or a jar: API, relay, landing jobs, Kafka, HDFS, the
# metastore and Presto. docker-compose.yml says which part a container is.

FROM python:3.11.14-slim-bookworm AS base
# The package has no version of its own here: Debian removes one from its mirrors as soon as it has
# mended a fault in it, and an image could not be built again. Spark and Presto run on this Java.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends openjdk-17-jre-headless \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/guildhall

FROM base AS parts
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
COPY requirements/runtime.txt requirements/
RUN python -m venv .venv \
    && .venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check \
        --require-hashes --requirement requirements/runtime.txt
COPY deploy/jars deploy/jars
# By coordinates, with the Ivy that pyspark ships; then exactly the files of the lists, byte for byte.
RUN java -jar .venv/lib/python3.11/site-packages/pyspark/jars/ivy-*.jar \
        -cache /tmp/ivy -ivy deploy/jars/ivy.xml \
        -confs kafka spark hadoop metastore presto presto-iceberg presto-groups \
        -retrieve '.venv/jars/[conf]/[artifact]-[revision](-[classifier]).[ext]' \
    && rm -rf /tmp/ivy \
    && diff <(sort -k 2 deploy/jars/SHA256SUMS deploy/jars/SHA256SUMS.full) \
        <(find .venv/jars -type f -printf '%P\0' | env -C .venv/jars xargs -0 sha256sum | sort -k 2)

FROM base
RUN useradd --uid 10001 --user-group --home-dir /var/lib/guildhall --create-home --shell /usr/sbin/nologin guildhall
COPY --from=parts /opt/guildhall/.venv .venv
COPY app.py ./
COPY data data
COPY deploy deploy
COPY simulation simulation
COPY src src
# Containers cannot write here, and a health check would compile what it imports each time.
RUN .venv/bin/python -m compileall -q app.py simulation src
ENV PATH=/opt/guildhall/.venv/bin:$PATH \
    PYTHONPATH=/opt/guildhall \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONFAULTHANDLER=1 \
    GUILDHALL_VAR_DIR=/var/lib/guildhall
# By its number, which a host without this user can tell from root's.
USER 10001:10001
# -P: a folder named src where a command is called must not be taken for ours.
ENTRYPOINT ["python", "-P", "-m"]
CMD ["src.cli", "--help"]
