"""Accounts in Django's admin. Secret keys and tokens are not shown."""

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from strava_live.accounts.models import User
from strava_live.accounts.sessions import close_sockets_of_person
from strava_live.lifecycle.erasure import erase
from strava_live.membership.names import save_profile
from strava_live.parkrun import admin as parkrun_admin  # noqa: F401 registers parkrun events
from strava_live.protocol import Close

# Unregister what allauth and Django registered: tokens must not be shown, Strava is configured in the environment, and
# groups are not used.
for model in (Authenticator, EmailAddress, Group, SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(model)


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    list_display = ("username", "display_name", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active")
    search_fields = ("username", "display_name", "email", "parkrun_id")
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal: ClassVar[tuple[str, ...]] = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Profile", {"fields": ("display_name", "email", "parkrun_id", "goal_time_s", "time_zone")}),
        ("Access", {"fields": ("is_active", "is_staff", "is_superuser", "user_permissions")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save the account. A changed name also changes in the feeds of the person's clubs (`save_profile`)."""
        if change:
            concrete = {field.name for field in obj._meta.concrete_fields}
            save_profile(obj, *(name for name in form.changed_data if name in concrete))
            if not obj.is_active:
                close_sockets_of_person(obj.pk, Close.NOT_SIGNED_IN)
        else:
            super().save_model(request, obj, form, change)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        """Change the password and close the person's WebSockets.

        A new password signs the person out everywhere, but Django sends no signal for that.
        """
        answer = super().user_change_password(request, id, form_url)
        if request.method == "POST" and answer.status_code == 302:
            close_sockets_of_person(int(id), Close.GOING_AWAY)
        return answer

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """Name only the accounts on the confirmation page, without protected objects.

        Django would list everything that is deleted with an account, which would show operators how many direct
        messages a person has. It would also refuse the deletion because feed entries protect their athlete, but `erase`
        removes these first.
        """
        people = [str(one) for one in objs]
        forbidden = set() if self.has_delete_permission(request) else {str(self.opts.verbose_name)}
        return people, {str(self.opts.verbose_name_plural): len(people)}, forbidden, []

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Erase the account as if the person had deleted it, which also revokes the Strava connection."""
        erase(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset:
            erase(person)
