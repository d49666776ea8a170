# Every target makes its own virtual environment under .venv first.
PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help hunt specs coverage test tools lint types contracts format bench clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "modelcheck needs Python 3.11 or newer; name one: make PYTHON=python3.12 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[postgres,dev]'
	touch $@

hunt: $(READY)  ## find the races of PostgreSQL, replay them on it, write the reports
	$(BIN)/modelcheck hunt specs/parallel

specs: $(READY)  ## check that every spec gives what it declares; list them in specs/README.md
	$(BIN)/modelcheck hunt specs --no-replay --brief --output build/counterexamples
	mkdir -p build
	$(BIN)/modelcheck list specs --markdown > build/specs.md
	mv build/specs.md specs/README.md
	$(BIN)/python -m tests.catalogue > build/catalogue.md
	mv build/catalogue.md specs/parallel/catalogue.md

coverage: $(READY)  ## have every server take the transitions of the specs; write docs/coverage.md
	mkdir -p build
	$(BIN)/python -m tests.covered > build/coverage.md
	mv build/coverage.md docs/coverage.md

# Replays stop and step processes of a server, and want the machine for themselves.
test: $(READY) tools  ## run every test, those on a real PostgreSQL server included
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal --ignore tests/replay
	$(BIN)/python -m pytest tests/replay

# SPIN checks what is exported to Promela, gdb repeats an exported schedule, Chromium opens the reports.
# Only Debian's packages are known here, and only root may install them; without them their tests are
# skipped, and say so.
tools:  ## install SPIN, gdb and Chromium for the tests, where apt and root can
	@missing=; for tool in spin gdb chromium; do \
		command -v $$tool >/dev/null || missing="$$missing $$tool"; done; \
	if [ -n "$$missing" ] && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		export DEBIAN_FRONTEND=noninteractive; apt-get install -qq -y gcc $$missing >/dev/null || \
		{ apt-get update -qq && apt-get install -qq -y gcc $$missing >/dev/null; }; fi || true
	@for tool in spin gdb chromium; do command -v $$tool >/dev/null || \
		echo "no $$tool: the tests that need it are skipped"; done

lint: $(READY)  ## ruff: rules and layout
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)  ## mypy --strict over modelcheck/ and specs/
	$(BIN)/mypy

contracts: $(READY)  ## import-linter: floors only go down
	$(BIN)/lint-imports

format: $(READY)  ## lay the code out anew
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(READY)  ## how fast the engines search, beside SPIN if it is here, and how soon check answers
	$(BIN)/python -m tests.benchmarks.interpreter
	$(BIN)/python -m tests.benchmarks.native
	$(BIN)/python -m tests.benchmarks.reductions
	$(BIN)/python -m tests.benchmarks.liveness
	$(BIN)/python -m tests.benchmarks.smt
	$(BIN)/python -m tests.benchmarks.order
	$(BIN)/python -m tests.benchmarks.proofs

clean:  ## remove the virtual environment and the caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
