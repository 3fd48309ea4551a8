"""Store direct messages: inboxes, conversations with their two sides, and messages."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("strava_live", "0021_talking"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Conversation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="DirectMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                ("ref", models.CharField(blank=True, max_length=64)),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "conversation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="strava_live.conversation",
                    ),
                ),
                (
                    "deletes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deletion",
                        to="strava_live.directmessage",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages_received",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="messages_sent",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ConversationSide",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("other_name", models.CharField(blank=True, max_length=150)),
                ("unread", models.PositiveIntegerField(default=0)),
                ("read_up_to", models.BigIntegerField(default=0)),
                ("received_up_to", models.BigIntegerField(default=0)),
                ("delivered_up_to", models.BigIntegerField(default=0)),
                ("their_read_up_to", models.BigIntegerField(default=0)),
                ("their_delivered_up_to", models.BigIntegerField(default=0)),
                ("last_at", models.DateTimeField()),
                ("mark", models.BigIntegerField(default=0)),
                (
                    "conversation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sides",
                        to="strava_live.conversation",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="conversation_sides",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "last_message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="strava_live.directmessage",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Inbox",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unread", models.PositiveIntegerField(default=0)),
                ("mark", models.BigIntegerField(default=0)),
                ("position", models.BigIntegerField(default=0)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="inbox", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="directmessage",
            index=models.Index(fields=["conversation", "-id"], name="messages_newest_first"),
        ),
        migrations.AddIndex(
            model_name="directmessage",
            index=models.Index(fields=["sender", "-id"], name="messages_sent_newest_first"),
        ),
        migrations.AddIndex(
            model_name="directmessage",
            index=models.Index(fields=["recipient", "-id"], name="messages_got_newest_first"),
        ),
        migrations.AddConstraint(
            model_name="directmessage",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ref", ""), _negated=True),
                fields=("conversation", "sender", "ref"),
                name="message_once_a_ref",
            ),
        ),
        migrations.AddIndex(
            model_name="conversationside",
            index=models.Index(fields=["user", "-last_at", "-id"], name="conversations_newest_first"),
        ),
        migrations.AddIndex(
            model_name="conversationside",
            index=models.Index(fields=["user", "mark"], name="conversations_by_change"),
        ),
        migrations.AddIndex(
            model_name="conversationside",
            index=models.Index(
                condition=models.Q(("delivered_up_to__lt", models.F("received_up_to"))),
                fields=["user"],
                name="conversations_undelivered",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversationside",
            constraint=models.UniqueConstraint(fields=("user", "other"), name="one_conversation_of_two"),
        ),
        migrations.AddConstraint(
            model_name="conversationside",
            constraint=models.UniqueConstraint(fields=("conversation", "user"), name="one_side_of_each"),
        ),
    ]
