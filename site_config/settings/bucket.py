"""The site's application at Bucket, where people can send their activities. Without its id, Bucket is not offered."""

from site_config import environment
from site_config.settings.site import DEBUG

BUCKET_CLIENT_ID = environment.text("BUCKET_CLIENT_ID")
# Not required, because Bucket also accepts public applications, which have no secret.
BUCKET_CLIENT_SECRET = environment.text("BUCKET_CLIENT_SECRET")
BUCKET_OAUTH_URL = environment.secure_address("BUCKET_OAUTH_URL", "https://dwd.tudelft.nl/oauth2", debug=DEBUG)
BUCKET_USERINFO_URL = environment.secure_address("BUCKET_USERINFO_URL", "https://dwd.tudelft.nl/userinfo", debug=DEBUG)
BUCKET_API_URL = environment.secure_address("BUCKET_API_URL", "https://dwd.tudelft.nl/bucket/api", debug=DEBUG)
