"""A stand-in for Bucket: sign-in, tokens, Things, Properties, values and faults. `python -m simulators.bucket -h`.

Bucket is a store for time series that a person owns. Its sign-in is ORY Hydra, an OAuth2 server. Words that the modules
use:

- **person**: a person with an account at Bucket. A new name on the sign-in page creates one.
- **Thing**, **Property**, **type**, **dimension**: a Thing has Properties; a Property has a type, which is a list of
  dimensions.
- **row**: the values of a Property at one time: a timestamp in milliseconds and a value for each dimension.
- **grant**: a person's consent to some scopes for a client, with the tokens that the client got for it.
- **quirk**: what Bucket does otherwise than documented. `settings.py` has the quirks that can be switched off.
- **control call**, **fault**: as in the stand-in for Strava (simulators/strava/__init__.py).

One port serves all: `/oauth2/...` and `/userinfo`, the pages under `/profile/...`, the API under `/bucket/api`, and
control calls under `/_control/`, where a page shows what is stored. `simulators/bucket_process.py` starts it for tests.

Not here, because no client of this site needs it: media files, sharing with groups, the takeout, MQTT and Grafana.
"""
