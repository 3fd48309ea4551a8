"""A stand-in for Strava: consent, tokens, activities, limits, webhooks and faults. `python -m simulators.strava -h`.

Words that the modules use:

- **grant**: an athlete's consent, with the tokens that the application got for it.
- **withheld**: said of an activity that the API does not show although it exists. This happens at Strava, too.
- **label**: what an activity really was. Tests compare it with what the site's parkrun rules say.
- **cast**: the six athletes on the consent page.
- **club runners**: forty athletes of one club, who are connected by a control call.
- **delivery**: one copy of a webhook event on its way to the application.
- **occasion**: what applications see of a simulated Saturday, which is its event and when all started.
- **to order**: made as a test specifies it, instead of at random.
- **churn**: activities that are added and deleted while a list is being read.
- **control call**: a request with which a test or the control page changes the stand-in.
- **fault**: a wrong, late or missing answer that can be switched on.

Webhook events (webhooks.py, sending.py) go to the callback of the only subscription. `POST /control/webhooks` says how:
signed or not, how many copies, how late, in which order, how many are lost. `POST /control/webhooks/forge` sends an
event that Strava never sent. A restart removes the subscription, and all activities that were added.

`POST /control/saturday` lets all connected athletes finish a parkrun over some minutes (saturday.py). Applications read
the occasion with `GET /control/saturday`, so that they accept a parkrun on any day.
"""
