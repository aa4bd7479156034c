# What a person types. Everything is set up on the way; a second time costs a fraction of a second.
.POSIX:
.PHONY: run test check bench parity soak lock clean

run:    ## set up, then open the window on the demo recording
	@sh scripts/setup.sh run
	@sh scripts/run.sh

test:   ## set up, then everything that CI runs
	@sh scripts/setup.sh test
	@sh scripts/test.sh

check:  ## the same without the tests: format, lint, types, imports
	@sh scripts/setup.sh test
	@sh scripts/test.sh check

bench:  ## measure what Earmark promises; JSON under build/bench/
	@sh scripts/setup.sh test
	@.venv/bin/python -m bench

parity: ## every network against its original, at full size, over 20 clips
	@sh scripts/setup.sh test
	@.venv/bin/pytest -q --numprocesses 0 -m parity tests/parity

soak:   ## a day of listening in minutes: does memory stay flat?
	@sh scripts/setup.sh test
	@.venv/bin/python -m bench.soak

lock:   ## pin every dependency again
	@sh scripts/setup.sh test
	@sh scripts/lock.sh

clean:  ## remove what was built; the environment stays
	rm -rf build dist .pytest_cache .ruff_cache .import_linter_cache
