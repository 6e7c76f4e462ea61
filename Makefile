# The commands of the project. From nothing but Python 3.11, git, make and a package index; see `make help`.

PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$each && break; done)
VENV := .venv
BIN := $(VENV)/bin
LOCKS := requirements
# uv with pip's index, proxy and certificates.
AS_PIP := $(BIN)/python -I $(LOCKS)/as_pip.py
UV := $(AS_PIP) $(BIN)/uv --quiet
CORES ?= auto
ENGINE ?= $(shell for each in buildah podman docker; do command -v $$each >/dev/null && echo $$each && break; done)
ARGS ?=

# The project's own environment is all that counts, not the shell's.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV
# What Python compiles stays out of the sources; tests start it hundreds of times.
export PYTHONPYCACHEPREFIX := $(CURDIR)/$(VENV)/compiled

.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help example scan test test-slow test-action contract lint lock docs bench fuzz image clean

help: ## Show this list.
	@sed -n 's/^\([a-z-]*\):.*## /  make \1|/p' Makefile | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

example: $(VENV)/.run ## Install everything that is needed, and scan examples/shop.
	@$(AS_PIP) $(BIN)/python -I examples/check.py

scan: $(VENV)/.run ## Scan your own repository: make scan REPO=path [ARGS="--sarif out.sarif"].
	@$(if $(REPO),,$(error say which repository: make scan REPO=path))
	@$(AS_PIP) $(BIN)/secgate scan $(REPO) --install $(ARGS)

test: $(VENV)/.test ## Install everything that is needed, and run all tests [ARGS="-k word"].
	@$(AS_PIP) $(BIN)/secgate tools install --no-databases
	@$(BIN)/python -I tests/support/multitool.py >/dev/null || echo "its tests are skipped" >&2
	@$(AS_PIP) $(BIN)/pytest -n $(CORES) --maxprocesses 8 --dist worksteal $(ARGS)

test-slow: $(VENV)/.test ## Run the tests that take minutes: scanners unplugged in turn, each attack alone, a tool built from source.
	@$(AS_PIP) $(BIN)/secgate tools install --no-databases
	@$(AS_PIP) $(BIN)/pytest -m slow $(ARGS)

test-action: $(VENV)/.test ## Run the action end to end with podman and runc, in the image IMAGE=secgate:latest.
	@SECGATE_TEST_IMAGE=$(or $(IMAGE),localhost/secgate:latest) $(BIN)/pytest -m slow tests/action $(ARGS)

contract: $(VENV)/.test ## Hold every request to GitHub against GitHub's own OpenAPI document; needs node and npm.
	@$(AS_PIP) $(BIN)/python -I tests/support/prism.py >/dev/null
	@$(AS_PIP) $(BIN)/pytest -m slow tests/github/test_contract.py $(ARGS)

lint: $(VENV)/.lint ## Run the linter, the formatter's check, the type checker, and the audit of workflows and action.
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/python -I .ci/audit.py $(BIN)/zizmor

docs: $(VENV)/.run ## Write the generated tables of README.md and docs/ again.
	@$(BIN)/python -I docs/generate.py

lock: $(VENV)/.uv ## Lock our own dependencies again; with UPGRADE=1 to their newest versions.
	@$(COMPILE) $(LOCKS)/bootstrap.in -o $(LOCKS)/bootstrap.txt
	@$(COMPILE) pyproject.toml -c $(LOCKS)/bootstrap.txt -o $(LOCKS)/run.txt
	@$(COMPILE) pyproject.toml --extra test -c $(LOCKS)/run.txt -c $(LOCKS)/bootstrap.txt -o $(LOCKS)/test.txt
	@$(COMPILE) pyproject.toml --extra lint -c $(LOCKS)/test.txt -c $(LOCKS)/bootstrap.txt -o $(LOCKS)/lint.txt
	@$(COMPILE) $(LOCKS)/fuzz.in -o $(LOCKS)/fuzz.txt

bench: $(VENV)/.test ## Measure SARIF, a policy, and a scan of examples/shop or REPO=path against the raw scanners.
	@$(AS_PIP) $(BIN)/secgate tools install --no-databases
	@$(BIN)/python bench/sarif_speed.py
	@$(BIN)/python bench/policy.py
	@$(BIN)/python bench/scan.py $(or $(REPO),examples/shop) $(ARGS)

fuzz: $(VENV)/.fuzz ## Fuzz every target, or TARGET=name, for SECONDS=60 each; with KEEP=1 keep what was learned instead.
	@cd tests && ../$(BIN)/python -m fuzz.run $(if $(KEEP),--keep,$(or $(SECONDS),60)) $(TARGET)

# Files in layers get the time 0, so that two builds of one commit give the same image.
image: ## Build the container image secgate:latest with buildah, podman or docker [ENGINE=…] [TAG=…] [ARGS="--build-arg …"].
	@$(if $(ENGINE),,$(error there is no buildah, podman or docker on the PATH))
	@$(ENGINE) $(if $(filter buildah,$(ENGINE)),bud,build) $(if $(filter docker,$(ENGINE)),,--timestamp 0 --no-cache) \
		--build-arg VERSION=$$(sed -n 's/__version__ = "\(.*\)"/\1/p' src/secgate/__init__.py) \
		--build-arg REVISION=$$(git rev-parse HEAD) $(ARGS) --tag secgate:$(or $(TAG),latest) .

clean: ## Remove what the commands made here; installed scanners stay in the user's cache.
	@rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .fuzz .coverage*

COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(UV) pip compile --universal --python-version 3.11 \
	--generate-hashes $(if $(UPGRADE),--upgrade)

# One environment, in steps: what builds it, what runs, what tests, what checks. A stamp says that a step is done.
$(VENV)/.uv: $(LOCKS)/bootstrap.txt
	@$(if $(PYTHON),,$(error there is no Python 3.11 or newer on the PATH: install one, or name it with PYTHON=path))
	@echo "making $(VENV) with $(PYTHON)" >&2
	@$(PYTHON) -I -m venv --clear $(VENV)
	@$(BIN)/python -I -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r $<
	@touch $@

# `sync` also removes what no lock names any more, so the later steps follow it.
$(VENV)/.run: $(VENV)/.uv $(LOCKS)/run.txt pyproject.toml
	@$(UV) pip sync --python $(BIN)/python --require-hashes $(LOCKS)/bootstrap.txt $(LOCKS)/run.txt
	@$(UV) pip install --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.run $(LOCKS)/test.txt
	@$(UV) pip install --python $(BIN)/python --require-hashes -r $(LOCKS)/test.txt
	@touch $@

$(VENV)/.fuzz: $(VENV)/.test $(LOCKS)/fuzz.txt
	@$(UV) pip install --python $(BIN)/python --require-hashes --only-binary :all: -r $(LOCKS)/fuzz.txt
	@touch $@

$(VENV)/.lint: $(VENV)/.test $(LOCKS)/lint.txt
	@$(UV) pip install --python $(BIN)/python --require-hashes -r $(LOCKS)/lint.txt
	@touch $@
