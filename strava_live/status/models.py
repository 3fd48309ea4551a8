"""The tables behind /status/ and /metrics: samples of the budget of calls to Strava, and the processes at work."""

from django.db import models


class BudgetSample(models.Model):
    """The budget of calls to Strava in one minute: the calls that were used by then, and the limits.

    There is one row for each minute, because all processes share the budget.

    `used` and `limits` are the four numbers of `strava.limits.Meters`, in its order.
    """

    minute = models.DateTimeField(primary_key=True)
    used = models.JSONField()
    limits = models.JSONField()

    def __str__(self) -> str:
        return f"budget at {self.minute:%Y-%m-%d %H:%M}"


class WorkingProcess(models.Model):
    """A process that does background work: a worker, or a web process. It renews its row while it runs."""

    class ProcessKind(models.TextChoices):
        WEB = "web"
        WORKER = "worker"

    name = models.CharField(max_length=32, primary_key=True)
    """A random name. The process holds its leases under the same name (`leases.Lease.owner`)."""
    kind = models.CharField(max_length=6, choices=ProcessKind)
    takes_up = models.BooleanField()
    """Whether it takes up work that waits or whose process has ended, as a worker does."""
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    jobs = models.JSONField(default=dict)
    """When each regular job of the process (`worker/jobs.py`) last succeeded, by its name, as ISO 8601 in UTC."""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
