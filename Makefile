# make run    sets everything up and serves the map on http://localhost:8501
# make test   sets everything up and passes the tests, in a real browser too
# make bench  measures what docs/measurements.md states
# make trust  puts to the test what is promised of safety, at length, and writes docs/security.md
# make mutants counts small mistakes that no test notices (IN=data/access EACH=60 SEED=1)
# make demo   lays the demonstration district anew

PYTHON := .venv/bin/python

.PHONY: run prepare demo test lint bench trust mutants

run: prepare
	@echo "The map …"
	@$(PYTHON) -m streamlit run dashboard/server.py

prepare: .venv/ready node_modules/ready
	@echo "The city and its grades …"
	@$(PYTHON) -m data prepare

demo: .venv/ready
	$(PYTHON) -m data demo --replace
	$(PYTHON) -m data prepare

test: .venv/ready-for-tests node_modules/ready lint
	@sh set-up.sh browser
	@echo "Tests …"
	@$(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: .venv/ready-for-tests
	@echo "Style and types …"
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy

bench: .venv/ready-for-tests node_modules/ready
	@sh set-up.sh browser
	$(PYTHON) -m tests.benchmarks

trust: .venv/ready-for-tests node_modules/ready
	@sh set-up.sh browser
	$(PYTHON) -m tests.trust

mutants: .venv/ready-for-tests node_modules/ready
	$(PYTHON) -m tests.mutants $(IN) --each $(or $(EACH),60) --seed $(or $(SEED),1)

.venv/ready: requirements.txt
	@sh set-up.sh packages requirements.txt
	@touch $@

.venv/ready-for-tests: .venv/ready requirements-dev.txt
	@sh set-up.sh packages requirements-dev.txt
	@touch $@

node_modules/ready: .venv/ready package-lock.json
	@sh set-up.sh assets
	@touch $@
