# The door to every command. `make` alone lists them.

.DEFAULT_GOAL := help
SHELL := bash

RUST_FEATURES := logrtc/tracing,logrtc/log,logrtc/faults
BENCH_PROGRAM := --package logrtc-bench --features logrtc-bench/program
PORT := 8080
NPM_CI := npm ci --no-audit --no-fund --loglevel=error

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## Show a log in a browser: the server, and a program that logs; PORT=9000 takes another port
	cargo build --package logrtc-viewer
	BROWSER="$$(tools/ensure viewing-browser)" cargo run --quiet --package logrtc-viewer -- demo --open --listen 127.0.0.1:$(PORT)

.PHONY: test
test: test-rust test-wasm test-web test-browser test-interop test-paths test-otlp test-c test-c-sanitizers test-python test-node test-conformance test-readme lint ## Run everything that CI runs

.PHONY: test-rust
test-rust: ## Test the crates
	@tools/ensure namespaces && tools/ensure proxies && tools/ensure journal && tools/ensure turn && tools/ensure nats
	cargo test --workspace --features $(RUST_FEATURES)

.PHONY: test-hostile
test-hostile: ## Attack a producer by its consumers, by its server, and by anybody on the network; a part of test-rust
	cargo test --package logrtc-test-hostile

.PHONY: test-docker
test-docker: ## Test serve --docker with a real daemon: the machine's, or one that root starts for the test
	@tools/ensure docker
	cargo test --package logrtc-viewer --test serve -- --ignored docker

.PHONY: test-32-bit
test-32-bit: ## Build the core for a machine of 32 bits; some of what overflows there is found by no check
	@tools/ensure 32-bit
	cargo build --package logrtc --lib --features $(RUST_FEATURES) --target i686-unknown-linux-gnu

.PHONY: test-web
test-web: viewer/web/node_modules ## Test the page, and that the built one is up to date
	cd viewer/web && npm run check
	$(MAKE) check-page

.PHONY: test-browser
test-browser: tests/node_modules viewer/web/node_modules programs ## Test from a producer to a real Chromium and a real Firefox
	chromium="$$(tools/ensure browser)" && firefox="$$(tools/ensure firefox)" && \
	 CHROMIUM="$$chromium" FIREFOX="$$firefox" npm --prefix tests run test:browser

.PHONY: test-readme
test-readme: tests/node_modules ## Run every program that the README shows
	@tools/ensure c-toolchain
	cargo build --package logrtc-viewer --package logrtc-node
	node bindings-node/tools/place.mjs debug bindings-node/logrtc.node
	$(MAKE) install PREFIX="$${CARGO_TARGET_DIR:-$$PWD/target}/c/prefix"
	tests/python/run venv dev
	CHROMIUM="$$(tools/ensure browser)" npm --prefix tests run test:readme

.PHONY: test-interop
test-interop: tests/node_modules programs ## Test against libdatachannel, behind a server of the base protocol
	npm --prefix tests run test:interop

.PHONY: test-paths
test-paths: tests/node_modules programs ## Test the ways between two networks: NAT, a TURN server, port forwarding, IPv6, many bridges
	@tools/ensure turn
	CHROMIUM="$$(tools/ensure browser)" npm --prefix tests run test:paths

.PHONY: test-otlp
test-otlp: tests/node_modules tests/otlp/node/node_modules ## Test `logrtc serve --otlp` with the OpenTelemetry SDKs of Python, Node.js and Go
	@tools/ensure go && tools/ensure python
	cargo build --package logrtc-viewer
	tests/otlp/run
	CHROMIUM="$$(tools/ensure browser)" npm --prefix tests run test:otlp

WAN_PROGRAMS := --package logrtc-viewer --package logrtc-test-producer --package logrtc-test-wan

.PHONY: test-wan
test-wan: tests/node_modules ## Test behind a slow link: load, a flood, a blackout, throughput; takes six minutes
	@tools/ensure tun
	cargo build $(WAN_PROGRAMS)
	cargo build --release --package logrtc-test-producer
	npm --prefix tests run test:wan

.PHONY: test-wan-short
test-wan-short: tests/node_modules ## Test behind a slow link: load alone, for a moment
	@tools/ensure tun
	cargo build $(WAN_PROGRAMS)
	npm --prefix tests run test:wan-short

.PHONY: lint
lint: tests/node_modules tests/otlp/node/node_modules bindings-node/node_modules ## Check formatting, lints, documentation and licenses
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --features $(RUST_FEATURES) -- -D warnings
	cargo clippy $(BENCH_PROGRAM) --all-targets -- -D warnings
	cargo clippy --package logrtc --no-default-features -- -D warnings
	cargo clippy --package logrtc-viewer --no-default-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --features $(RUST_FEATURES)
	"$$(tools/ensure cargo-deny)" check licenses bans sources
	node tools/circles.mjs core/src viewer/src
	npm --prefix tests run check
	npm --prefix bindings-node run check

.PHONY: format
format: viewer/web/node_modules ## Format everything
	cargo fmt --all
	cd viewer/wasm && cargo fmt
	cd viewer/web && npm run format

.PHONY: bench
bench: tests/node_modules ## Measure, beside a peer in the same run, and write docs/benchmarks.md: ROWS=plain,batch RUNS=5
	@tools/ensure c-toolchain && tools/ensure namespaces
	cargo build --release --package logrtc-test-producer --package logrtc-viewer --package logrtc-c --package logrtc-test-wan
	cargo build --release $(BENCH_PROGRAM)
	CHROMIUM="$$(tools/ensure browser)" ROWS="$(ROWS)" RUNS="$(RUNS)" npm --silent --prefix tests run bench

.PHONY: bench-viewer
bench-viewer: tests/node_modules ## Measure the log page in both browsers, and write docs/benchmarks-viewer.md: ROWS=search,rate RUNS=1
	cargo build --release --package logrtc-test-producer --package logrtc-viewer
	chromium="$$(tools/ensure browser)" && firefox="$$(tools/ensure firefox)" && \
	 CHROMIUM="$$chromium" FIREFOX="$$firefox" ROWS="$(ROWS)" RUNS="$(RUNS)" npm --silent --prefix tests run bench:viewer

.PHONY: docs
docs: ## Build the reference of the crates
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --features $(RUST_FEATURES)

.PHONY: page
page: viewer-library ## Build the log page, which the program embeds, and the consumer of the npm package
	cd viewer/web && npm run build

.PHONY: viewer-library
viewer-library: viewer/web/node_modules ## Build the consumer of the npm package, `logrtc/viewer`
	cd viewer/web && npm run build:library

PAGE_OUTPUT := viewer/web/dist bindings-node/viewer

# The page's work on bytes. Another compiler makes other bytes of the same sources, so that what is compared is a checksum of
# the sources: `engine.wasm.source` has the one of those that `engine.wasm` was built of.

ENGINE := viewer/web/store/engine/engine.wasm
ENGINE_SOURCE = cd viewer/wasm && LC_ALL=C && sha256sum .cargo/config.toml Cargo.lock Cargo.toml src/*.rs | sha256sum | cut -d ' ' -f 1

# Binaryen makes it an eighth smaller, and no slower.
WASM_OPT := npm exec --yes --package=binaryen@132.0.0 -- wasm-opt -O3 --enable-simd --enable-bulk-memory --enable-sign-ext \
 --enable-nontrapping-float-to-int --enable-mutable-globals --enable-reference-types --enable-multivalue

.PHONY: wasm
wasm: ## Build the page's WebAssembly, which `make page` takes up
	@tools/ensure wasm
	cd viewer/wasm && REMAP="--remap-path-prefix=$${CARGO_HOME:-$$HOME/.cargo}/registry/src=registry" && \
	 cargo build --release --locked --target wasm32-unknown-unknown --target-dir target \
	 --config "target.wasm32-unknown-unknown.rustflags=[\"$$REMAP\"]"
	$(WASM_OPT) viewer/wasm/target/wasm32-unknown-unknown/release/logrtc_engine.wasm -o $(ENGINE)
	($(ENGINE_SOURCE)) > $(ENGINE).source

.PHONY: test-wasm
test-wasm: check-wasm ## Test the sources of the page's WebAssembly, and that the built one is up to date
	cd viewer/wasm && cargo fmt --check && cargo test --release --locked --target-dir target
	cd viewer/wasm && cargo clippy --release --locked --all-targets --target-dir target -- -D warnings

.PHONY: check-wasm
check-wasm:
	@[ "$$($(ENGINE_SOURCE))" = "$$(cat $(ENGINE).source)" ] || \
	 { echo "$(ENGINE) is out of date: run \`make wasm page\` and commit it"; exit 1; }

.PHONY: media
media: tests/node_modules programs ## Make the pictures and the recording of the README, from the page as it is
	@tools/ensure ffmpeg
	CHROMIUM="$$(tools/ensure browser)" node tests/media/media.mjs

.PHONY: check-page
check-page: check-wasm page
	@git diff --exit-code --stat -- $(PAGE_OUTPUT) && \
	 test -z "$$(git status --porcelain -- $(PAGE_OUTPUT))" || \
	 { echo "$(PAGE_OUTPUT): out of date; run \`make page\` and commit it"; exit 1; }

.PHONY: programs
programs:
	cargo build --package logrtc-viewer --package logrtc-test-producer --package logrtc-example

%/node_modules: %/package-lock.json
	cd $* && $(NPM_CI)
	@touch $@

# The library for C, C++ and Go.

PREFIX ?= /usr/local
LIBDIR ?= lib

.PHONY: header
header: ## Write include/logrtc.h from the documentation in ffi-c/src
	LOGRTC_WRITE_HEADER=1 cargo test --quiet --package logrtc-c --test header

.PHONY: install
install: ## Build and install the library for C, C++ and Go: PREFIX, DESTDIR, LIBDIR
	cargo build --release --package logrtc-c
	ffi-c/install/install "$(DESTDIR)$(PREFIX)" "$(patsubst $(PREFIX)/%,%,$(LIBDIR))"

.PHONY: test-c
test-c: tests/node_modules ## Test the C face: misuse, forks, the ABI, and each example against the installed library
	@tools/ensure c-toolchain && tools/ensure go && tools/ensure spdlog
	cargo build --package logrtc-viewer
	cargo build --package logrtc-c --features test-panic
	$(MAKE) install PREFIX="$${CARGO_TARGET_DIR:-$$PWD/target}/c/prefix"
	tests/c/run programs
	tests/c/run go
	tests/c/run static
	tests/c/run abi
	CHROMIUM="$$(tools/ensure browser)" node --test --test-concurrency=2 --test-timeout=300000 tests/c/*.test.mjs

.PHONY: test-c-sanitizers
test-c-sanitizers: ## Run the misuse of the C face under AddressSanitizer, ThreadSanitizer and valgrind
	@tools/ensure c-toolchain && tools/ensure valgrind
	cargo build --package logrtc-c --features test-panic
	tests/c/run sanitizers

.PHONY: bench-c
bench-c: ## Measure a log call of C against an spdlog asynchronous logger
	@tools/ensure c-toolchain && tools/ensure spdlog
	cargo build --release --package logrtc-c
	tests/c/run bench

# What is logged is the same bytes in every language.

.PHONY: test-conformance
test-conformance: tests/node_modules ## Test that every face sends the same bytes
	@tools/ensure c-toolchain && tools/ensure go
	cargo build --package logrtc-viewer --package logrtc-c --package logrtc-conformance --package logrtc-node
	node bindings-node/tools/place.mjs debug bindings-node/logrtc.node
	tests/c/run conformance
	tests/python/run venv dev
	npm --prefix tests run test:conformance

# The package for Python.

.PHONY: test-python
test-python: tests/node_modules ## Test the Python package: calls, processes, wheel, sdist, lints
	cargo build --package logrtc-viewer
	tests/python/run venv dev
	tests/python/run lint
	tests/python/run unit
	tests/python/run sdist
	CHROMIUM="$$(tools/ensure browser)" npm --prefix tests run test:python

.PHONY: bench-python
bench-python: tests/node_modules ## Measure the Python package: calls, and delivery against aiortc
	tests/python/run venv release
	tests/python/run bench

# The npm package.

NODE_RELEASE = $${CARGO_TARGET_DIR:-$(CURDIR)/target}/node/logrtc.node

.PHONY: pack-node
pack-node: ## Pack the npm packages, complete for this platform: OUT=folder
	@[ -n "$(OUT)" ] || { echo "make pack-node OUT=folder"; exit 1; }
	cargo build --release --package logrtc-node
	node bindings-node/tools/place.mjs release "$(NODE_RELEASE)"
	node bindings-node/tools/pack.mjs "$(NODE_RELEASE)" "$(OUT)"

.PHONY: test-node
test-node: tests/node_modules bindings-node/node_modules ## Test the npm package: its API, its end, its adapters, and its packing
	cargo build --package logrtc-viewer --package logrtc-node
	node bindings-node/tools/place.mjs debug bindings-node/logrtc.node
	CHROMIUM="$$(tools/ensure browser)" npm --prefix bindings-node test

.PHONY: test-next
test-next: tests/node_modules bindings-node/node_modules ## Test the npm package in a standalone build of Next.js, which is downloaded
	cargo build --package logrtc-node
	node bindings-node/tools/place.mjs debug bindings-node/logrtc.node
	node --test --test-timeout=900000 bindings-node/tests/next/standalone.mjs

.PHONY: bench-node
bench-node: tests/node_modules bindings-node/node_modules ## Measure log calls and delivery of the npm package, against peers
	cargo build --release --package logrtc-node
	node bindings-node/tools/place.mjs release "$(NODE_RELEASE)"
	cd bindings-node && export LOGRTC_NATIVE="$(NODE_RELEASE)" && node bench/calls.mjs && node bench/throughput.mjs
