# From a fresh clone: `make demo` shows the library at work, `make test` runs all its tests.
# Needs Python 3.11 or newer, make, and (for the tests) a C compiler.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST_ARGS ?=

PLUGINS := $(patsubst %/pyproject.toml,%,$(wildcard plugins/*/pyproject.toml))
EDITABLE_PLUGINS := $(foreach plugin,$(PLUGINS),--editable ./$(plugin))
PROJECTS := pyproject.toml $(addsuffix /pyproject.toml,$(PLUGINS))
PACKAGES := nba $(wildcard plugins/*/nba_*)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test coverage engines-long bench lint format types docs clean

help: ## Tell what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

demo: $(VENV)/.installed ## Show the library at work
	@$(BIN)/nba demo

# A file stays on one worker: a page of the docs is one story, and a fixture of a module is made once.
test: $(VENV)/.installed-dev ## Run every test
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder --quiet $(PYTEST_ARGS)

coverage: PYTEST_ARGS += --cov --cov-report term
coverage: test ## Run every test, and count the lines and branches that they reach (takes twice as long)

engines-long: $(VENV)/.installed-dev ## Compare the rule engines a million times, on new conditions and customers
	@NBA_PAIRS=1000000 NBA_HOUSES=5000 NBA_SEED=$${NBA_SEED:-$$$$} \
		$(BIN)/python -m pytest --quiet tests/matching/test_engines_agree_in_bulk.py

bench: $(VENV)/.installed-dev ## Compare with other engines; writes docs/benchmarks.md
	@$(PIP) install --group bench
	@$(BIN)/python tests/benchmarks/peers.py --write

lint: $(VENV)/.installed-dev ## Check style, formatting and the layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo

format: $(VENV)/.installed-dev ## Format the code, and mend what can be mended
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: $(VENV)/.installed-dev ## Check the types
	@$(BIN)/mypy $(PACKAGES)

docs: $(VENV)/.installed-dev ## Build the documentation in site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "The documentation is in site/index.html"

clean: ## Remove all that was made, the environment too
	@rm -rf $(VENV) build dist site htmlcov .coverage .coverage.* .hypothesis .import_linter_cache
	@rm -rf .mypy_cache .pytest_cache .ruff_cache
	@find nba plugins tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(BIN)/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("nba needs Python 3.11 or newer, and this is %d.%d; try: make PYTHON=python3.12" % v[:2])'
	@echo "Making $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --upgrade 'pip>=25.1' # the first that knows dependency groups

# The environment is brought up to date only when what it is made from changes.
$(VENV)/.installed: $(PROJECTS) | $(BIN)/python
	@echo "Installing nba[cli] and the plugins"
	@$(PIP) install --editable '.[cli]' $(EDITABLE_PLUGINS)
	@touch $@

$(VENV)/.installed-dev: $(PROJECTS) | $(BIN)/python
	@echo "Installing nba, its extras, the plugins and the tools"
	@$(PIP) install --editable '.[cli,testing,durable,proof,batch,report]' $(EDITABLE_PLUGINS) --group dev
	@touch $@ $(VENV)/.installed
