SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# The linters and CUE's formatter, at the versions in tests/tools/go.mod.
TOOL := go tool -modfile=tests/tools/go.mod

# What is generated and committed.
GENERATED := flux-system .sops.yaml tests/golden checks/images/testdata/one-architecture.txt policies/library generator/evaluate/testdata generator/apis docs apps/README.md

# What is written by hand.
GO := apps checks cmd crash files finding generator inventory placement policies report schemas sources tests
CUE := schemas apps clusters tests/third generator/evaluate/testdata cmd/stillsuit-gen/alone/needs

FUZZTIME ?= 30s

.PHONY: help
help: ## Say what can be made
	@grep -E '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS=$$'\t' read -r name text; do printf '  %-8s %s\n' "$$name" "$$text"; done

.PHONY: render
render: ## Render every cluster to flux-system/
	go run ./cmd/stillsuit render

.PHONY: test
test: ## Run all tests; they fail too when flux-system/ is not what clusters/ render to
	go test ./...
	@# Go caches by what a module can see, and clusters/ is outside of this one.
	go -C tests/crd test -count=1 ./...
	go -C tests/charts test -count=1 ./...

.PHONY: race
race: ## Run all tests with the race detector (needs a C compiler)
	CGO_ENABLED=1 go test -race ./...

.PHONY: lint
lint: ## Check the form of Go and CUE
	@files=$$(gofmt -l $(GO)); \
	if [ -n "$$files" ]; then echo "not gofmt'ed:" $$files; exit 1; fi
	go vet ./...
	@dead=$$($(TOOL) deadcode -test ./...); \
	if [ -n "$$dead" ]; then echo "nothing calls:"; echo "$$dead"; exit 1; fi
	$(TOOL) golangci-lint run ./...
	cd tests/e2e && go tool -modfile=../tools/go.mod golangci-lint run --config ../../.golangci.yml ./...
	cd tests/crd && go vet ./... && go tool -modfile=../tools/go.mod golangci-lint run --config ../../.golangci.yml ./...
	cd tests/charts && go vet ./... && go tool -modfile=../tools/go.mod golangci-lint run --config ../../.golangci.yml ./...
	cd tests/registry && go vet ./... && go tool -modfile=../tools/go.mod golangci-lint run --config ../../.golangci.yml ./...
	cd tests/oracle/scheduler && go vet ./... && go tool -modfile=../../tools/go.mod golangci-lint run --config ../../../.golangci.yml ./...
	$(TOOL) cue fmt --check --files $(CUE)
	$(TOOL) cue vet -c=false ./schemas/... ./apps/... ./clusters/...

.PHONY: fmt
fmt: ## Format Go and CUE
	gofmt -w $(GO)
	$(TOOL) cue fmt --files $(CUE)

.PHONY: golden
golden: ## Write what the code gives now into the golden files and the pages of docs/
	go test ./tests/golden ./generator/evaluate -run '^(TestGolden|TestMistakes|TestChecks)$$' -count=1 -update
	go test ./checks/images -run '^TestVariants$$' -count=1 -update
	go run ./cmd/stillsuit-gen
	go test ./cmd/stillsuit -run '^(TestHowTo|TestImagesOfTheReferenceClusters|TestFitOfTheReferenceClusters|TestPolicyList|TestPictures)$$' -count=1 -update

.PHONY: verify
verify: render golden ## Render and write the golden files again; fail when what is committed differs
	@changed=$$(git status --porcelain -- $(GENERATED)); \
	if [ -n "$$changed" ]; then \
		echo "generated files differ from the commit:"; echo "$$changed"; git --no-pager diff -- $(GENERATED) | head -n 200; exit 1; \
	fi; \
	echo "generated files are as committed"

.PHONY: fuzz
fuzz: ## Fuzz each target for 30 seconds (FUZZTIME=5m for longer)
	@for pkg in $$(go list ./...); do \
		listed=$$(go test -list '^Fuzz' "$$pkg"); \
		for target in $$(grep '^Fuzz' <<<"$$listed" || true); do \
			echo "$$pkg $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x "$$pkg"; \
		done; \
	done

.PHONY: oracle
oracle: kyverno ## Hold what we do against others' code, in modules slow to build (STILLSUIT_ORACLE=full: far more of it)
	cd tests/oracle/admission && go vet ./... && go test -count=1 ./...
	cd tests/oracle/scheduler && go vet ./... && go test -count=1 -timeout 30m ./...
	cd tests/registry && go vet ./... && go test -count=1 ./...

.PHONY: kyverno
kyverno: ## Hold the policies, and our verdicts, against Kyverno's command line and engine (minutes to build, once)
	cd tests/oracle/kyverno && go vet ./... && go test -count=1 -timeout 60m ./...

.PHONY: bench
bench: ## Measure renders of 10, 100, 500 and 1000 apps, 1000 references locked, 1000 YAML bombs, up to 10 000 pods placed 1000 times, 20 000 objects validated, and 30 policies beside Kyverno
	go run ./tests/bench
	go test ./sources/registry -run '^$$' -bench Resolve -benchtime 5x -benchmem
	go -C tests/registry run ./bench
	go test ./sources/flux -run '^$$' -bench Bombs -benchtime 1x
	go test ./checks/fit -run '^$$' -bench 'Fit|Replicas' -benchtime 1x
	go test ./checks/apiserver -run '^$$' -bench Objects -benchtime 1x
	go test ./placement/scheduler -run '^$$' -bench . -benchmem
	go -C tests/oracle/scheduler test -run '^$$' -bench . -benchtime 1x
	go -C tests/oracle/kyverno run ./bench

.PHONY: e2e
e2e: ## Reconcile the trees with Flux on a control plane of processes, and hold them and the policies to Kyverno and the API server (builds all of it first: minutes)
	cd tests/e2e && go test -count=1 -timeout 40m -v .

.PHONY: ci
ci: test lint verify oracle e2e ## Run what a change must pass
