# Kangban (康伴). `make help` lists the commands; none needs a step before it.
# PYTHON=… picks another Python; ARGS=… goes on to pytest, kangban serve and kangban bench.

.DEFAULT_GOAL := help
.PHONY: help demo test check format bench clean setup setup-test
ARGS ?=
BIN := .venv/bin

help: ## list these commands
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: setup ## install what is missing, then serve the demo household on http://127.0.0.1:8000
	@exec $(BIN)/kangban serve --demo $(ARGS)

test: setup-test ## install what the tests need, then run them all; ARGS="tests/core -k outbox"
	@scripts/test $(ARGS)

check: setup-test ## style, types, who may import whom, and the GraphQL schema against its snapshot
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_sdl.py

format: setup-test ## put all Python files into the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## the project's own benchmarks, as ratios; ARGS="home --json"
	@exec $(BIN)/kangban bench $(ARGS)

clean: ## remove .venv and everything else that was installed or cached; data stays
	rm -rf .venv .stamps .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	rm -rf tests/tools/firebase/node_modules tests/artifacts *.egg-info
	rm -rf mobile_contract/*/node_modules mobile_contract/*/dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup:
	@PYTHON="$(PYTHON)" scripts/setup run

setup-test:
	@PYTHON="$(PYTHON)" scripts/setup test
