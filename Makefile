# Every target makes its own virtual environment .venv from nothing.
PYTHON ?= python3
BIN := .venv/bin
DOCUMENTS ?=
DATA ?= var

.PHONY: help demo run test check bench quality year exactly-once cluster-test faults image-test screenshots messages lock record-schema format clean bench-web fuzz-web oidc-test
.DEFAULT_GOAL := help

help:
	@echo "make demo        set everything up and run the main job on bundled feeds"
	@echo "                 (DOCUMENTS=folder polls the documents saved there instead)"
	@echo "make test        all tests"
	@echo "make run         start the service on config/, its data in $(DATA)/"
	@echo "make check       format, lint, types, import contracts, baseline and configuration"
	@echo "make quality     precision and recall on labelled news, beside a keyword alert"
	@echo "make bench       speed, beside what peers reach on the same work"
	@echo "make bench-web   20 readers at a desk with a million items; about 40 minutes"
	@echo "make fuzz-web    requests made up from the desk's own OpenAPI document; about 5 minutes"
	@echo "make oidc-test   log in to a desk by a certified identity provider; needs Node.js and npm"
	@echo "make exactly-once  kill the service 1,300 times while it mails and posts, and count what arrives"
	@echo "make faults      let disks, clocks, servers and the database fail, and count what is lost"
	@echo "make year        live through a year of 500 feeds on one file; about an hour"
	@echo "make cluster-test  two weeks of news by workers that are killed, beside one process"
	@echo "make image-test  build the container image, run it, kill it, and run it as a cluster"
	@echo "make record-schema  keep a database of this release for the tests of later ones"
	@echo "make screenshots  pictures of every page in var/screenshots, and which look different"
	@echo "make messages    renew the list of what the desk's pages say, to be translated"
	@echo "make lock        renew the pinned requirements"

# A virtual environment is made from the pinned, hashed requirements, then techwatch without any.
.venv/runtime: requirements/runtime.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "techwatch needs Python 3.11 or newer: sudo apt-get install python3"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv \
		|| { echo "venv is missing: sudo apt-get install python3-venv"; rm -rf .venv; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: .venv/runtime requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# Only what techwatch is compared with. Without it the comparisons are skipped, and said so.
.venv/bench: .venv/dev requirements/bench.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt \
		|| echo "some libraries to compare with can't be installed here; what needs them is skipped"
	@touch $@

demo: .venv/runtime
	$(BIN)/techwatch demo --keep $(DATA)/demo $(if $(DOCUMENTS),--documents $(DOCUMENTS))

run: .venv/runtime
	TECHWATCH_DATA_DIR=$${TECHWATCH_DATA_DIR:-$(DATA)} $(BIN)/techwatch run

test: .venv/dev
	$(BIN)/pytest --numprocesses $$(($$(nproc) + 1)) --dist loadfile --cov --cov-report=term:skip-covered

check: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/techwatch --config config --baseline baseline config check

quality: .venv/bench
	$(BIN)/python tools/quality_matching.py
	$(BIN)/python tools/quality_baseline.py
	$(BIN)/python tools/quality_emerging.py --most 20
	$(BIN)/python tools/quality.py
	$(BIN)/python tools/quality_replay.py

bench: .venv/bench
	$(BIN)/python tools/bench.py --plot docs/growth.svg
	$(BIN)/python tools/bench_start.py
	$(BIN)/python tools/bench_digest.py
	$(BIN)/python tools/bench_reading.py
	$(BIN)/python tools/bench_polling.py

bench-web: .venv/dev
	$(BIN)/python tools/bench_web.py

fuzz-web: .venv/dev
	FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-300} $(BIN)/pytest tests/web/test_fuzz.py tests/web/test_fuzz_roles.py -q

oidc-test: .venv/dev
	cd tools/identity-provider && npm ci --silent --no-audit --no-fund
	$(BIN)/python tools/oidc_trial.py

year: .venv/dev
	$(BIN)/python tools/year.py

exactly-once: .venv/dev
	$(BIN)/python tools/exactly_once.py

cluster-test: .venv/dev
	$(BIN)/python tools/cluster.py

faults: .venv/dev
	$(BIN)/python tools/faults.py

screenshots: .venv/dev
	PYTHONPATH=. $(BIN)/python tools/screenshots.py $(if $(KEEP),--keep)

messages: .venv/dev
	$(BIN)/python tools/messages.py

record-schema: .venv/dev
	$(BIN)/python tools/record_schema.py tests/storage/released

image-test: .venv/dev # for its PostgreSQL
	tools/image-test

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header

lock: .venv/dev
	$(BIN)/$(LOCK) pyproject.toml -o requirements/runtime.txt
	$(BIN)/$(LOCK) --extra build -c requirements/runtime.txt pyproject.toml -o requirements/build.txt
	$(BIN)/$(LOCK) --extra build --extra dev --extra dask --extra otel -c requirements/runtime.txt -c requirements/build.txt \
		pyproject.toml -o requirements/dev.txt
	$(BIN)/$(LOCK) --extra bench -c requirements/dev.txt pyproject.toml -o requirements/bench.txt
	$(BIN)/$(LOCK) --group image -c requirements/dev.txt -o requirements/image.txt

format: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv var dist .coverage* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
