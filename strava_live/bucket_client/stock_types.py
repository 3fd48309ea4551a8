"""The property types that every Bucket has from the start, with their dimensions.

Reading the list of types needs a scope of its own (`dcd:types`), which we do not ask for. So a page that offers types
takes them from here. Two kinds of types are left out: those of media files, because no row can hold a file, and those
of a Thing's network.
"""

from collections.abc import Mapping
from types import MappingProxyType

from strava_live.bucket_client.shapes import BOOLEAN, NUMBER, STRING, Dimension, PropertyType


def stock_type(type_id: str, *dimensions: Dimension) -> PropertyType:
    return PropertyType(type_id, type_id.replace("_", " ").capitalize(), dimensions=dimensions)


def of_one(type_id: str, name: str, unit: str = "", *, kind: str = NUMBER, dimension_id: str = "") -> PropertyType:
    return stock_type(type_id, Dimension(dimension_id or name.lower().replace(" ", "-"), name, kind, unit))


def of_axes(type_id: str, unit: str = "") -> PropertyType:
    return stock_type(type_id, *(Dimension(axis, axis, NUMBER, unit) for axis in "xyz"))


# The longitude comes first.
LOCATION = stock_type(
    "LOCATION", Dimension("longitude", "Longitude", unit="°"), Dimension("latitude", "Latitude", unit="°")
)
HEART_RATE = stock_type(
    "HEART_RATE", Dimension("heart-rate", "Heart Rate", unit="BPM"), Dimension("rr-interval", "RR-Interval", unit="s")
)

STOCK_TYPES: Mapping[str, PropertyType] = MappingProxyType(
    {
        stock.id: stock
        for stock in (
            of_axes("ACCELEROMETER", "m/s²"),
            of_one("ALTITUDE", "Distance", "m", dimension_id="distance-m"),
            of_one("BEARING", "Bearing", "°"),
            of_one("BINARY", "State", kind=BOOLEAN),
            of_one("CLASS", "Class", kind=STRING),
            of_one("COUNT", "Count"),
            of_one("CPU", "CPU", "%"),
            of_axes("EULER_ANGLE", "°"),
            of_one("FORCE", "Force", "kg"),
            of_axes("GRAVITY", "m/s²"),
            of_axes("GYROSCOPE", "rad/s"),
            HEART_RATE,
            of_one("LIGHT", "Illuminance", "lx"),
            LOCATION,
            of_axes("MAGNETIC_FIELD", "µT"),
            of_one("PRESSURE", "Pressure", "hPa"),
            of_one("PROXIMITY", "Distance", "cm", dimension_id="distance-cm"),
            of_one("RELATIVE_HUMIDITY", "Relative Humidity", "%"),
            of_axes("ROTATION_VECTOR"),
            of_one("SPEED", "Speed"),
            of_one("STATE", "Value", dimension_id="state"),
            of_one("TEMPERATURE", "Temperature", "°C"),
            of_one("TEXT", "Text", kind=STRING),
        )
    }
)
"""The property types by id, in alphabetical order."""
