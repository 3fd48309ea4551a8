"""The settings with which a site uses the stand-in for Bucket."""

from simulators.bucket_process import BucketStandIn


def bucket_of(bucket: BucketStandIn) -> dict[str, str]:
    return {
        "BUCKET_CLIENT_ID": bucket.client_id,
        "BUCKET_OAUTH_URL": bucket.oauth_url,
        "BUCKET_USERINFO_URL": bucket.userinfo_url,
        "BUCKET_API_URL": bucket.api_url,
    }
