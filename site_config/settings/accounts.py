"""Accounts and sign-in with allauth and our templates, the site's email, and who may create a club."""

from email.utils import parseaddr

from django.urls import reverse_lazy

from site_config import environment
from site_config.settings.site import SITE, SITE_NAME

AUTH_USER_MODEL = "strava_live.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "strava_live.accounts.verified_email.VerifiedEmailBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "strava_live.accounts.signup.AccountAdapter"
ACCOUNT_FORMS = {
    "change_password": "strava_live.accounts.password_forms.ChangePasswordForm",
    "login": "strava_live.accounts.signup.LoginForm",
    "reset_password": "strava_live.accounts.verified_email.ResetPasswordForm",
    "reset_password_from_key": "strava_live.accounts.password_forms.ResetPasswordKeyForm",
    "set_password": "strava_live.accounts.password_forms.SetPasswordForm",
    "signup": "strava_live.accounts.signup.SignupForm",
}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_LOGIN_METHODS = {"username"}  # allauth's email method accepts unconfirmed addresses; our backend does not
ACCOUNT_PREVENT_ENUMERATION = "strict"  # sign-up does not reveal whether an address has an account
ACCOUNT_RATE_LIMITS = {  # for wrong passwords; accounts/wrong_passwords.py explains how they work together
    "login_failed": "10/m/ip,100/h/ip,5/5m/key,15/h/key",  # the key is account and address
    "login_failed_account": "50/h/key",
    "login_failed_device": "5/5m/key,15/h/key",
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_USERNAME_MIN_LENGTH = 2
ACCOUNT_USER_DISPLAY = "strava_live.accounts.models.shown_name"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE.scheme
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
MFA_ALLOW_UNVERIFIED_EMAIL = True  # without EMAIL_URL no address can be verified
MFA_ADAPTER = "strava_live.accounts.second_factor.MFAAdapter"
MFA_FORMS = {
    "authenticate": "strava_live.accounts.second_factor.AuthenticateForm",
    "reauthenticate": "strava_live.accounts.second_factor.ReauthenticateForm",
}

# `staff`, or `anyone` who is signed in.
CLUB_CREATION = environment.choice("CLUB_CREATION", "staff", "anyone")

# Without email, the password reset page says whom to ask for a link (manage.py reset_link).
EMAIL = environment.email("EMAIL_URL")
EMAIL_CONFIGURED = bool(EMAIL)
EMAIL_BACKEND = EMAIL.get("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend")
EMAIL_HOST = EMAIL.get("EMAIL_HOST", "")
EMAIL_PORT = EMAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = EMAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = EMAIL.get("EMAIL_FILE_PATH", "")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = environment.email_address("DEFAULT_FROM_EMAIL") or f"nobody@{SITE.host}"
# Who runs the site and how to reach them: pages name both, and the privacy page must. The sender is the default.
SENDER_NAME, SENDER_ADDRESS = parseaddr(environment.email_address("DEFAULT_FROM_EMAIL"))
OPERATOR = environment.text("OPERATOR", SENDER_NAME)
CONTACT_EMAIL = parseaddr(environment.email_address("CONTACT_EMAIL"))[1] or SENDER_ADDRESS
ACCOUNT_EMAIL_VERIFICATION = "optional" if EMAIL_CONFIGURED else "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"{SITE_NAME}: "
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
