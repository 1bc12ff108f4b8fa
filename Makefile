# Needs Python 3.11 or newer and make, nothing else.
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
PYTHON := python
BIN := .venv/Scripts/
else
BIN := .venv/bin/
endif
PIP := $(BIN)python -m pip --disable-pip-version-check install --quiet -c constraints.txt
TOUCH := $(PYTHON) -c "import pathlib, sys; pathlib.Path(sys.argv[1]).touch()"
ARTICLE := fixtures/articles/milivojevic.txt
export PYTHONUTF8 := 1

.PHONY: demo check test test-all docs screenshot cassettes

demo: .venv/ready
	@$(BIN)attributor annotate --engine embedded $(ARTICLE)
	@$(BIN)attributor annotate --engine embedded -o milivojevic.html $(ARTICLE)

# Some minutes: what every change has to pass.
test: check
	$(BIN)python -m pytest -m "not slow"

# All there is, with real processes, kills, clusters, a browser and full disks; tells what was skipped.
test-all: check
	$(BIN)python -m pytest -r s

check: .venv/ready-dev
	$(BIN)ruff check .
	$(BIN)ruff format --check .
	$(BIN)mypy
	$(BIN)lint-imports --no-logo

# Writes what --help and the demo print into the pages that show it.
docs: export ATTRIBUTOR_LIGHT := yes
docs: .venv/ready-dev
	$(BIN)cog -r README.md docs/*.md

# Takes the picture in the README anew; needs chromium.
screenshot: .venv/ready-dev
	$(BIN)python docs/screenshot.py

# Records fixtures/cassettes anew from OPENAI_BASE_URL and OPENAI_API_KEY; ATTRIBUTOR_MODEL names the model.
cassettes: .venv/ready-dev
	$(BIN)python -m pytest tests/cassettes --record-mode=rewrite

.venv/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c "import sys; sys.exit('Python 3.11 or newer is needed; name yours: make demo PYTHON=python3.12' if sys.version_info < (3, 11) else 0)"
	@echo "Setting up .venv: this takes half a minute or so."
	$(PYTHON) -m venv .venv
	$(PIP) "pip>=25.1"
	$(PIP) -e .
	@$(TOUCH) $@

.venv/ready-dev: .venv/ready
	$(PIP) --group dev
	@$(TOUCH) $@
