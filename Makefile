# Everything a developer types. `make help` lists it.
.DEFAULT_GOAL := help
.PHONY: help run test test-postgres fast check format demo lock clean
SHELL := /bin/sh

PYTHON := .venv/bin/python
# So that tools agree on which .venv is meant, and no developer's .env changes a check.
CHECKED := CONNECTOR_ENV_FILE= DEBUG=true
CODE := audit connections mlconnector sandbox syncs tests manage.py bin/run bin/check_lock

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; \
		do printf '  make %-13s %s\n' "$$name" "$$text"; done

run: ## Start everything on this computer, with stand-ins for the outside systems (PORT=8000)
	@bin/install requirements.txt
	@exec env $(if $(PORT),PORT=$(PORT)) $(if $(SANDBOX_PORT),SANDBOX_PORT=$(SANDBOX_PORT)) \
		$(PYTHON) bin/run

test: ## Run all tests (TESTS=tests/audit for some)
	@bin/install requirements-dev.txt
	$(PYTHON) -m pytest -n auto --dist loadfile $(TESTS)

test-postgres: ## Run all tests on PostgreSQL: on DATABASE_URL, or a server started just for this
	@bin/install requirements-dev.txt
	bin/with_postgres $(PYTHON) -m pytest -n auto --dist loadfile -m "not browser" \
		--ignore=tests/sandbox $(TESTS)

fast: ## Run the tests that take no time
	@bin/install requirements-dev.txt
	$(PYTHON) -m pytest -m "not slow and not browser" $(TESTS)

check: ## Check style, types, imports, settings, migrations and the lock files
	@bin/install requirements-dev.txt
	$(PYTHON) -m ruff format --check $(CODE)
	$(PYTHON) -m ruff check $(CODE)
	$(CHECKED) $(PYTHON) -m mypy
	.venv/bin/lint-imports
	$(CHECKED) $(PYTHON) manage.py check --fail-level ERROR
	$(CHECKED) $(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) bin/check_lock

format: ## Put the code into the house style
	@bin/install requirements-dev.txt
	$(PYTHON) -m ruff format $(CODE)
	$(PYTHON) -m ruff check --fix $(CODE)

demo: ## Tell one document's story against the stand-ins, and stop (PAIRING=odoo-billcom for one)
	@bin/install requirements.txt
	@$(PYTHON) manage.py demo $(if $(PAIRING),--pairing $(PAIRING))

lock: ## Write the lock files anew from requirements.in and requirements-dev.in (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" -c requirements.txt \
		requirements-dev.in -o requirements-dev.txt

clean: ## Remove what can be made again; never the database or .env
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache staticfiles
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +
