# Duban: `make demo` to see it, `make check` before every commit.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
.PHONY: setup demo up check bench faults

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml # once per change of these two; afterwards nothing needs the network
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . && touch $@

demo: setup
	$(BIN)/duban up --demo

up: setup
	$(BIN)/duban up

check: setup
	$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports
	$(BIN)/coverage run -m pytest -m "not slow" tests/domain && $(BIN)/coverage report
	$(BIN)/pytest -n 2 --dist loadfile -m "not slow" --ignore tests/domain

bench: setup
	$(BIN)/python -m benchmarks.run

faults: setup # a quarter of an hour: a season under 200 kills; FAULTS="--seed N --day D" has a run again
	$(BIN)/python -m tests.faults $(FAULTS)
