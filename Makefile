# Everything starts here. The only needs: make, git, Go >= 1.21 and Python >= 3.11.
#   make PYTHON=python3.12 up     names another Python for the virtual environment
PYTHON ?= python3
VENV   := .venv/bin
LOCAL  := $(VENV)/python -m local

.DEFAULT_GOAL := help
.PHONY: help venv tools up rehearse rehearsals preview refresh destroy down reset status start shell env generate validate lock test lint conformance mutation bench bench-policies

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: ## Make the virtual environment from requirements.lock
	@$(PYTHON) local/venv.py

tools: venv ## Fetch or build the tools that are missing in the cache folder
	@$(LOCAL) tools

up: venv ## Bring up the local cloud and every agent, and wait until they are available
	@$(LOCAL) up

rehearse: venv ## Take an environment in AWS up and down on this machine, at no cost: make rehearse ENV=prod
	@$(LOCAL) rehearse $(or $(ENV),$(error name the environment: make rehearse ENV=prod))

preview: venv ## Show what `make up` would change
	@$(LOCAL) preview

refresh: venv ## Read back what exists, so that hand edits show in the next preview
	@$(LOCAL) refresh

destroy: venv ## Delete everything the stack made; the control plane goes on (asks; YES=1 does not)
	@$(LOCAL) destroy $(if $(YES),--yes)

down: venv ## Stop everything; data stay and the next `make up` goes on
	@$(LOCAL) stop

reset: venv ## Stop, and delete the cluster and Pulumi state of this checkout (asks; YES=1 does not)
	@$(LOCAL) reset $(if $(YES),--yes)

status: venv ## Show what runs
	@$(LOCAL) status

start: venv ## Start the control plane only
	@$(LOCAL) start

shell: venv ## Open a shell with kubectl, pulumi and the policy pack set up
	@$(LOCAL) shell

env: venv ## Print the engine's environment as shell exports
	@$(LOCAL) env

generate: venv ## Write anew what is made from models and rules: schema and reference pages
	@$(VENV)/python -m components.config.schema
	@$(VENV)/python -m components.config.reference
	@$(VENV)/python -m policies.reference
	@$(VENV)/python -m policies.schema

validate: venv ## Check the stacks of every environment, and against each other, without an engine (ENV=dev for one)
	@$(VENV)/python -m components.config $(ENV)

lock: venv ## Write requirements.lock anew from the requirements (needs pip-tools)
	@$(VENV)/python -m piptools compile --quiet --allow-unsafe --generate-hashes --strip-extras --no-header \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--output-file requirements.lock requirements.txt requirements-dev.txt

lint: venv ## Check style and types
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy .

test: lint ## Run all checks and tests; brings the tools they need
	@$(LOCAL) tools
	@$(VENV)/pytest -n auto --dist loadfile -m "not cluster and not engine"
	@$(VENV)/pytest -m "(cluster or engine) and not rehearsal"

rehearsals: venv ## Hold what rehearsals promise against the engine's events, part by part (ONLY=edge for one)
	@$(LOCAL) tools
	@$(VENV)/pytest -m rehearsal $(if $(ONLY),-k $(ONLY))

conformance: venv ## Hold the offline provider against what the official one was seen to do (SAMPLE=10 SEED=1 for some)
	@$(LOCAL) run --cluster conformance -- $(VENV)/python tests/conformance/run.py \
		--plugins local/providers/bin --kubeconfig .local/conformance/kubeconfig \
		$(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED))

mutation: venv ## Change the policy rules on purpose and count what the tests notice (SAMPLE=10 SEED=1 for some)
	@$(VENV)/python -m tests.mutation $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED)) $(if $(LEAST),--least $(LEAST))

bench: venv ## Measure up, no-op preview and destroy beside kubectl
	@$(LOCAL) run --cluster bench -- $(VENV)/python -m tests.bench

bench-policies: venv ## Measure the policy pack beside stock policies of the SDK
	@$(VENV)/python -m tests.bench.policies
