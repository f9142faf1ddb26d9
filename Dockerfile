# Untried: no container engine runs where Portolan is developed. Every command in it was run by hand on Debian 12.
FROM node:24-bookworm-slim AS packages
WORKDIR /portolan
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY src/platform ./src/platform
# The links of PostgreSQL's libraries, which an install script would make. They are made here, since the user that
# runs the window may not write into this folder.
RUN node_modules/.bin/node --eval "import('./src/platform/postgres-binaries.ts').then((it) => it.hydrate())"

FROM node:24-bookworm-slim
WORKDIR /portolan
COPY --from=packages /portolan/node_modules ./node_modules
COPY . .
# PostgreSQL refuses to run as root and wants a user with a name: the image's own user "node" is one.
RUN mkdir /data && chown node:node /data
USER node
# Beyond loopback the window is no demonstration, and it does not start without PORTOLAN_ORIGIN, its https address.
ENV HOST=0.0.0.0 PORT=8080 PORTOLAN_DATA=/data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:8080/health').then((it) => process.exit(it.ok ? 0 : 1), () => process.exit(1))"]
# The Node that the lockfile pins, not the image's.
CMD ["node_modules/.bin/node", "src/main.ts"]
