"""Static files with hashed names, ES modules included: an import in a module is rewritten to the hashed name too."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModulesStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    max_post_process_passes = 10  # one for each step of the longest chain of imports
