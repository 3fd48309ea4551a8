"""The site's one Django app. docs/architecture.md describes its folders, and docs/glossary.md its words."""
