"""Stand-ins: processes that answer like external services, for tests and development. They use no code of the site."""
