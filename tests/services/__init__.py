"""Find, install and run Redis, Postgres and Chromium, for tests and benchmarks. bin/test runs this package."""
