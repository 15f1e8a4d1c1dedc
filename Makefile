# Everything a contributor and CI run. `make` alone lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

GO ?= go
FUZZTIME ?= 5s
BENCH ?= .
# What lint does when the vulnerability database cannot be reached: "optional" says so and goes on, "required" fails.
VULNCHECK ?= optional

STATICCHECK_VERSION := v0.8.2
GOVULNCHECK_VERSION := v1.8.0
ACTIONLINT_VERSION := v1.7.12
# The newest whose modules resolve and build with the Go of go.mod; .github/workflows/release.yml names it too.
GORELEASER_VERSION := v2.14.3

TOOLS := .cache/tools
STATICCHECK := $(TOOLS)/staticcheck-$(STATICCHECK_VERSION)
GOVULNCHECK := $(TOOLS)/govulncheck-$(GOVULNCHECK_VERSION)
ACTIONLINT := $(TOOLS)/actionlint-$(ACTIONLINT_VERSION)
GORELEASER := $(TOOLS)/goreleaser-$(GORELEASER_VERSION)
TESTCOUNT := $(TOOLS)/testcount
# How each test ended, by target, for the table of proofs.
RESULTS := .cache/results

SCRIPTS := .ci/run .ci/packages .ci/fuzz .ci/vulncheck $(wildcard conformance/*.sh conformance/*/*.sh)

# The committed artifacts are built for the day of the policies, so that time alone does not change them.
LAST_UPDATED = $(shell grep -rhs '^last_updated:' policies | head -n 1 | awk '{print $$2}' | tr -d "\"'")
CONFORMANCE_PACKAGES = $(shell grep -rls '^//go:build conformance' --include='*_test.go' cmd internal conformance | xargs -r dirname | sort -u | sed 's,^,./,')
export POLICYGEN_CLIENT_CACHE ?= $(CURDIR)/.cache/client

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-20s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: setup
setup: $(STATICCHECK) $(ACTIONLINT) ## download modules and the pinned tools
	$(GO) mod download

.PHONY: build
build: ## build bin/policygen
	$(GO) build -trimpath -o bin/ ./cmd/...

.PHONY: test
test: $(TESTCOUNT) ## run all tests with the race detector and count them
	@mkdir -p $(RESULTS)
	@$(TESTCOUNT) -results $(RESULTS)/$@ -race -timeout 25m ./...
	@$(GO) run ./internal/conformance/proof -require $@ $(RESULTS)/$@ >/dev/null

.PHONY: lint
lint: $(STATICCHECK) $(ACTIONLINT) ## gofmt, go vet, builds for macOS and Windows, staticcheck, govulncheck, actionlint, shell scripts
	@unformatted=$$(find . -name '*.go' -not -path '*/testdata/*' -not -path './.cache/*' -print0 | xargs -0 gofmt -l); \
	if [ -n "$$unformatted" ]; then echo "lint: run gofmt -w on:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet -tags conformance ./...
	GOOS=darwin CGO_ENABLED=0 $(GO) build -trimpath ./cmd/...
	GOOS=windows CGO_ENABLED=0 $(GO) build -trimpath ./cmd/...
	$(GO) vet -tags wine,gateway ./internal/conformance/...
	$(STATICCHECK) -tags conformance ./...
	$(ACTIONLINT)
	$(ACTIONLINT) internal/scaffold/templates/workflow-*.yml internal/scaffold/templates/starters/*.yml
	@for script in $(SCRIPTS); do bash -n "$$script"; done
	@if command -v shellcheck >/dev/null; then shellcheck -x -P SCRIPTDIR $(SCRIPTS); else echo "lint: shellcheck is not installed: scripts were only parsed"; fi
	@.ci/vulncheck $(GOVULNCHECK) $(GOVULNCHECK_VERSION) $(VULNCHECK)

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME (5s)
	@.ci/fuzz $(FUZZTIME)

.PHONY: bench
bench: ## measure a repository of 1,000 groups against writing alone, then run the benchmarks that match BENCH (.)
	$(GO) run ./internal/bench
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem ./...

# One package at a time, and a few clients at once: each takes most of a processor for a second.
.PHONY: conformance
conformance: $(TESTCOUNT) build ## compare with the real client, read artifacts back with other people's parsers
	@test -n "$(CONFORMANCE_PACKAGES)" || { echo "conformance: no package has tests with the build tag conformance"; exit 1; }
	@mkdir -p $(RESULTS)
	@$(TESTCOUNT) -v -results $(RESULTS)/$@ -tags conformance -count=1 -p 1 -parallel 4 -timeout 30m $(CONFORMANCE_PACKAGES)
	@$(MAKE) proof REQUIRE=$@

# Needs PostgreSQL (the Debian package) and root, and the client that a run of conformance installs.
.PHONY: conformance-gateway
conformance-gateway: export POLICYGEN_PROGRAM = $(CURDIR)/bin/policygen
conformance-gateway: export POLICYGEN_CLIENT = $(shell find $(POLICYGEN_CLIENT_CACHE)/ -path '*claude-code/bin/claude.exe' | sort -V | tail -n 1)
conformance-gateway: $(TESTCOUNT) build ## boot the real apps gateway with generated policies, and compare what it serves
	@mkdir -p $(RESULTS)
	@$(TESTCOUNT) -v -results $(RESULTS)/$@ -tags gateway -count=1 -run Gateway ./internal/conformance/forms
	@$(MAKE) proof REQUIRE=$@

# The Windows machine is made once, below .cache.
.PHONY: conformance-wine
conformance-wine: export POLICYGEN_WINE_PREFIX = $(CURDIR)/.cache/wine
conformance-wine: $(TESTCOUNT) ## install Wine, import registry files into it, install packages, and read both back
	@.ci/packages wine
	@mkdir -p $(RESULTS)
	@$(TESTCOUNT) -v -results $(RESULTS)/$@ -tags wine -count=1 -run Wine ./internal/conformance/forms
	@$(MAKE) proof REQUIRE=$@

.PHONY: proof
proof: ## print what other people's programs have shown about each target, in the last runs of test and conformance
	@mkdir -p $(RESULTS)
	@$(GO) run ./internal/conformance/proof -require '$(REQUIRE)' $(wildcard $(RESULTS)/*)

.PHONY: proof-page
proof-page: ## write the tables of docs/proof.md, with the versions of this machine
	@$(GO) run ./internal/conformance/proof -write docs/proof.md $(wildcard $(RESULTS)/*) >/dev/null

# Signing, the bill of materials and publishing need what only a release has.
.PHONY: packaging
packaging: $(GORELEASER) ## check how policygen itself is packaged, and build its archives and packages twice: they must be equal
	$(GORELEASER) check
	GOFLAGS= $(GORELEASER) release --snapshot --clean --skip=publish,sign,sbom
	@grep -E '\.(tar\.gz|zip|deb|rpm)$$' .cache/goreleaser/checksums.txt | sort > .cache/packaged
	GOFLAGS= $(GORELEASER) release --snapshot --clean --skip=publish,sign,sbom >/dev/null 2>&1
	@grep -E '\.(tar\.gz|zip|deb|rpm)$$' .cache/goreleaser/checksums.txt | sort | diff .cache/packaged - && echo "packaging: $$(wc -l < .cache/packaged) files, the same twice"

.PHONY: nightly
nightly: ## fuzz for a minute per target, all benchmarks, conformance, gateway, Wine, packaging, every recorded permission decision on the client
	@$(MAKE) fuzz FUZZTIME=60s
	@$(MAKE) bench
	@$(MAKE) conformance
	@.ci/packages gateway
	@$(MAKE) conformance-gateway
	@$(MAKE) conformance-wine
	@$(MAKE) packaging
	$(GO) run ./internal/permission/record -check

.PHONY: build-policies
build-policies: build ## write out/ from policies/, for the day of last_updated
	bin/policygen build --force --policies policies --out out --at $(LAST_UPDATED)

.PHONY: check-policies
check-policies: build ## check policies/ and their layout, and that out/ is what they render to
	bin/policygen fmt --check --policies policies
	bin/policygen check --policies policies --at $(LAST_UPDATED)
	bin/policygen test --policies policies --at $(LAST_UPDATED) --fail-under 80 | grep -v '^ok '
	bin/policygen bench-policy --policies policies --at $(LAST_UPDATED) --fail-under 90 | grep '%'
	bin/policygen build --policies policies --out out --at $(LAST_UPDATED) --check

.PHONY: figures
figures: ## print the figures that internal/house keeps
	$(GO) test -count=1 -v -run Figures$$ ./internal/house

.PHONY: clean
clean: ## delete what the other targets build and download
	rm -rf bin .cache

# A tool is installed under its version, so that a new pin is a new file.
define install
	@mkdir -p $@.new
	GOBIN=$(CURDIR)/$@.new $(GO) install $(1)
	@mv $@.new/* $@
	@rmdir $@.new
endef

$(STATICCHECK):
	$(call install,honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK_VERSION))

$(ACTIONLINT):
	$(call install,github.com/rhysd/actionlint/cmd/actionlint@$(ACTIONLINT_VERSION))

$(GORELEASER):
	$(call install,github.com/goreleaser/goreleaser/v2@$(GORELEASER_VERSION))

$(TESTCOUNT): $(wildcard internal/house/testcount/*.go)
	@$(GO) build -o $@ ./internal/house/testcount
