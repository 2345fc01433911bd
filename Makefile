# Our commands. Each works on a fresh machine with Python 3.11, git and make; all they make is under .local/.
PYTHON ?= python3
RUN := .local/venv/bin/python
# Two more than cores, since many tests wait for clocks and processes; each has a PostgreSQL of its own.
TESTERS := $(shell $(PYTHON) -c "import os; print(min(6, (os.cpu_count() or 1) + 2))")
CONNECT = $(if $(PORT),--port $(PORT)) $(if $(REDIRECT),--redirect-uri "$(REDIRECT)") $(if $(PASTE),--paste)
.DEFAULT_GOAL := help

.PHONY: help
help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 22

.PHONY: install
install: ## make the virtual environment with what runs and what tests
	@$(PYTHON) tools/bootstrap.py --dev

.PHONY: demo
demo: ## run the main job on this machine: shop, books, Airflow, mail
	@$(PYTHON) tools/bootstrap.py
	@$(RUN) -m include.commands.demo

.PHONY: up
up: ## keep the stack up, with the databases of the last time
	@$(PYTHON) tools/bootstrap.py
	@$(RUN) -m include.commands.up

.PHONY: door
door: install ## the webhook door by itself, without Airflow: make door [PORT=8090]
	@$(RUN) -m include.commands.door $(if $(PORT),--port $(PORT))

.PHONY: down
down: ## end what demo or up started
	@$(RUN) -m include.commands.down

.PHONY: test
test: install ## set up what the tests need and pass them
	$(RUN) -m pytest -q -m "not slow" -n $(TESTERS) --dist worksteal

.PHONY: test-slow
test-slow: install ## the tests that take minutes: a real Airflow, a week backfilled twice
	$(RUN) -m pytest -q -m slow

.PHONY: check
check: install ## lint, format, types, layers
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(RUN) -m pytest -q tests/test_layers.py

.PHONY: mutants
mutants: install ## break the rules on purpose, see whether a test notices: make mutants [MODULE=tax]
	@$(RUN) tools/mutants.py $(MODULE)

.PHONY: explain
explain: install ## what the books must show of an order: make explain CASE=file.json
	@$(RUN) -m include.commands.explain $(CASE)

.PHONY: stop
stop: install ## stop a store's writes to Xero: make stop STORE=key WHY="..."
	@$(RUN) -m include.commands.switch stop --store $(STORE) --why "$(or $(WHY),no reason given)"

.PHONY: go
go: install ## let a store's writes go on: make go STORE=key
	@$(RUN) -m include.commands.switch go --store $(STORE) --why "$(or $(WHY),no reason given)"

.PHONY: held
held: install ## what waits for a person: make held STORE=key [REASON=tax_unexplained] [ORDER=1042]
	@$(RUN) -m include.commands.held --store $(STORE) $(if $(REASON),--reason $(REASON)) $(if $(ORDER),--order $(ORDER))

.PHONY: release
release: install ## decide a held order: make release STORE=key ORDER=1042 DECISION=post WHY="..."
	@$(RUN) -m include.commands.release --store $(STORE) $(if $(ORDER),--order $(ORDER)) \
		$(if $(DECISION),--decision $(DECISION)) $(if $(REASON),--reason $(REASON)) \
		$(if $(CONTACT),--contact $(CONTACT)) --why "$(WHY)"

.PHONY: from-now-on
from-now-on: install ## map something for good: make from-now-on STORE=key RULE=fees VALUE='{"tip":"265"}' WHY="..."
	@$(RUN) -m include.commands.from_now_on --store $(STORE) $(if $(RULE),--rule $(RULE) --value '$(VALUE)') --why "$(WHY)"

.PHONY: approve
approve: install ## approve the drafts of the first days: make approve STORE=key [FROM=date] [TO=date] [WRITE=yes]
	@$(RUN) -m include.commands.approve --store $(STORE) $(if $(FROM),--from $(FROM)) $(if $(TO),--to $(TO)) \
		$(if $(WRITE),--write)

.PHONY: correct
correct: install ## what today's settings would write otherwise: make correct STORE=key FROM=date TO=date [WRITE=yes]
	@$(RUN) -m include.commands.correct --store $(STORE) --from $(FROM) --to $(TO) $(if $(WRITE),--write)

.PHONY: report
report: install ## a day's reconciliation, printed; OUT= also writes page, CSV, workbook: make report STORE=key [DAY=date] [OUT=folder]
	@$(RUN) -m include.commands.report --store $(STORE) $(if $(DAY),--day $(DAY)) $(if $(OUT),--out "$(OUT)")

.PHONY: sign
sign: install ## sign a day's reconciliation, which locks it: make sign STORE=key DAY=date [WHY=".."] [BY=name]
	@$(RUN) -m include.commands.sign --store $(STORE) --day $(DAY) $(if $(WHY),--why "$(WHY)") $(if $(BY),--by "$(BY)")

.PHONY: resync
resync: install ## mend one order or one day, and say what was done: make resync STORE=key ORDER=1042 [DAY=2026-11-24] [WHY=".."] [DRY=yes]
	@$(RUN) -m include.commands.resync --store $(STORE) $(if $(ORDER),--order $(ORDER)) $(if $(DAY),--day $(DAY)) \
		--why "$(or $(WHY),no reason given)" $(if $(DRY),--dry)

.PHONY: alert-test
alert-test: install ## send one of each letter, marked as a test, to whom it would go: make alert-test STORE=key
	@$(RUN) -m include.commands.alert_test --store $(STORE)

.PHONY: webhooks
webhooks: install ## the webhooks that the shop sends us: make webhooks STORE=key [DO=show|register|remove]
	@$(RUN) -m include.commands.webhooks --store $(STORE) --do $(or $(DO),show)

.PHONY: stock-preview
stock-preview: install ## what a stock run would change now, without writing: make stock-preview STORE=key
	@$(RUN) -m include.commands.stock_preview --store $(STORE)

.PHONY: stock-release
stock-release: install ## let held levels through: make stock-release STORE=key [SKU=MUG] WHY="counted"
	@$(RUN) -m include.commands.stock_release --store $(STORE) $(if $(SKU),--sku "$(SKU)") --why "$(WHY)"

.PHONY: questions
questions: install ## what the accountant must answer at set-up, with proposals: make questions STORE=key
	@$(RUN) -m include.commands.questions --store $(STORE)

.PHONY: doctor
doctor: install ## whether a store can run, asked for real: make doctor STORE=key
	@$(RUN) -m include.commands.doctor --store $(STORE)

.PHONY: connect-xero
connect-xero: install ## let our app into a Xero organisation, by consent: make connect-xero STORE=key [TENANT="name"] [PORT=8912]
	@$(RUN) -m include.commands.connect.xero --store $(STORE) $(if $(TENANT),--tenant "$(TENANT)") $(CONNECT)

.PHONY: connect-bigcommerce
connect-bigcommerce: install ## install our app in a shop, by its owner's consent: make connect-bigcommerce STORE=key [REDIRECT=url]
	@$(RUN) -m include.commands.connect.bigcommerce --store $(STORE) $(CONNECT)

.PHONY: bench
bench: install ## what the flow costs, on 10,000 and 50,000 orders: make bench [ORDERS="1000"]
	@$(RUN) -m include.commands.bench.table $(if $(ORDERS),--orders $(ORDERS))

.PHONY: bench-peers
bench-peers: install ## other tools and ours side by side: make bench-peers [BENCH=../shared/bench] [ORDERS=10000] [RUNS=3]
	@$(RUN) -m include.commands.bench.peers $(if $(BENCH),--bench $(BENCH)) $(if $(ORDERS),--orders $(ORDERS)) $(if $(RUNS),--runs $(RUNS))

.PHONY: bench-faults
bench-faults: install ## lost + doubled + wrongly reported under every fault of the peers' harness: make bench-faults [BENCH=../shared/bench]
	@$(RUN) -m include.commands.bench.faults $(if $(BENCH),--bench $(BENCH))

.PHONY: bench-limits
bench-limits: install ## a backfill over the least time that the vendors' limits allow, and a day of 1,000 calls: make bench-limits [BENCH=..]
	@$(RUN) -m include.commands.bench.limits $(if $(BENCH),--bench $(BENCH)) $(if $(RUNS),--runs $(RUNS))

.PHONY: bench-door
bench-door: install ## how soon the webhook door answers: make bench-door [SECONDS=30] [RATE=200] [AIRFLOW=yes]
	@$(RUN) -m include.commands.bench.door $(if $(SECONDS),--seconds $(SECONDS)) $(if $(RATE),--rate $(RATE)) \
		$(if $(AIRFLOW),--airflow)

.PHONY: bench-seconds
bench-seconds: install ## from webhook to invoice, under a real Airflow: make bench-seconds [SECONDS=120] [RATE=1] [BURST=1000]
	@$(RUN) -m include.commands.bench.seconds $(if $(SECONDS),--seconds $(SECONDS)) $(if $(RATE),--rate $(RATE)) \
		$(if $(BURST),--burst $(BURST))

.PHONY: bench-workers
bench-workers: install ## stores on Celery, one worker and two, one killed: make bench-workers [STORES=20] [ORDERS=20000] [WORKERS="1 2"]
	@$(RUN) -m include.commands.bench.workers $(if $(STORES),--stores $(STORES)) $(if $(ORDERS),--orders $(ORDERS)) \
		$(if $(WORKERS),--workers $(WORKERS)) $(if $(SLOTS),--slots $(SLOTS)) $(if $(PINNED),--pinned)

.PHONY: bench-scale
bench-scale: install ## what is asked of large tables, with plans: make bench-scale [ORDERS=1000000] [WRITE=yes]
	@$(RUN) -m include.commands.bench.scale $(if $(ORDERS),--orders $(ORDERS)) $(if $(WRITE),--write)

.PHONY: ordinary
ordinary: install ## how ordinary shops of five countries fare: make ordinary [ORDERS=1000] [FLOW=150] [SEED=1]
	@$(RUN) -m include.commands.ordinary $(if $(ORDERS),--orders $(ORDERS)) $(if $(FLOW),--flow $(FLOW)) $(if $(SEED),--seed $(SEED))

.PHONY: faults
faults: install ## exactly once, whatever breaks: make faults [RUNS=500] [SEED=1] [ONLY=1/17]
	@$(RUN) -m include.commands.faults $(if $(RUNS),--runs $(RUNS)) $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY))

.PHONY: pins
pins: ## compile requirements*.in anew, with hashes (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header deploy/requirements.in -o deploy/requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header requirements-dev.in -o requirements-dev.txt
