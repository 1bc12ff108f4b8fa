# Needs Python 3.11 or newer and make, nothing else.
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
RUN := PYTHONUTF8=1 $(BIN)/

.PHONY: demo test cassettes clean

demo: .venv/ready
	$(RUN)attributor annotate --engine embedded fixtures/articles/milivojevic.txt
	$(RUN)attributor annotate --engine embedded --format html -o out/milivojevic.html fixtures/articles/milivojevic.txt

test: .venv/ready-dev
	$(RUN)ruff check .
	$(RUN)ruff format --check .
	$(RUN)mypy
	$(RUN)lint-imports
	$(RUN)python -m pytest

# Records fixtures/cassettes anew from OPENAI_BASE_URL and OPENAI_API_KEY (ATTRIBUTOR_MODEL names the model).
cassettes: .venv/ready-dev
	$(RUN)python -m pytest tests/cassettes --record-mode=rewrite --allowed-hosts='.*' --no-header

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/ready-dev: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group dev
	@touch $@

clean:
	rm -rf .venv out
