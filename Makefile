# Everything a newcomer needs. `make up` runs the system, `make test` proves it.
#
#   PORT=8000     where the web server listens
#   DATA=var      database, artefacts, keys, logs
#   EXAMPLE=0     start empty, without the mortgage example
#   PYTHON=...    which Python makes .venv (3.11 or newer)

PYTHON ?= python3
RUN := .venv/bin/python
PYTEST_FLAGS := -n 2 --dist loadgroup --durations 10

# Passed on only when given, so that each program's own default stays the one default.
ifdef PORT
export PORT
endif
ifdef DATA
export DATA
endif
ifdef EXAMPLE
export EXAMPLE
endif

.DEFAULT_GOAL := help
.PHONY: help up test lint bench bench-mlflow bench-portfolio faults token operator password memory measure-start installed installed-dev

help:  ## show this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

up: installed  ## run the system in the foreground; Ctrl-C stops it
	@exec $(RUN) -m config.supervisor

test: installed-dev  ## the whole suite
	@exec $(RUN) -m pytest $(PYTEST_FLAGS) $(ARGS)

lint: installed-dev  ## ruff, mypy and the import contracts
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(RUN) -m mypy --config-file client/pyproject.toml
	.venv/bin/lint-imports

bench: installed-dev  ## all benches, one table
	@exec $(RUN) benchmarks/run.py $(ARGS)

bench-portfolio: installed-dev  ## the portfolio at 10,000 models and a million figures
	@exec $(RUN) benchmarks/portfolio.py

bench-mlflow: installed-dev  ## our MLflow door beside mlflow server; ARGS=--help tells the options
	@exec $(RUN) -m benchmarks.beside_mlflow $(ARGS)

faults: ROUNDS ?= 20
faults: installed-dev  ## the long fault and race runs: log, suites, rules in any order, races, storm
	@RUN_SLOW=1 $(RUN) -m pytest -m "slow or clones" $(ARGS)
	@$(RUN) -m tests.faults.log_crashes --rounds 50 --crashes 3
	@$(RUN) -m tests.faults.races --rounds 300
	@$(RUN) -m tests.machines --steps 10000
	@$(RUN) -m tests.faults.storm --cases 20000
	@exec $(RUN) -m tests.faults.suites --rounds $(ROUNDS) --at-once 4

memory: installed  ## what the running system holds in memory
	@exec $(RUN) benchmarks/memory.py

measure-start:  ## clone to first page, stop, second start
	@exec $(PYTHON) benchmarks/start.py

token:  ## ROLE=... [SCOPES=...]: a service token for the running system, and nothing else
	@test -x $(RUN) || { echo "Run make up first." >&2; exit 1; }
	@test -n "$(ROLE)" || { echo "Say which role: make token ROLE=ci" >&2; exit 1; }
	@$(RUN) -m config.embedded && exec $(RUN) manage.py issue_token "$(ROLE)" --scopes "$(SCOPES)"

operator:  ## USER=...: a person who makes the others; prints their password
	@test -x $(RUN) || { echo "Run make up first." >&2; exit 1; }
	@test "$(origin USER)" = "command line" || { echo "Say who: make operator USER=name" >&2; exit 1; }
	@$(RUN) -m config.embedded && exec $(RUN) manage.py make_operator "$(USER)"

# The shell always has a USER of its own: only the one given to make counts.
password:  ## USER=...: a fresh password for an example person
	@test -x $(RUN) || { echo "Run make up first." >&2; exit 1; }
	@test "$(origin USER)" = "command line" || { echo "Say who: make password USER=rita" >&2; exit 1; }
	@$(RUN) -m config.embedded && exec $(RUN) manage.py set_password "$(USER)"

installed:
	@$(PYTHON) bootstrap.py requirements.lock

installed-dev:
	@$(PYTHON) bootstrap.py requirements-dev.lock
