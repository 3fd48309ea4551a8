"""The site's one Django app. Each folder is a package (docs/architecture.md); docs/glossary.md explains the words."""
