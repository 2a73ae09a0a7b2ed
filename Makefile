# Every target first does what it needs (set-up, training) and skips what is done already.
PORT ?= 5005
CONSOLE_PORT ?= 5006
PYTHON := .venv/bin/python
# Any Python from 3.8 on sets the project up; under pyenv the system's own is the one that always runs. (`true`: make takes a
# status of 127, which a missing last candidate gives, for a shell that could not be started.)
SYSTEM_PYTHON := $(firstword $(shell for p in python3 /usr/bin/python3 python; do $$p -c 'import sys; assert sys.version_info >= (3, 8)' 2>/dev/null && echo $$p; done; true))
UV = $(shell command -v uv || echo .tools/uv/bin/uv)
LOCK = pip compile --python-version 3.10 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --override requirements-overrides.txt

.PHONY: help setup setup-tests train run console test flows words mutate evaluate bench screenshots audit lock
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## install what the bot needs into .venv
	@$(if $(SYSTEM_PYTHON),,echo "Python 3.8 or later is needed and was not found." && exit 1;) $(SYSTEM_PYTHON) scripts/setup.py

setup-tests:
	@$(if $(SYSTEM_PYTHON),,echo "Python 3.8 or later is needed and was not found." && exit 1;) $(SYSTEM_PYTHON) scripts/setup.py --tests

train: setup ## train the model, if data/, config.yml or the components changed
	@$(PYTHON) -m bot train

run: train ## serve the bot on http://127.0.0.1:5005 (PORT=...)
	@exec $(PYTHON) -m bot serve --port $(PORT)

console: train ## the staff console, on this computer alone: http://127.0.0.1:5006 (CONSOLE_PORT=...)
	@exec $(PYTHON) -m bot console --port $(CONSOLE_PORT)

test: setup-tests ## run all tests, two files at a time (ARGS="tests/test_x.py -k NAME" for some of them)
	@$(PYTHON) -m bot train
	@$(PYTHON) -m pytest $(or $(ARGS),-n 2 --dist loadfile)

flows: setup-tests ## run the conversation tests in tests/flows (ARGS="--watch", "--report reports/flows", "--filter TEXT", PATH)
	@$(PYTHON) -m bot train
	@$(PYTHON) -m bot flows $(ARGS)

mutate: setup-tests ## break the data one thing at a time: which breaks do the conversation tests miss? (into reports/mutation)
	@$(PYTHON) -m bot train
	@$(PYTHON) scripts/mutate.py $(ARGS)

words: setup-tests ## all that the bot can say on one page, for a safeguarding lead to read: reports/words.html
	@$(PYTHON) -m bot words --out reports/words.html

evaluate: train ## measure how well it understands: reports/understanding/report.html (ARGS="--noise --ordinary FILE")
	@$(PYTHON) -m bot evaluate $(ARGS)

bench: train ## measure speed and memory beside Rasa's default: reports/bench/bench.html (ARGS="--no-default --sessions 1000")
	@$(PYTHON) -m bot bench $(ARGS)

screenshots: setup-tests ## pictures of the page from a bot that runs on PORT, into reports/screenshots
	@$(PYTHON) tests/browser/screenshots.py http://127.0.0.1:$(PORT) reports/screenshots

audit: ## look the packages up among known vulnerabilities (needs the internet)
	@$(SYSTEM_PYTHON) scripts/setup.py --tool audit && $(SYSTEM_PYTHON) scripts/audit.py

lock: ## write the lock files anew from requirements*.in
	@$(UV) $(LOCK) requirements.in -o requirements.txt -q && $(UV) $(LOCK) requirements-test.in -o requirements-test.txt -q
	@for one in schemathesis audit; do $(UV) $(LOCK) requirements-$$one.in -o requirements-$$one.txt -q || exit 1; done
	@$(UV) $(subst --override requirements-overrides.txt,,$(LOCK)) requirements-default.in -o requirements-default.txt -q
