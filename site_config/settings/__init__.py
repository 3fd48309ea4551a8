"""Django's settings, one module for each idea. What differs between a laptop and a server is an environment variable.

README.md and docs/deploy.md list the variables and their defaults. An invalid value stops the process (environment.py).
"""

from site_config.settings.accounts import *
from site_config.settings.application import *
from site_config.settings.browser_security import *
from site_config.settings.bucket import *
from site_config.settings.database import *
from site_config.settings.limits import *
from site_config.settings.push import *
from site_config.settings.redis import *
from site_config.settings.reporting import *
from site_config.settings.retention import *
from site_config.settings.site import *
from site_config.settings.strava import *
