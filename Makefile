# make demo   the environment, the invented national data set and its reports
# make test   the one gate: lint, types, import contracts, tests, notebooks
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Hundreds of processes import the package: where the environment forbids to keep what is compiled, each compiles it anew.
export PYTHONDONTWRITEBYTECODE :=
# The state of the gate's notebooks, kept apart from an analyst's own.
TEST_STATE := .boardpack/test

.PHONY: help env demo test lint types imports unit notebooks site verdicts simulate bench bench-portal bench-preview bench-scale browser gallery dictionary fuzz census national warnings mutations disclosure stars faults lock wheel clean

help:
	@grep -E '^# make' Makefile | cut -c3-

env: $(VENV)/installed

$(VENV)/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: env
	$(BIN)/boardpack demo build
	$(BIN)/boardpack run
	@echo "The reports: $(CURDIR)/reports/index.html"

# What keeps one core busy goes two at a time, then the unit tests, which take both; what each says stays together.
test: env
	$(MAKE) --jobs 2 $(if $(filter output-sync,$(.FEATURES)),--output-sync) lint types imports browser notebooks site
	$(MAKE) unit

lint: env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/deptry src notebooks

types: env
	$(BIN)/mypy
	$(BIN)/mypy --config-file tests/mypy.ini tests benchmarks

imports: env
	$(BIN)/lint-imports

# worksteal: tests of one file stay with one process as far as they can, so what they share is made once.
unit: env
	$(BIN)/python -m pytest --doctest-modules -m "not long" -n 2 --dist worksteal src/helpers tests --ignore tests/browser

# In a process of their own: what drives the browser keeps an event loop running to the end.
browser: env
	$(BIN)/python -m pytest -m "not long" tests/browser

# Stored without outputs, so nbval checks that every cell runs, top to bottom, in a fresh kernel.
notebooks: env
	BOARDPACK_STATE=$(TEST_STATE) $(BIN)/boardpack demo build --scale 0.1
	BOARDPACK_STATE=$(TEST_STATE) $(BIN)/python -m pytest --nbval-lax -p no:cacheprovider notebooks

# make site       the documents as a site that needs no network, dist/site/index.html; a dead link or anchor is an error
site: env
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

# make bench      seconds and memory of each step, beside the plain loop
bench: env
	$(BIN)/python benchmarks/report.py
	$(BIN)/python benchmarks/unchanged.py
	$(BIN)/python benchmarks/room.py

# make bench-preview  seconds from a save to the new page of a preview
bench-preview: env
	$(BIN)/python benchmarks/preview.py

# make bench-scale  a country's records: drawing, loading, benchmarks, reports; pandas beside DuckDB on a tenth
bench-scale: env
	$(BIN)/python benchmarks/scale.py $(SCALE)

# make bench-portal  the portal with 5,000 reports in a browser: its size, and the time to open and search
bench-portal: env
	$(BIN)/python benchmarks/portal.py

# make gallery    the pictures in the README, from the demo reports; needs Chromium
gallery: env
	$(BIN)/python docs/gallery/make.py

# make verdicts   what the board of every loaded trust would be told, counted; load real publications first
verdicts: env
	$(BIN)/python benchmarks/verdicts.py $(VERDICTS)

# make warnings   early warnings of the loaded trusts, what became of earlier ones, and false ones where nothing changes
warnings: env
	$(BIN)/python benchmarks/early_warning.py $(WARNINGS)

# make simulate   coverage and false alarms of the methods (some 20 minutes of one core before the long tests)
simulate: env
	$(BIN)/python benchmarks/simulate_spc_funnel.py
	$(BIN)/python benchmarks/simulate_models.py
	PYTHONPATH=tests $(BIN)/python benchmarks/simulate_attention.py
	$(BIN)/python benchmarks/simulate_changes.py
	$(BIN)/python -m pytest -m long tests --ignore tests/browser
	$(BIN)/python -m pytest -m long tests/browser

# make fuzz       property tests on new random examples, and many more spoilt files than the gate tries
fuzz: env
	BOARDPACK_FUZZ=2000 $(BIN)/python -m pytest -m "not long" tests/stats tests/data/disclosure tests/report
	BOARDPACK_FUZZ=50000 $(BIN)/python -m pytest tests/data/test_fuzz.py

# make disclosure  10,000 small trusts with up to twelve publications each: a full solver looks for what they tell;
#                 then 24 monthly editions of a small trust in both settings: what is hidden, and what it costs; at
#                 last the notebooks on records themselves, edition by edition
disclosure: env
	BOARDPACK_WORLDS=10000 $(BIN)/python -m pytest tests/data/disclosure/test_worlds.py -n 2 -k any_publications
	$(BIN)/python benchmarks/editions.py
	$(BIN)/python benchmarks/ledger.py

# make stars      the stars of the published reports on records, and how many of them the first rule alone would show
stars: env
	$(BIN)/python benchmarks/stars.py

# make national   what the providers in the loaded mart add up to, beside the published figures of England
national: env
	PYTHONPATH=docs $(BIN)/python -m reference_pages.national $(or $(BOARDPACK_STATE),.boardpack)/mart docs/reference/national-figures.yml
	$(MAKE) dictionary

# make census     the open NHS data beside plain pandas: every provider and measure, the newest 13 periods; then what
#                 every board of the loaded trusts is told
census: env verdicts
	$(BIN)/python -m pytest -n 0 tests/data/test_census.py tests/data/test_acceptance.py

# make mutations  2,000 files spoilt as people spoil them: what becomes wrong without a word, counted
mutations: env
	BOARDPACK_MUTATIONS=2000 $(BIN)/python -m pytest -s tests/data/test_mutations.py

# make faults     the fault suite with 200 kills of a batch at random moments
faults: env
	BOARDPACK_KILLS=200 $(BIN)/python -m pytest tests/faults

# make dictionary the reference pages that are made: measures, tables of the mart, public names
dictionary: env
	PYTHONPATH=docs $(BIN)/python -m reference_pages

# make lock       resolve the dependencies anew
# Extras stay in the lock: without them older pips look past a pin for a newer release, and refuse it.
lock: env
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-strip-extras \
	  --python-version 3.11 --extra dev pyproject.toml -o requirements.lock --custom-compile-command "make lock"

# make wheel      the package as a file, dist/boardpack-….whl, to be installed by pip
wheel: env
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
