# Needs Python 3.11 or newer with venv, and make; everything else goes into .venv, from requirements.lock.
# The bot runs from the checkout: nothing is installed outside .venv.

SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	"$$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& command -v "$$name" && break; done)
PY := .venv/bin/python
STAMP := .venv/.installed
ARGS ?=

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /make \1	/p' $(MAKEFILE_LIST)

$(STAMP): requirements.lock
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer with venv was found (Debian: apt-get install python3 python3-venv); or name one: make PYTHON=/path/to/python3 …" >&2; exit 2; }
	@echo "安装到 .venv，约一分钟 · installing into .venv, about a minute"
	@test -x $(PY) && $(PY) -c 'import pip' 2>/dev/null || "$(PYTHON)" -m venv --clear .venv
	@$(PY) -m pip install --quiet --require-hashes -r requirements.lock
	@touch $@

run: $(STAMP)  ## the bot: Telegram with config.toml and a token, else the playground on this machine
	@exec $(PY) -m bot run $(ARGS)

test: $(STAMP)  ## every test; those in a browser second, in a process of their own
	$(PY) -m pytest -n 2 -m "not browser and not soak" $(ARGS)
	$(PY) -m pytest -m browser $(ARGS) || test $$? -eq 5

check: $(STAMP)  ## lint, types, import contracts
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	@$(MAKE) --no-print-directory audit

audit: $(STAMP)  ## what is installed is what is locked; known holes, where pip-audit and a network are there
	$(PY) -m pip check
	@command -v pip-audit >/dev/null 2>&1 || { echo "SKIPPED: pip-audit is not installed; no known holes were looked for" >&2; exit 0; }; \
	found=$$(timeout 120 pip-audit --require-hashes --disable-pip -r requirements.lock 2>&1); code=$$?; echo "$$found"; \
	if [ $$code -ne 0 ] && echo "$$found" | grep -qE 'Connection|Max retries|Name or service|timed out'; then \
		echo "SKIPPED: no network; no known holes were looked for" >&2; exit 0; fi; exit $$code

format: $(STAMP)  ## layout and order of imports, written into the files
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: $(STAMP)  ## the figures, each beside its baseline; writes nothing
	$(PY) -m bench $(ARGS)

soak: $(STAMP)  ## kills and floods, minutes long
	$(PY) -m pytest -m soak -n0 -o faulthandler_timeout=0 $(ARGS) || test $$? -eq 5

screenshots: $(STAMP)  ## the pictures of docs/, made anew from the playground (needs Chromium)
	@test -f docs/screenshots.py || { echo "docs/screenshots.py does not exist yet" >&2; exit 2; }
	$(PY) docs/screenshots.py $(ARGS)

clean:  ## what the tools left; .venv and data stay
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist *.egg-info
	find bot tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help run test check audit format bench soak screenshots clean
