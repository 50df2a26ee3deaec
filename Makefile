# `make` alone prints the verbs. Everything happens in .venv, made from the hash-locked dependencies.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
INTEROP := tests/interop/node_modules/.ready
BROWSER := tests/browser/node_modules/.ready
# Lets pip install from an index that a machine is set up with, and ask nothing about itself.
# The locks are whole, so nothing is resolved: --no-deps keeps a release of tomorrow from being looked at.
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

# Every server that a test starts would compile all of the source for itself.
unexport PYTHONDONTWRITEBYTECODE

# A file of tests stays whole, on a PostgreSQL of its process. In the order of the folders, the long ones come first.
# To debug one: make test ARGS="-n0 --pdb tests/...".
PYTEST := $(BIN)/python -m pytest -n logical --maxprocesses=4 --max-worker-restart=0 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help serve test interop browser coverage soak demo bench check format proto docs lock docker-test migrate clean

help: ## print the verbs
	@echo "Academe: a learning platform server."
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Academe needs Python 3.11 or newer: set PYTHON=/path/to/python3.11")'
	@$(PYTHON) -m venv $(VENV)

$(READY): requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Setting up $(VENV) ..."
	@$(PIP) install --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python tools/link_source.py
	@touch $@

$(READY_DEV): requirements-dev.lock $(READY)
	@echo "Setting up the tools ..."
	@$(PIP) install --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

# Without Node the tests that need it are skipped, and say so.
$(INTEROP): tests/interop/package.json tests/interop/package-lock.json
	@if command -v npm >/dev/null; then \
		echo "Setting up verifiers of other makers ..."; npm --prefix tests/interop ci --silent && touch $@; \
	else echo "Node is not installed: the verifiers of other makers cannot be asked."; fi

$(BROWSER): tests/browser/package.json tests/browser/package-lock.json
	@if command -v npm >/dev/null; then \
		echo "Setting up what drives the browser ..."; npm --prefix tests/browser ci --silent && touch $@; \
	else echo "Node is not installed: pages cannot be looked at."; fi

serve: $(READY) ## run the server on 127.0.0.1:50051, data in ./data
	@exec $(BIN)/python -m academe serve

migrate: $(READY) ## bring the database up to date (the server does it too)
	@$(BIN)/python -m academe migrate

demo: $(READY) ## take a course through the whole school (COURSE=archive.tar.gz, ACADEME_TARGET=host:port)
	@$(BIN)/python -m academe demo --course "$(COURSE)" --target "$(ACADEME_TARGET)"

test: $(READY_DEV) $(INTEROP) $(BROWSER) ## run the whole suite, on as many cores as there are, up to four
	@$(PYTEST) $(ARGS)

interop: $(READY_DEV) $(INTEROP) ## let verifiers of other makers check credentials (needs Node 20)
	@$(BIN)/python -m pytest tests/interop $(ARGS)

browser: $(READY_DEV) $(BROWSER) ## look at the pages of credentials in Chromium (needs it, and Node 20)
	@$(BIN)/python -m pytest tests/browser $(ARGS)

coverage: $(READY_DEV) ## run the suite and say which lines it never reaches
	@$(PYTEST) -q --cov=academe --cov-report=term:skip-covered $(ARGS)

soak: $(READY_DEV) ## ten thousand random steps of the ledger against a plain model (ACADEME_SOAK_STEPS=n)
	@ACADEME_SOAK_STEPS=$${ACADEME_SOAK_STEPS:-10000} $(BIN)/python -m pytest \
		tests/integration/tip/proof/test_state_machine.py $(ARGS)

bench: $(READY_DEV) ## measure the server against its limits, into benchmarks/results
	@$(BIN)/python -m benchmarks.run $(ARGS)

check: $(READY_DEV) ## lint, format, types, contract, licences of habit
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/python tools/check_protos.py
	@$(BIN)/bandit --quiet --recursive --configfile pyproject.toml src

format: $(READY_DEV) ## format the code
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

proto: $(READY_DEV) ## generate src/academe/api and docs/api.md from proto/
	@$(BIN)/python tools/gen_protos.py
	@$(BIN)/python tools/gen_api_docs.py

lock: $(READY_DEV) ## resolve the dependencies again, names, versions and hashes only
	@$(BIN)/python tools/lock.py

docker-test: $(READY_DEV) ## build the image and run it with Compose for real
	@tools/docker_test.sh

clean: ## remove the environment; the data stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
