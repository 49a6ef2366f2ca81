# The program in an image of its own: docker build -t itemize . (how to run it: docs/install.md)
FROM debian:12-slim AS build
WORKDIR /source
COPY . .
# Installs what is missing, compiles, makes the Debian package: its dependencies are those of the image below.
RUN ./dev package

FROM debian:12-slim
COPY --from=build /source/build/package/*.deb /tmp/
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends /tmp/itemize_*.deb \
 && rm -rf /tmp/itemize_*.deb /var/lib/apt/lists/* \
 && useradd --create-home --shell /usr/sbin/nologin itemize \
 && install -d -o itemize -g itemize /migration
USER itemize
# The migration's folder: mount yours here.
WORKDIR /migration
ENTRYPOINT ["/usr/bin/itemize"]
CMD ["--help"]
