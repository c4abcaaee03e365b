# Incisor 门牙. `make run` shows the demo clinic, `make test` runs the whole suite; both start from nothing.
# Needed on the machine: git, python3 (3.11 or newer), make, node (20 or newer).

PYTHON ?= python3
BIN := .venv/bin
SETUP := $(PYTHON) scripts/setup.py

export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help run test check bench soak fix docs assets wheel pins clean

help:  ## say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

run:  ## the demo clinic at http://127.0.0.1:8000
	@$(SETUP) run && exec $(BIN)/incisor demo

test:  ## the whole suite: SQLite, PostgreSQL, browser journeys
	@$(SETUP) dev && exec $(BIN)/python scripts/suite.py

check:  ## format, lint, types, import contracts, migrations, translations, architecture, front end
	@$(SETUP) dev && exec $(BIN)/python scripts/check.py

fix:  ## put right what a program can put right: format, imports, catalogues
	@$(SETUP) dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python scripts/translations.py update
	npm --prefix frontend run --silent --if-present fix

bench:  ## measure speed on both databases, beside raw SQL (long)
	@$(SETUP) dev && exec $(BIN)/python bench/run.py $(BENCH)

soak:  ## eight hours of clinic traffic, compressed: does memory stay flat? (long)
	@$(SETUP) dev && exec $(BIN)/python bench/soak.py $(SOAK)

docs:  ## make the generated tables of the documentation anew
	@$(SETUP) dev && exec $(BIN)/python scripts/documentation.py write

assets:  ## build the front end and the message catalogues
	@$(SETUP) assets

wheel:  ## build dist/incisor-*.whl, front end included
	@$(SETUP) assets
	rm -rf dist
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	$(BIN)/python scripts/wheel.py dist

pins:  ## pin the dependencies anew (requirements/*.txt)
	@$(SETUP) dev && exec $(BIN)/python scripts/pins.py

clean:  ## remove everything that was built, not the data
	rm -rf .venv frontend/node_modules dist build var/make var/test .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf src/incisor/kernel/static/incisor src/incisor/kernel/fonts
	find src -name '*.mo' -delete
