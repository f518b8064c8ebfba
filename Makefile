# Every target sees to the set-up it needs: system libraries, .venv, the package.

PYTHON ?= python3
DEMO ?= demo-logs
NAME ?=

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed

.DEFAULT_GOAL := help
.PHONY: help demo test system format bench fuzz messages clean

help:
	@echo "make demo      train a small real example, then open its logs"
	@echo "make test      every check: ruff, mypy, import-linter, pytest"
	@echo "make format    lay out the code"
	@echo "make bench     our speed beside that of others; NAME=... for one benchmark"
	@echo "make fuzz      odd bytes to all readers of event files; FUZZ_SECONDS=600 in all; TARGET=... for one"
	@echo "make messages  the Python modules of our .proto files"
	@echo "make clean     everything that make made"

demo: system $(STAMP)
	$(BIN)/projector demo $(DEMO)

test: system $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	QT_QPA_PLATFORM=offscreen $(BIN)/pytest -n auto --maxprocesses 8

system:
	@sh .ci/system-libraries.sh $(PYTHON)

# Installed again only when pyproject.toml changes. `system` comes first, but never makes this stale.
$(STAMP): pyproject.toml | system
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@echo "Installing projector into $(VENV); the first time this takes a few minutes."
	$(BIN)/python -m pip install --quiet --editable ".[test]"
	@touch $@

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP)
	$(BIN)/python -m pip install --quiet --editable ".[bench]"
	$(BIN)/python -m benchmarks $(NAME)

fuzz: $(STAMP)
	$(BIN)/python -m pip install --quiet --editable ".[fuzz]"
	$(BIN)/python -m tests.fuzz $(TARGET)

# By the oldest generator that fits, so that the modules run with every protobuf we allow.
PROTOS := $(shell find projector -name '*.proto')
TOOLS := $(VENV)/messages

messages: $(STAMP)
	test -x $(TOOLS)/bin/python || $(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet "grpcio-tools==1.63.2" "setuptools<80"
	$(TOOLS)/bin/python -m grpc_tools.protoc -I. --python_out=. $(PROTOS)

clean:
	rm -rf $(VENV) demo-logs build *.egg-info projector-window.png .mypy_cache .ruff_cache .pytest_cache
