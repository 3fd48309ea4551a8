"""The types of Properties: the thirty that Bucket has from the start, and those that clients save."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of the values in a row. A value of the type "number" must be a number, any other must not."""

    id: str
    name: str
    unit: str = ""
    type: str = "number"
    description: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "unit": self.unit,
            "type": self.type,
            "labels": [],
        }


@dataclass(frozen=True, slots=True)
class PropertyType:
    """A type, with its dimensions in the order in which they were defined."""

    id: str
    name: str
    dimensions: tuple[Dimension, ...]
    description: str = ""

    def to_json(self, dimensions: tuple[Dimension, ...] | None = None) -> dict[str, Any]:
        """Return the JSON of the type, with `dimensions` if they are given."""
        members = {"id": self.id, "name": self.name, "description": self.description, "icon": None}
        return members if dimensions is None else members | {"dimensions": [one.to_json() for one in dimensions]}


def read_type(written: dict[str, Any]) -> PropertyType:
    """Return the type that `to_json` or a client has written."""
    dimensions = tuple(
        Dimension(
            id=str(one.get("id", "")),
            name=str(one.get("name", "")),
            unit=str(one.get("unit", "")),
            type=str(one.get("type", "")),
            description=str(one.get("description", "")),
        )
        for one in written.get("dimensions", [])
    )
    name, description = str(written.get("name", "")), str(written.get("description", ""))
    return PropertyType(str(written["id"]), name, dimensions, description)


def _axes(prefix: str, unit: str) -> tuple[Dimension, ...]:
    return tuple(Dimension(f"{prefix}-{axis}", axis, unit) for axis in "xyz")


def _one(dimension_id: str, name: str, unit: str = "", kind: str = "number") -> tuple[Dimension, ...]:
    return (Dimension(dimension_id, name, unit, kind),)


_STOCK = (
    PropertyType("ACCELEROMETER", "Accelerometer", _axes("acceleration", "m/s2"), "Acceleration, with gravity"),
    PropertyType("GYROSCOPE", "Gyroscope", _axes("rotation-acc", "rad/s"), "Rate of rotation"),
    PropertyType("GRAVITY", "Gravity", _axes("gravity", "m/s2"), "Force of gravity"),
    PropertyType("MAGNETIC_FIELD", "Magnetic Field", _axes("magnetic", "uT"), "Geomagnetic field strength"),
    PropertyType("ROTATION_VECTOR", "Rotation Vector", _axes("rotation-vector", "")),
    PropertyType("EULER_ANGLE", "Euler Angle", _axes("euler-angle", "degree"), "Orientation of a rigid body"),
    PropertyType(
        "LOCATION",
        "Location",
        (Dimension("longitude", "Longitude", "°"), Dimension("latitude", "Latitude", "°")),
        "Longitude and latitude in degrees",
    ),
    PropertyType("ALTITUDE", "Altitude", _one("distance-m", "Distance", "m"), "Height above the ellipsoid"),
    PropertyType("SPEED", "Speed", _one("speed", "Speed")),
    PropertyType("BEARING", "Bearing", _one("bearing", "Bearing", "°"), "Bearing in degrees"),
    PropertyType(
        "HEART_RATE",
        "Heart Rate",
        (Dimension("heart-rate", "Heart Rate", "BPM"), Dimension("rr-interval", "RR-Interval", "s")),
        "Heart rate measurement",
    ),
    PropertyType("COUNT", "Count", _one("count", "Count")),
    PropertyType("STATE", "State", _one("state", "Value")),
    PropertyType("FORCE", "Force", _one("force", "Force", "kg")),
    PropertyType("TEMPERATURE", "Temperature", _one("temperature", "Temperature", "°C")),
    PropertyType("PRESSURE", "Pressure", _one("pressure", "Pressure", "hPa"), "Atmospheric pressure"),
    PropertyType("RELATIVE_HUMIDITY", "Relative Humidity", _one("relative-humidity", "Relative Humidity", "H%")),
    PropertyType("LIGHT", "Light", _one("illuminance", "Illuminance", "lx"), "Light level"),
    PropertyType("PROXIMITY", "Proximity", _one("distance-cm", "Distance", "cm"), "Proximity of an object"),
    PropertyType("CPU", "CPU", _one("cpu", "CPU", "%")),
    PropertyType(
        "WIFI",
        "WiFi",
        (
            Dimension("wifi-session-duration", "Session duration", "ms"),
            Dimension("wifi-rssi", "RSSI"),
            Dimension("wifi-snr", "SNR"),
        ),
        "WiFi session",
    ),
    PropertyType("BINARY", "Binary", _one("state", "State", kind="boolean"), "Can be 0 or 1"),
    PropertyType("TEXT", "Text", _one("text", "Text", kind="string")),
    PropertyType("CLASS", "Class", _one("class", "Class", kind="string")),
    PropertyType("MQTT_STATUS", "Network Status", _one("mqtt-status-class", "Class", kind="string")),
    PropertyType(
        "IP_ADDRESS",
        "IP Address",
        (
            Dimension("local-ip-address", "Local IP", type="string"),
            Dimension("local-ip-address-type", "Type Local IP"),
            Dimension("external-ip-address", "External IP", type="string"),
            Dimension("external-ip-address-type", "Type External IP"),
        ),
        "Local and external IP address",
    ),
    PropertyType(
        "DNS",
        "Domain Name System",
        (
            Dimension("dns-hostname", "Local hostname", type="string"),
            Dimension("dns-local", "Local domain", type="string"),
            Dimension("dns-fqdn", "FQDN", type="string"),
        ),
        "The names of the Thing in the network",
    ),
    PropertyType(
        "VIDEO",
        "Video",
        (Dimension("video-duration", "Duration", "ms"), Dimension("video-mp4", "Video", ".mp4", "video/mp4")),
    ),
    PropertyType(
        "AUDIO",
        "Audio",
        (Dimension("audio-duration", "Duration", "ms"), Dimension("audio-mp3", "Audio", ".mp3", "audio/mpeg")),
    ),
    PropertyType(
        "PICTURE",
        "Picture",
        (
            Dimension("res-x", "x", "px"),
            Dimension("res-y", "y", "px"),
            Dimension("picture-jpg", "Picture", ".jpg", "image/jpeg"),
        ),
    ),
)


def stock_types() -> dict[str, PropertyType]:
    """Return the types that Bucket has from the start, by id."""
    return {one.id: one for one in _STOCK}
