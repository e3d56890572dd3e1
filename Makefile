# Two commands matter: make serve, make test. Both set up everything they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help agents serve test lint check format accessibility examples screenshots mutation conformance conformance-sparql conformance-shacl conformance-reconciliation openrefine random-shacl hermit spark oracle peers \
	thorough random-reasoning validators \
	attack fuzz api-fuzz load switches endurance sample editor wheel bench bench-shacl bench-reasoning published clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

# Hashes cannot be checked for the package itself: it is installed alone, with the build tools that were.
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
LOCKED := $(PIP) --require-hashes --requirement
PACKAGE := $(PIP) --no-deps --no-build-isolation --editable .

$(VENV)/installed: pyproject.toml requirements/runtime.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Partyline needs Python 3.11 or later; try make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(LOCKED) requirements/runtime.txt
	$(PACKAGE)
	@touch $@

$(VENV)/developing: $(VENV)/installed requirements/development.txt
	$(LOCKED) requirements/development.txt
	@touch $@

serve: $(VENV)/installed  ## build the release and serve it; PORT=8000 HOST=127.0.0.1
	$(BIN)/partyline serve $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT))

# Each process of a test would compile the program anew.
unexport PYTHONDONTWRITEBYTECODE

# Tests wait for the disk whenever a release is built: not where there is room in memory.
IN_MEMORY := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 4000000 { print "TMPDIR=/dev/shm" }')
# Files stay whole: the tests of one share what is slow to set up, such as a server; tests/conftest.py
# orders them. There is a process more than processors, because tests wait for servers and browsers.
PYTEST = $(IN_MEMORY) $(BIN)/python -m pytest --dist loadfile --no-loadscope-reorder -n $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

test: $(VENV)/developing  ## run all tests
	$(PYTEST)

lint: $(VENV)/developing  ## check style, types, and which package may import which
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports
	$(BIN)/partyline format --check

# axe-core and the Nu Html Checker, which tests of pages use where they are.
tests/accessibility/node_modules: tests/accessibility/package-lock.json
	cd tests/accessibility && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

accessibility: $(VENV)/developing tests/accessibility/node_modules  ## try every kind of page with axe and the Nu checker; needs Node, Java, Chromium
	THOROUGH=1 $(BIN)/python -m pytest tests/test_accessibility.py

tests/comunica/node_modules: tests/comunica/package-lock.json
	cd tests/comunica && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

examples: $(VENV)/developing tests/comunica/node_modules  ## run the examples for clients in R and JavaScript, too; needs Node, r-base-core, r-cran-jsonlite
	EXAMPLES=1 $(BIN)/python -m pytest tests/test_client_examples.py

screenshots: $(VENV)/developing  ## picture every kind of page, light, dark, narrow and printed; FOLDER=build/screenshots
	THOROUGH=1 SCREENSHOTS="$(or $(FOLDER),build/screenshots)" $(BIN)/python -m pytest tests/screenshots.py

timing: $(VENV)/developing  ## run the tests that bound elapsed time, one at a time; on a quiet machine
	PARTYLINE_TIMING=1 $(BIN)/python -m pytest tests/test_guard.py tests/test_pool.py tests/test_pool_turns.py tests/test_expensive_queries.py

check: lint test  ## what CI runs before it tries the wheel

format: $(VENV)/developing  ## write code and knowledge in their canonical forms
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/partyline format

conformance: $(VENV)/developing  ## run public test suites; SUITES=FOLDER
	$(BIN)/python -m pytest tests/conformance/owl2.py tests/conformance/vocabularies.py --confcutdir tests/conformance --suites "$(SUITES)"

hermit: $(VENV)/developing  ## check ontology and knowledge with HermiT, an OWL 2 DL reasoner; needs Java
	$(LOCKED) requirements/trials.txt
	$(BIN)/python -m pytest tests/conformance/hermit.py --noconftest

spark: $(VENV)/developing  ## compare reasoning on Apache Spark, with executors in processes of their own, with the other engines; needs Java 17; SIZE=100000 MASTER="local-cluster[2,1,1024]"
	$(LOCKED) requirements/trials.txt
	PYTHONPATH=bench $(BIN)/python -m pytest tests/conformance/spark.py --noconftest

oracle: $(VENV)/developing  ## compare our reasoner with owlrl on knowledge and generated data; takes minutes
	PYTHONPATH=bench $(BIN)/python -m pytest tests/conformance/oracle.py --noconftest

thorough: $(VENV)/developing  ## run the tests that draw examples at random or take a sample, with many more
	THOROUGH=1 $(PYTEST) $(shell grep -lE "from (sampling|hypothesis) import" tests/test_*.py)

# A tokenizer with its vocabularies, which the tests of the tools use where it is.
tests/tokens/node_modules: tests/tokens/package-lock.json
	cd tests/tokens && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

agents: $(VENV)/developing tests/tokens/node_modules  ## answer all questions of competency and look at all conflicts with the tools for agents, through the official client; count the tokens of the tools; needs Node
	THOROUGH=1 TOKENS=1 $(PYTEST) tests/test_agents.py

random-reasoning: $(VENV)/developing  ## compare our reasoner with the tables on random graphs; N=20000 FIRST_SEED=0
	GRAPHS="$(or $(N),20000)" FIRST_SEED="$(or $(FIRST_SEED),0)" $(BIN)/python -m pytest tests/test_rl_reference.py

peers: $(VENV)/developing  ## compare our reasoner with newer ones on random knowledge; PEERS_PYTHON=python3.13 EXAMPLES=200
	PYTHONPATH=tests PEERS_PYTHON="$(PEERS_PYTHON)" EXAMPLES="$(EXAMPLES)" \
		$(BIN)/python -m pytest tests/conformance/peers.py --noconftest

mutation: $(VENV)/developing  ## run mutation tests: change the program, count what the tests detect; PACKAGES="edtf rdf" SAMPLE=200 SEED=1
	$(LOCKED) requirements/trials.txt
	PYTHONPATH=tests $(BIN)/python -m mutation.run $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED)) $(PACKAGES)

conformance-sparql: $(VENV)/developing  ## run the W3C's query tests over HTTP; SUITES=FOLDER
	$(BIN)/python -m pytest tests/conformance/sparql.py --confcutdir tests/conformance --suites "$(SUITES)"

conformance-shacl: $(VENV)/developing  ## run the W3C's SHACL tests; SUITES=FOLDER
	$(BIN)/python -m pytest tests/conformance/shacl.py --confcutdir tests/conformance --suites "$(SUITES)"

conformance-reconciliation: $(VENV)/developing  ## check answers of /reconcile against the schemas of the API; SUITES=FOLDER
	$(BIN)/python -m pytest tests/conformance/reconciliation.py --confcutdir tests/conformance --suites "$(SUITES)"

openrefine: $(VENV)/developing  ## reconcile and extend tables with the real OpenRefine; needs Java and openrefine
	PYTHONPATH=tests $(BIN)/python -m pytest tests/conformance/openrefine.py --noconftest -s

random-shacl: $(VENV)/developing  ## compare the SHACL engine with another on random shapes; N=2000 FIRST_SEED=0
	GRAPHS="$(or $(N),2000)" FIRST_SEED="$(or $(FIRST_SEED),0)" $(BIN)/python -m pytest tests/test_shacl_at_random.py

# In an environment of their own: they need other versions of libraries that the program uses.
build/validators/installed: requirements/validators.txt
	$(PYTHON) -m venv build/validators
	build/validators/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

validators: $(VENV)/developing build/validators/installed  ## try tables and descriptions with frictionless, csvw, mlcroissant, datacite, rocrate-validator; needs the network
	VALIDATORS="$(CURDIR)/build/validators/bin" $(BIN)/python -m pytest tests/conformance/descriptions.py --noconftest

attack: $(VENV)/developing  ## hostile queries and connections, 50 SIGTERMs under load, 200 kills of a build
	PYTHONPATH=tests $(BIN)/python -m stress.attack
	PYTHONPATH=tests $(BIN)/python -m stress.connections
	PYTHONPATH=tests $(BIN)/python -m stress.drains --drains 50
	PYTHONPATH=tests $(BIN)/python -m stress.kills --kills 200

fuzz: $(VENV)/developing  ## send queries made at random, 100 a second; QUERIES=2000 SEED=1
	PYTHONPATH=tests $(BIN)/python -m stress.fuzz $(if $(QUERIES),--queries $(QUERIES)) $(if $(SEED),--seed $(SEED))

# In an environment of its own, as the validators are.
build/fuzzing/installed: requirements/fuzzing.txt
	$(PYTHON) -m venv build/fuzzing
	build/fuzzing/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

api-fuzz: $(VENV)/developing build/fuzzing/installed  ## send requests made from the OpenAPI description with schemathesis, with all its checks; MINUTES=10
	PYTHONPATH=tests $(BIN)/python -m stress.interface --minutes $(or $(MINUTES),10) --schemathesis build/fuzzing/bin/schemathesis

load: $(VENV)/developing  ## run 32 clients that read and query; SECONDS=30
	PYTHONPATH=tests $(BIN)/python -m stress.load $(if $(SECONDS),--seconds $(SECONDS))

endurance: $(VENV)/developing  ## crawlers, questions, hostile queries and new releases, all at once; MINUTES=60
	PYTHONPATH=tests $(BIN)/python -m stress.endurance --minutes $(or $(MINUTES),60)

switches: $(VENV)/developing  ## switch releases 20 times under 50 requests a second
	PYTHONPATH=tests $(BIN)/python -m stress.switches

sample: $(VENV)/developing  ## print inferred statements of every predicate with their grounds, to read; SIZE=40 SEED=1
	$(BIN)/python tests/samples/inferred.py $(if $(SETTINGS),--settings $(SETTINGS)) $(if $(SIZE),--size $(SIZE)) $(if $(SEED),--seed $(SEED))

editor:  ## bundle again what runs in browsers; needs Node
	cd server/partyline/web/editor && npm ci --no-audit --no-fund --ignore-scripts && npm run build
	cd server/partyline/export/browser && npm ci --no-audit --no-fund --ignore-scripts && npm run build

.PHONY: lock
# The pins are those of the files as they are, unless LOCK says otherwise.
lock: $(VENV)/developing  ## pin the dependencies of pyproject.toml with hashes; LOCK=--upgrade
	$(PIP) uv
	for row in "runtime:--extra fast" "development:--extra fast --extra cards --extra mcp --extra dev" "trials:--all-extras"; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
			$(LOCK) $${row#*:} pyproject.toml requirements/build.in \
			--output-file requirements/$${row%%:*}.txt || exit 1; \
	done
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		$(LOCK) requirements/validators.in --output-file requirements/validators.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		$(LOCK) requirements/fuzzing.in --output-file requirements/fuzzing.txt

wheel: $(VENV)/developing  ## build the wheel into dist/
	$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .

bench: $(VENV)/developing  ## measure everything beside its peers, and write bench/results/ with plots; takes hours; SIZES="100000 …"
	$(BIN)/python bench/build.py $(or $(SIZES),100000 1000000)
	$(BIN)/python bench/dumps.py $(or $(SIZES),1000000) --output bench/results/dumps.md
	$(BIN)/python bench/dataset.py
	$(BIN)/python bench/reasoning.py
	$(BIN)/python bench/engine_choice.py
	$(BIN)/python bench/growth.py
	$(BIN)/python bench/edits.py
	$(BIN)/python bench/validation.py
	$(BIN)/python bench/history.py
	$(BIN)/python bench/preview.py --output bench/results/preview.md
	$(BIN)/python bench/pool.py
	$(BIN)/python bench/search.py
	$(BIN)/python bench/cold_documents.py
	$(BIN)/python bench/memory.py --output bench/results/memory.md
	$(BIN)/python bench/query_kinds.py
	if command -v nginx && command -v wrk; then $(BIN)/python bench/documents.py --output bench/results/documents.md; fi
	if command -v nginx && command -v wrk; then $(BIN)/python bench/static_site.py --proofs --output bench/results/static_site.md; fi
	if command -v nginx && command -v chromium; then $(BIN)/python bench/local_queries.py --output bench/results/local_queries.md; fi
	if command -v oxigraph && command -v wrk; then $(BIN)/python bench/small_select.py --output bench/results/small_select.md; fi
	$(BIN)/python bench/report.py

bench-shacl: $(VENV)/developing  ## measure SHACL on the knowledge and on 10 and 20 copies of it; SIZES="1 10 20"
	$(BIN)/python bench/validation.py $(SIZES)

bench-reasoning: $(VENV)/developing  ## measure the reasoner beside three others; takes 5 minutes; SIZES="1000 …"
	$(BIN)/python bench/reasoning.py $(SIZES)
	$(BIN)/python bench/edits.py

published: $(VENV)/developing  ## publish the data sets of SUITES/vocabularies and dereference every subject; SUITES=FOLDER
	$(BIN)/python bench/published.py "$(SUITES)"

clean:  ## remove what the commands above made
	rm -rf server/partyline/web/editor/node_modules server/partyline/web/static/editor.js
	rm -rf server/partyline/export/browser/node_modules server/partyline/export/assets
	rm -rf $(VENV) dist build releases .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
