# syntax=docker/dockerfile:1
FROM python:3.11-slim-bookworm AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/opt/venv
WORKDIR /srv/app
RUN pip install --no-cache-dir uv==0.13.9
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-cache

FROM node:22-bookworm-slim AS browser
WORKDIR /srv/app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 CC_NO_BOOTSTRAP=1 \
    CC_DATA_DIR=/srv/data CC_STATIC_DIR=/srv/static CC_LOG=json MALLOC_ARENA_MAX=2
RUN useradd --system --uid 10001 --home-dir /srv/data --create-home cc
WORKDIR /srv/app
COPY --from=build /opt/venv /opt/venv
COPY --from=browser /srv/app/node_modules ./node_modules
COPY . .
# Texts and static files belong to the image; the key is only there to let Django start.
RUN CC_SECRET_KEY=build-only-never-used-to-serve-anything-0123456789 python manage.py collect
USER 10001
VOLUME /srv/data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["python", "-m", "daphne", "-b", "0.0.0.0", "-p", "8000", "--websocket_timeout", "-1", "--http-timeout", "60", "--no-server-name", "commandcenter.asgi:application"]
