"""The site's one Django app. Each folder is a room (docs/architecture.md); docs/glossary.md explains the words."""
