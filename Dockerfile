# Builds Jina Connect and packs it into a small image.
#
#   docker build --tag jina-connect .
#   docker run --publish 8000:8000 --volume jina-data:/data --env BASE_URL=https://chat.example.com jina-connect
#
# Without Docker the same is: `npm ci && npm run build` in web/, `cargo build --release --package jina-connect`, and
# `target/release/jina-connect serve` with the variables of the last stage.

# 1. The web app, which the binary embeds. A checkout without web/ is served without it.
FROM node:20-bookworm-slim AS web
WORKDIR /src
COPY . .
RUN mkdir -p web/dist && cd web && if [ -f package.json ]; then npm ci && npm run build; fi

# 2. The binary.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
COPY --from=web /src/web/dist web/dist
RUN cargo build --release --locked --package jina-connect

# 3. What runs: the binary, root certificates, a user without rights, one folder for data.
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 jina \
    && install --directory --owner=jina /data
COPY --from=build /src/target/release/jina-connect /usr/local/bin/
USER jina
ENV DATA_DIR=/data LISTEN_ADDR=0.0.0.0:8000
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["jina-connect"]
CMD ["serve"]
