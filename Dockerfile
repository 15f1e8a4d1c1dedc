# policygen as an image, for pipelines that run in containers: `docker run --rm -v "$PWD:/work" IMAGE check`.
# It needs no shell, no git and no certificates, so there is nothing else in the image.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -buildid=" -o /bin/ ./cmd/policygen ./cmd/policygen-rego

FROM scratch
COPY --from=build /bin/policygen /bin/policygen-rego /usr/bin/
ENV PATH=/usr/bin
USER 65532:65532
WORKDIR /work
ENTRYPOINT ["policygen"]
