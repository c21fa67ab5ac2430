# `make help` lists the targets. CONTRIBUTING.md says what they need and where they keep things.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

table := python3 scripts/lines.py
newest_3 := $(shell $(table) newest 3)
newest_4 := $(shell $(table) newest 4)
in = python3 scripts/environment.py
maven = mvn --batch-mode --quiet -f jvm/pom.xml
typed := python scripts bench tests setup.py $(wildcard examples)
minutes ?= 3
# Further targets for `make test` to run beside its own.
beside ?=
line ?= $(newest_4)

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.PHONY: demo
demo: jars ## k-means on handwritten digits, from fit to clean-up, without an AWS account
	@$(in) $(newest_4) python examples/digits_kmeans.py

.PHONY: test
test: lint types format-check jars check-jars ## everything that must be green before a merge
	@echo "The tests of two Spark lines, the JVM and the rest run side by side; the output of each follows when it has ended."
	@$(MAKE) --no-print-directory -j3 --output-sync=target test-newest-4 test-newest-3 test-jvm test-python $(beside)

.PHONY: lint
lint: ## ruff and scalastyle
	@$(in) $(newest_4) ruff check .
	@$(maven) -N scalastyle:check

.PHONY: types
types: ## mypy --strict
	@$(in) $(newest_4) mypy $(typed)

.PHONY: format
format: ## rewrite Python and Scala in the project's format
	@$(in) $(newest_4) ruff format .
	@$(in) $(newest_4) ruff check --fix --select I .
	@$(maven) -N spotless:apply

.PHONY: format-check
format-check:
	@$(in) $(newest_4) ruff format --check .
	@$(maven) -N spotless:check

.PHONY: jars
jars: ## bring the jars into jars/
	@scripts/fetch_jars.sh

.PHONY: scaladoc
scaladoc: ## the Scala API's pages, in jvm/scala-*/target/site/scaladocs
	@$(maven) -pl scala-2.12,scala-2.13 scala:doc

.PHONY: check-jars
check-jars: jars ## look into the jars: relocation, services, bytecode
	@python3 scripts/check_jar.py

.PHONY: check-reproducible
check-reproducible: ## build both jars twice from clean and compare the hashes
	@scripts/check_reproducible.sh

.PHONY: lock
lock: ## renew jars/jars.lock after a change of library versions
	@rm -f jars/jars.lock
	@$(maven) -DskipTests -Dmaven.test.skip=true -Dlock.command=write prepare-package

.PHONY: test-jvm
test-jvm: ## the Scala tests, on both Scala lines
	@$(maven) test

.PHONY: test-python
test-python: jars ## the tests that need no Spark session: units, the local service, packaging
	@$(in) $(newest_4) pytest -q tests/unit tests/service tests/packaging

.PHONY: test-newest-4
test-newest-4: jars ## bridge, end to end, cluster and a short soak, on the newest Spark 4 line
	@$(in) $(newest_4) pytest -q --durations=10 tests/bridge tests/e2e tests/cluster tests/soak

.PHONY: test-newest-3
test-newest-3: jars ## bridge, end to end and cluster, on the newest Spark 3 line
	@$(in) $(newest_3) pytest -q --durations=10 tests/bridge tests/e2e tests/cluster

.PHONY: smoke-lines
smoke-lines: jars ## one end-to-end test on every line that `make test` leaves out
	@for line in $$($(table) others); do echo "Spark $$line"; $(in) $$line pytest -q tests/e2e -m smoke; done

.PHONY: matrix
matrix: jars ## end to end on every line of versions.json
	@for line in $$($(table) list); do echo "Spark $$line"; $(in) $$line pytest -q tests/e2e; done

.PHONY: soak
soak: jars ## faults at random, every row accounted for (minutes=3, seed= for the same faults again, line=)
	@$(in) $(line) env PYTHONPATH=.:python:scripts python -m tests.soak --minutes $(minutes) $(if $(seed),--seed $(seed))

.PHONY: bench
bench: jars ## figures, as ratios within one run (options=--quick for a short one)
	@$(in) $(newest_4) env PYTHONPATH=.:python:scripts python -m bench $(options)

.PHONY: clean
clean: ## remove what was built here (environments in the cache stay)
	@rm -rf build dist python/*.egg-info jars/*.jar jars/*.json jvm/scala-*/target jvm/scala-*/dependency-reduced-pom.xml
