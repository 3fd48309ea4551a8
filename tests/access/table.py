"""Who may do what: every page, endpoint, stream and socket command of the site, and every kind of person.

A rule says what each kind of person gets. `yes` is the success that a row names: the status of an answer, or what a
command does. Every other word is a refusal: `login` and `admin` lead to a page where one signs in, `home` to the front
page, and a number is the status, or the code with which a socket is closed.

`person` owns the activity, the parkrun, the post and the import that the addresses name, and the four tokens. `captain`
leads the person's club, where `clubmate` is another member. The last five show only a token or a screen's key, and have
no session: pages ignore tokens. The operator has set up two-step sign-in. `captain` may not leave the club, because it
would have no captain. None of them has connected Bucket, so none has Things there: with whose Things a person may work
is tested in tests/web/test_bucket_things.py.

`clubmate` has sent `person` a direct message. `none` says that a command finds no such person or message.

tests/access/rows.py reads this table. A route, method or command that has no row fails a test.
"""

from tests.passwords import PASSWORD

KINDS = (
    *("signed out", "outsider", "clubmate", "person", "captain", "other captain", "operator"),
    *("read token", "write token", "expired", "revoked", "screen key"),
)
RULE_WIDTH = 18
"""How many characters the name of a rule has, with the blanks after it. The columns after it are those of KINDS."""
RULES_OF_PAGES = """
public            yes   yes   yes   yes   yes   yes   yes     yes   yes   yes   yes   yes
signed in         login yes   yes   yes   yes   yes   yes     login login login login login
owner             login 404   404   yes   404   404   404     login login login login login
member            login 404   yes   yes   yes   404   404     login login login login login
leaver            login 404   yes   yes   409   404   404     login login login login login
author            login 404   403   yes   403   404   404     login login login login login
clubmate          login 404   yes   404   yes   404   404     login login login login login
author or captain login 404   403   yes   yes   404   404     login login login login login
captain           login 404   403   403   yes   404   404     login login login login login
writes to person  login 404   yes   404   yes   404   404     login login login login login
sent the message  login 404   yes   404   404   404   404     login login login login login
founder           login 403   403   403   403   403   yes     login login login login login
operator          admin admin admin admin admin admin yes     admin admin admin admin admin
to the admin      302   302   302   302   302   302   yes     302   302   302   302   302
admin sign-in     login 404   404   404   404   404   yes     login login login login login
no Bucket         login 404   404   404   404   404   404     login login login login login
screen key        404   404   404   404   404   404   404     404   404   404   404   yes
not signed in     yes   home  home  home  home  home  home    yes   yes   yes   yes   yes
to sign out       home  yes   yes   yes   yes   yes   yes     home  home  home  home  home
second factor     login 404   404   404   404   404   yes     login login login login login
reauthentication  login yes   yes   yes   yes   yes   200     login login login login login
sign-in under way login home  home  home  home  home  home    login login login login login
nobody            login login login login login login login   login login login login login
"""
PAGES = """
public            GET  200 /
public            GET  200 manifest.webmanifest
public            GET  200 sw.js
public            GET  200 offline/
public            GET  200 privacy/
signed in         GET  200 start/
signed in         GET  200 start/clubs/
signed in         GET  200 notifications/
signed in         POST 302 notifications/read/
signed in         GET  200 status/
signed in         GET  200 status/parts/
signed in         GET  200 settings/
signed in         POST 302 settings/
signed in         POST 302 settings/time-zone/
signed in         GET  302 settings/tokens/
signed in         POST 200 settings/tokens/
owner             POST 302 settings/tokens/<int:pk>/revoke/
signed in         POST 302 settings/notifications/
owner             POST 302 settings/notifications/devices/<int:pk>/remove/
signed in         GET  200 settings/export/
signed in         POST 302 settings/disconnect-strava/
signed in         GET  200 settings/delete-account/
signed in         POST 302 settings/delete-account/
public            GET  302 settings/account-deleted/

signed in         POST 404 notifications/subscriptions/
signed in         POST 200 notifications/subscriptions/remove/

signed in         GET  200 bucket/
signed in         POST 302 bucket/connect/
signed in         GET  302 bucket/callback/
signed in         POST 302 bucket/disconnect/
signed in         POST 302 bucket/send/
signed in         POST 302 bucket/stop/
signed in         POST 302 bucket/follow/
signed in         POST 302 bucket/start-point/
signed in         POST 302 bucket/things/
no Bucket         GET  200 bucket/things/<str:thing_id>/remove/
no Bucket         POST 302 bucket/things/<str:thing_id>/remove/
no Bucket         POST 302 bucket/things/<str:thing_id>/properties/
no Bucket         GET  200 bucket/things/<str:thing_id>/properties/<str:property_id>.csv
no Bucket         GET  200 bucket/things/<str:thing_id>/properties/<str:property_id>/.csv
no Bucket         GET  200 bucket/things/<str:thing_id>/properties/<str:property_id>/
no Bucket         POST 302 bucket/things/<str:thing_id>/properties/<str:property_id>/values/
no Bucket         GET  200 bucket/things/<str:thing_id>/properties/<str:property_id>/remove/
no Bucket         POST 302 bucket/things/<str:thing_id>/properties/<str:property_id>/remove/

signed in         GET  200 sync/
signed in         GET  200 sync/rows/?before=42
signed in         GET  200 sync/figures/
signed in         POST 302 sync/start/
signed in         POST 302 sync/cancel/
signed in         POST 302 sync/maybes/
signed in         GET  200 activities/
signed in         POST 302 activities/save-selected/
signed in         POST 302 activities/unsave-selected/
signed in         POST 302 activities/save-parkruns/
signed in         POST 302 activities/undo/
signed in         POST 302 activities/hide-undo/
signed in         GET  200 activities/unsave-all/
signed in         POST 302 activities/unsave-all/
owner             GET  200 activities/<int:strava_id>/
owner             POST 302 activities/<int:strava_id>/save/
owner             POST 302 activities/<int:strava_id>/unsave/
signed in         POST 302 activities/<int:strava_id>/undo/
owner             GET  200 activities/<int:strava_id>/parkrun/
owner             POST 302 activities/<int:strava_id>/parkrun/
signed in         GET  200 parkruns/
signed in         GET  200 parkruns/add/
signed in         POST 302 parkruns/add/
signed in         GET  200 parkruns/events/
signed in         GET  200 parkruns/start/
signed in         POST 302 parkruns/start/
signed in         GET  200 parkruns/import/
signed in         POST 302 parkruns/import/
signed in         GET  302 parkruns/import/preview/
signed in         POST 302 parkruns/import/confirm/
owner             GET  200 parkruns/<int:pk>/
owner             POST 302 parkruns/<int:pk>/
owner             GET  200 parkruns/<int:pk>/remove/
owner             POST 302 parkruns/<int:pk>/remove/

signed in         GET  200 athletes/
member            GET  200 athletes/<int:user_id>/
clubmate          POST 302 athletes/<int:user_id>/mute/
clubmate          POST 302 athletes/<int:user_id>/block/
public            GET  200 join/<str:code>/
signed in         POST 302 join/<str:code>/
founder           GET  200 clubs/new/
founder           POST 302 clubs/new/
member            GET  200 clubs/<slug:slug>/
member            GET  200 clubs/<slug:slug>/entries/?before=2030-01-01T00:00:00Z,1
member            GET  200 clubs/<slug:slug>/entries/<int:pk>/
member            POST 302 clubs/<slug:slug>/posts/
member            GET  200 clubs/<slug:slug>/members/?q=b
author            POST 302 clubs/<slug:slug>/entries/<int:pk>/edit/
member            POST 302 clubs/<slug:slug>/entries/<int:pk>/report/
captain           POST 302 clubs/<slug:slug>/entries/<int:pk>/hide/
captain           POST 302 clubs/<slug:slug>/entries/<int:pk>/restore/
captain           POST 302 clubs/<slug:slug>/entries/<int:pk>/keep/
captain           GET  200 clubs/<slug:slug>/reports/
author or captain POST 302 clubs/<slug:slug>/entries/<int:pk>/remove/
member            POST 302 clubs/<slug:slug>/entries/<int:pk>/cheer/
member            POST 302 clubs/<slug:slug>/entries/<int:pk>/uncheer/
member            GET  200 clubs/<slug:slug>/entries/<int:pk>/cheers/
member            GET  200 clubs/<slug:slug>/sharing/
member            POST 302 clubs/<slug:slug>/sharing/
member            GET  200 clubs/<slug:slug>/leave/
leaver            POST 302 clubs/<slug:slug>/leave/
captain           GET  200 clubs/<slug:slug>/manage/
captain           POST 302 clubs/<slug:slug>/manage/
captain           POST 302 clubs/<slug:slug>/manage/step-down/
captain           GET  200 clubs/<slug:slug>/manage/members/<int:user_id>/
captain           POST 302 clubs/<slug:slug>/manage/members/<int:user_id>/captain/
captain           POST 302 clubs/<slug:slug>/manage/members/<int:user_id>/remove/
captain           POST 302 clubs/<slug:slug>/manage/members/<int:user_id>/approve/
captain           POST 302 clubs/<slug:slug>/manage/members/<int:user_id>/refuse/
captain           POST 302 clubs/<slug:slug>/manage/invitations/
captain           POST 302 clubs/<slug:slug>/manage/invitations/<int:pk>/revoke/
captain           GET  200 clubs/<slug:slug>/manage/invitations/<int:pk>/qr.svg
captain           POST 302 clubs/<slug:slug>/manage/screens/
captain           POST 302 clubs/<slug:slug>/manage/screens/<int:pk>/revoke/
captain           GET  200 clubs/<slug:slug>/manage/screens/<int:pk>/qr.svg
screen key        GET  200 clubs/<slug:slug>/screen/<str:key>/
screen key        GET  200 clubs/<slug:slug>/screen/<str:key>/figures/

not signed in     GET  200 accounts/signup/
not signed in     POST 200 accounts/signup/
not signed in     GET  200 accounts/login/
not signed in     POST 200 accounts/login/
to sign out       GET  200 accounts/logout/
public            POST 302 accounts/logout/
public            GET  200 accounts/inactive/
signed in         GET  200 accounts/reauthenticate/
signed in         POST 200 accounts/reauthenticate/
signed in         GET  200 accounts/email/
signed in         POST 302 accounts/email/
public            GET  200 accounts/confirm-email/
public            GET  200 accounts/^confirm-email/(?P<key>[-:\\w]+)/$
public            POST 404 accounts/^confirm-email/(?P<key>[-:\\w]+)/$
signed in         GET  200 accounts/password/change/
signed in         POST 200 accounts/password/change/
signed in         GET  302 accounts/password/set/
signed in         POST 302 accounts/password/set/
public            GET  200 accounts/password/reset/
public            POST 200 accounts/password/reset/
public            GET  200 accounts/password/reset/done/
public            GET  200 accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$
public            POST 200 accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$
public            GET  200 accounts/password/reset/key/done/
sign-in under way GET  200 accounts/login/code/confirm/
sign-in under way POST 200 accounts/login/code/confirm/
signed in         GET  200 accounts/2fa/
sign-in under way GET  200 accounts/2fa/authenticate/
sign-in under way POST 200 accounts/2fa/authenticate/
reauthentication  GET  302 accounts/2fa/reauthenticate/
reauthentication  POST 302 accounts/2fa/reauthenticate/
signed in         GET  302 accounts/2fa/totp/activate/
signed in         POST 302 accounts/2fa/totp/activate/
second factor     GET  302 accounts/2fa/totp/deactivate/
second factor     POST 302 accounts/2fa/totp/deactivate/
signed in         GET  404 accounts/2fa/recovery-codes/
signed in         GET  302 accounts/2fa/recovery-codes/generate/
signed in         POST 302 accounts/2fa/recovery-codes/generate/
signed in         GET  404 accounts/2fa/recovery-codes/download/
signed in         POST 404 accounts/2fa/recovery-codes/download/
public            GET  302 accounts/3rdparty/
public            POST 302 accounts/3rdparty/
public            GET  200 accounts/3rdparty/login/cancelled/
public            GET  401 accounts/3rdparty/login/error/
nobody            GET  200 accounts/3rdparty/signup/
nobody            POST 200 accounts/3rdparty/signup/
public            GET  301 accounts/social/login/cancelled/
public            POST 301 accounts/social/login/cancelled/
public            GET  301 accounts/social/login/error/
public            POST 301 accounts/social/login/error/
public            GET  301 accounts/social/signup/
public            POST 301 accounts/social/signup/
public            GET  301 accounts/social/connections/
public            POST 301 accounts/social/connections/
public            GET  200 accounts/strava/login/
public            POST 302 accounts/strava/login/
public            GET  401 accounts/strava/login/callback/
public            POST 401 accounts/strava/login/callback/

operator          GET  200 admin/
operator          POST 200 admin/
admin sign-in     GET  302 admin/login/
admin sign-in     POST 302 admin/login/
to the admin      POST 200 admin/logout/
operator          GET  200 admin/password_change/
operator          POST 200 admin/password_change/
operator          GET  200 admin/password_change/done/
operator          GET  403 admin/autocomplete/
operator          GET  200 admin/jsi18n/
operator          GET  404 admin/r/<path:content_type_id>/<path:object_id>/
operator          POST 404 admin/r/<path:content_type_id>/<path:object_id>/
operator          GET  200 admin/strava_live/parkrunevent/
operator          POST 200 admin/strava_live/parkrunevent/
signed in         GET  200 messages/
writes to person  GET  200 messages/<int:athlete_id>/
writes to person  POST 302 messages/<int:athlete_id>/
writes to person  GET  200 messages/<int:athlete_id>/older/?before=9,9
writes to person  POST 302 messages/<int:athlete_id>/read/
sent the message  POST 302 messages/<int:athlete_id>/delete/
owner             GET  200 messages/former/<int:pk>/
operator          GET  403 admin/strava_live/parkrunevent/add/
operator          POST 403 admin/strava_live/parkrunevent/add/
operator          GET  302 admin/strava_live/parkrunevent/<path:object_id>/
operator          POST 302 admin/strava_live/parkrunevent/<path:object_id>/
operator          GET  200 admin/strava_live/parkrunevent/<path:object_id>/history/
operator          POST 200 admin/strava_live/parkrunevent/<path:object_id>/history/
operator          GET  403 admin/strava_live/parkrunevent/<path:object_id>/delete/
operator          POST 403 admin/strava_live/parkrunevent/<path:object_id>/delete/
operator          GET  200 admin/strava_live/parkrunevent/<path:object_id>/change/
operator          POST 302 admin/strava_live/parkrunevent/<path:object_id>/change/
operator          GET  200 admin/strava_live/user/
operator          POST 200 admin/strava_live/user/
operator          GET  200 admin/strava_live/user/add/
operator          POST 200 admin/strava_live/user/add/
operator          GET  200 admin/strava_live/user/<id>/password/
operator          POST 200 admin/strava_live/user/<id>/password/
operator          GET  302 admin/strava_live/user/<path:object_id>/
operator          POST 302 admin/strava_live/user/<path:object_id>/
operator          GET  200 admin/strava_live/user/<path:object_id>/history/
operator          POST 200 admin/strava_live/user/<path:object_id>/history/
operator          GET  200 admin/strava_live/user/<path:object_id>/delete/
operator          POST 302 admin/strava_live/user/<path:object_id>/delete/
operator          GET  200 admin/strava_live/user/<path:object_id>/change/
operator          POST 200 admin/strava_live/user/<path:object_id>/change/
operator          GET  200 admin/^(?P<app_label>strava_live)/$
operator          POST 200 admin/^(?P<app_label>strava_live)/$
operator          GET  404 admin/(?P<url>.*)$
operator          POST 404 admin/(?P<url>.*)$
"""
RULES_OF_API = """
no such address   404   404   404   404   404   404   404     404   404   401   401   404
documentation     yes   yes   yes   yes   yes   yes   yes     yes   yes   yes   yes   yes
description       yes   yes   yes   yes   yes   yes   yes     yes   yes   401   401   yes
signed in, read   401   yes   yes   yes   yes   yes   yes     yes   yes   401   401   401
signed in, write  401   yes   yes   yes   yes   yes   yes     403   yes   401   401   401
owner, read       401   404   404   yes   404   404   404     yes   yes   401   401   401
owner, write      401   404   404   yes   404   404   404     403   yes   401   401   401
member, read      401   404   yes   yes   yes   404   404     yes   yes   401   401   401
member, write     401   404   yes   yes   yes   404   404     403   yes   401   401   401
author or captain 401   404   403   yes   yes   404   404     403   yes   401   401   401
author            401   404   403   yes   403   404   404     403   yes   401   401   401
writes to person  401   404   yes   404   yes   404   404     403   404   401   401   401
the two people    401   404   yes   yes   404   404   404     403   yes   401   401   401
sent the message  401   404   yes   404   404   404   404     403   404   401   401   401
"""
API = """
no such address   GET    404 api/v1/
no such address   POST   404 api/v1/
no such address   PUT    404 api/v1/
no such address   PATCH  404 api/v1/
no such address   DELETE 404 api/v1/
documentation     GET    200 api/docs
description       GET    200 api/v1/openapi.json

signed in, read   GET    200 api/v1/me
signed in, read   GET    200 api/v1/me/stream
signed in, read   GET    200 api/v1/activities
owner, read       GET    200 api/v1/activities/<int:strava_id>
owner, write      POST   200 api/v1/activities/<int:strava_id>/saved
owner, write      DELETE 200 api/v1/activities/<int:strava_id>/saved
signed in, read   GET    200 api/v1/parkruns
signed in, write  POST   201 api/v1/parkruns
owner, write      PATCH  200 api/v1/parkruns/<int:result_id>
owner, write      DELETE 204 api/v1/parkruns/<int:result_id>
signed in, read   GET    200 api/v1/syncs
signed in, write  POST   409 api/v1/syncs
owner, read       GET    200 api/v1/syncs/<int:run_id>
owner, write      POST   200 api/v1/syncs/<int:run_id>/cancel
signed in, read   GET    200 api/v1/events
signed in, read   GET    200 api/v1/notifications
signed in, write  POST   200 api/v1/notifications/read

signed in, read   GET    200 api/v1/clubs
member, read      GET    200 api/v1/clubs/<slug:slug>
member, read      GET    200 api/v1/clubs/<slug:slug>/entries
member, read      GET    200 api/v1/clubs/<slug:slug>/stream
member, write     POST   201 api/v1/clubs/<slug:slug>/posts
author or captain DELETE 204 api/v1/posts/<int:entry_id>
author            PATCH  200 api/v1/posts/<int:entry_id>
member, write     POST   204 api/v1/posts/<int:entry_id>/report
member, write     PUT    200 api/v1/entries/<int:entry_id>/cheer
member, write     DELETE 200 api/v1/entries/<int:entry_id>/cheer

signed in, read   GET    200 api/v1/messages
writes to person  POST   201 api/v1/messages
the two people    POST   200 api/v1/messages/read
sent the message  DELETE 204 api/v1/messages/<int:message_id>
"""
RULES_OF_SOCKETS = """
own socket        4401  yes   yes   yes   yes   yes   yes     4401  4401  4401  4401  4401
own import        4401  -     -     yes   -     -     -       4401  4401  4401  4401  4401
own activity      4401  lost  lost  yes   lost  lost  lost    4401  4401  4401  4401  4401
own note          4401  -     -     yes   -     -     -       4401  4401  4401  4401  4401
member            4401  4404  yes   yes   yes   4404  4404    4401  4401  4401  4401  4401
author            4401  4404  not_yours yes not_yours 4404 4404 4401 4401 4401 4401 4401
writes to person  4401  none  yes   none  yes   none  none    4401  4401  4401  4401  4401
got the message   4401  -     -     yes   -     -     -       4401  4401  4401  4401  4401
read the message  4401  none  -     yes   none  none  none    4401  4401  4401  4401  4401
sent the message  4401  none  yes   none  none  none  none    4401  4401  4401  4401  4401
screen key        4404  4404  4404  4404  4404  4404  4404    4404  4404  4404  4404  yes
no such address   4404  4404  4404  4404  4404  4404  4404    4404  4404  4404  4404  4404
"""
# What a command does: `pong` is the answer to a ping, `change` changes the tables, `-` changes nothing, and any other
# word is the code of the error. 44xx: the socket is closed with this code before it takes a command.
COMMANDS = """
own socket        pong          ws/sync/                {"type":"ping"}
own socket        not_connected ws/sync/                {"type":"sync.start"}
own import        change        ws/sync/                {"type":"sync.cancel"}
own activity      change        ws/sync/                {"type":"activity.save","strava_id":41}
own activity      change        ws/sync/                {"type":"activity.unsave","strava_id":41}
own socket        pong          ws/bucket/              {"type":"ping"}
own socket        bucket_not_connected ws/bucket/       {"type":"sending.start"}
own socket        -             ws/bucket/              {"type":"sending.cancel"}
own socket        pong          ws/messages/            {"type":"ping"}
writes to person  change        ws/messages/            {"type":"message.send","to":PERSON,"text":"Hello"}
got the message   change        ws/messages/            {"type":"message.delivered","id":MESSAGE}
read the message  change        ws/messages/            {"type":"message.read","id":MESSAGE}
sent the message  change        ws/messages/            {"type":"message.delete","id":MESSAGE}
own socket        pong          ws/notifications/       {"type":"ping"}
own note          change        ws/notifications/       {"type":"notification.read","id":NOTE}
own socket        -             ws/notifications/       {"type":"page.visible","visible":true}
member            pong          ws/clubs/<slug:slug>/   {"type":"ping"}
member            change        ws/clubs/<slug:slug>/   {"type":"post.create","text":"Hello"}
author            change        ws/clubs/<slug:slug>/   {"type":"post.edit","id":ENTRY,"text":"Tea at the lido"}
member            change        ws/clubs/<slug:slug>/   {"type":"cheer","id":ENTRY}
member            change        ws/clubs/<slug:slug>/   {"type":"uncheer","id":ENTRY}
screen key        pong          ws/screens/<str:key>/   {"type":"ping"}
no such address   pong          ws/nowhere/             {"type":"ping"}
"""
BODIES: dict[str, str] = {
    "api/v1/messages": '{"to":PERSON,"text":"Hello"}',
    "messages/<int:athlete_id>/": "text=Hello",
    "messages/<int:athlete_id>/read/": "seen=MESSAGE",
    "messages/<int:athlete_id>/delete/": "id=MESSAGE",
    "api/v1/messages/read": '{"id":MESSAGE}',
    "api/v1/clubs/<slug:slug>/posts": '{"text":"Hello"}',
    "api/v1/posts/<int:entry_id>": '{"text":"Tea at the lido"}',
    "api/v1/posts/<int:entry_id>/report": "{}",
    "api/v1/parkruns": '{"event":"bushy","date":"2024-06-01","how":"run"}',
    "api/v1/parkruns/<int:result_id>": '{"how":"run"}',
    "api/v1/syncs": "{}",
    "api/v1/notifications/read": '{"all":true}',
    "notifications/read/": "all=yes",
    "settings/tokens/": "name=Robot&scope=read",
    "settings/": "display_name=Zoe&time_zone=Europe/London",
    "settings/notifications/": "push_message=on",
    "notifications/subscriptions/remove/": '{"endpoint":"https://push.example.org/x"}',
    "settings/time-zone/": "time_zone=Europe/Paris",
    "settings/delete-account/": f"password={PASSWORD}&confirm=yes",
    "sync/maybes/": "answer=save&strava_id=41",
    "activities/save-selected/": "strava_id=41",
    "activities/unsave-selected/": "strava_id=41",
    "activities/unsave-all/": "confirm=yes",
    "activities/<int:strava_id>/parkrun/": "is=none",
    "parkruns/add/": "event=Bushy parkrun&day=2024-06-01&how=run",
    "parkruns/start/": "parkruns=1&juniors=0&volunteered=0",
    "parkruns/import/": "text=Bushy parkrun\t01/06/2024\t1\t1\t25:00\t50%",
    "parkruns/<int:pk>/": "how=run&official_time=25:00",
    "clubs/new/": "name=Rovers&time_zone=Europe/London",
    "clubs/<slug:slug>/posts/": "text=Hello",
    "clubs/<slug:slug>/entries/<int:pk>/edit/": "text=Tea at the lido",
    "athletes/<int:user_id>/mute/": "on=yes",
    "athletes/<int:user_id>/block/": "on=yes",
    "clubs/<slug:slug>/manage/": "name=Striders&time_zone=Europe/London",
    "clubs/<slug:slug>/manage/invitations/": "lasts=0",
    "clubs/<slug:slug>/manage/screens/": "name=Café",
    "accounts/login/": "login=alva&password=wrong",
    "admin/strava_live/user/<path:object_id>/delete/": "post=yes",
}
"""What a request sends, by route: a valid form or JSON. PERSON, MESSAGE and ENTRY are the person's id, and those of the
message and the post. Other requests send nothing."""
