# MinIO is published as source only. This is the version the tests run against; it takes some minutes to build.
FROM golang:1.26-bookworm AS build
RUN CGO_ENABLED=0 GOBIN=/out GOFLAGS=-trimpath go install github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c

FROM debian:bookworm-slim
COPY --from=build /out/minio /usr/local/bin/minio
RUN useradd --system --uid 10001 minio && install -d -o minio -g minio -m 700 /objects
USER minio
VOLUME /objects
EXPOSE 9000
ENTRYPOINT ["minio"]
CMD ["server", "/objects", "--address", ":9000", "--quiet"]
