# Two stages: the first installs the locked packages into a virtual environment, the second is what runs.
# Rebuilt from the same commit it holds the same versions, by hash.

ARG PYTHON=python:3.11-slim
FROM ${PYTHON} AS build

WORKDIR /app
RUN python3 -m venv /app/.venv
COPY requirements.lock ./
RUN --mount=type=cache,target=/root/.cache/pip \
    /app/.venv/bin/python -m pip install --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
COPY tools/link_source.py tools/
RUN /app/.venv/bin/python tools/link_source.py
COPY src/ src/
RUN /app/.venv/bin/python -m compileall -q -j 0 src


FROM ${PYTHON}

RUN groupadd --gid 10001 academe \
 && useradd --uid 10001 --gid academe --home-dir /app --no-create-home --shell /usr/sbin/nologin academe \
 && mkdir /data \
 && chown academe:academe /data
# The packages are a layer of their own, which a change of the source leaves as it is.
COPY --from=build /app/.venv /app/.venv
COPY --from=build /app/src /app/src

# Where the server listens inside the container, and what it keeps: the embedded database (unless
# ACADEME_DATABASE_URL names another) and the school's secret (unless ACADEME_SECRET_KEY is set).
ENV ACADEME_GRPC_ADDR=0.0.0.0:50051 \
    ACADEME_HTTP_ADDR=0.0.0.0:50080 \
    ACADEME_DATA_DIR=/data \
    ACADEME_LOG_FORMAT=json \
    PYTHONDONTWRITEBYTECODE=1
VOLUME /data
EXPOSE 50051 50080
USER 10001:10001
WORKDIR /app

HEALTHCHECK --interval=3s --timeout=3s --start-period=60s --retries=3 \
    CMD ["/app/.venv/bin/python", "-m", "academe.healthcheck"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/app/.venv/bin/python", "-m", "academe"]
CMD ["serve"]
