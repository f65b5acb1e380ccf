# What a developer types. `cargo run` is `make run` without the look for PostgreSQL.

.DEFAULT_GOAL := help
.PHONY: help run test bench bench-quick lint fmt clippy proto deny postgres python

BUF ?= $(shell command -v buf || echo npx --yes @bufbuild/buf@1.75.0)

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 13

run: postgres ## Start everything for development (ARGS="--data-dir DIR …"; ARGS=--help tells all)
	cargo run -- $(ARGS)

test: postgres python ## Run all tests (ARGS="-p PACKAGE NAME …" for some)
	cargo test $(or $(ARGS),--workspace)

bench: postgres ## Measure everything beside its yardsticks, about 20 minutes (ARGS="P3 P5", ARGS=--help)
	cargo build --release -p conversation-state -p messaging-policy -p azeer-bench
	@$(or $(CARGO_TARGET_DIR),target)/release/azeer-bench $(ARGS)

bench-quick: ## The same, smaller and shorter, within 5 minutes
	@$(MAKE) --no-print-directory bench ARGS="--quick $(ARGS)"

lint: fmt clippy proto deny ## Check format, code, proto files and dependencies

fmt:
	cargo fmt --all --check

clippy:
	cargo clippy --workspace --all-targets -- -D warnings

proto:
	cd proto && $(BUF) lint

deny:
	@cargo deny --version >/dev/null 2>&1 || { echo "skipped: cargo install cargo-deny --locked"; exit 0; }; \
		cargo deny --workspace check --hide-inclusion-graph bans licenses sources

postgres:
	@sh services/dev/ensure-postgres.sh

# For the tests of docs/verify_permit.py.
python:
	@sh tests/ensure-python.sh >/dev/null
