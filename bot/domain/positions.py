"""Positions on the ground: distances, a city's bounds, and the shift of Chinese maps.

Telephones and photos give WGS-84; maps made in China draw GCJ-02, some hundred metres off. The
formula is the published one that map libraries share; its constants are the Krasovsky ellipsoid's.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, pi, radians, sin, sqrt

EARTH = 6_371_008.8
"""Mean radius in metres."""

_AXIS = 6_378_245.0
_ECCENTRICITY = 0.00669342162296594323


@dataclass(frozen=True, slots=True)
class Bounds:
    """A box in degrees, WGS-84; its edges belong to it."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, latitude: float, longitude: float) -> bool:
        """Whether a position lies within."""
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east


CHINA = Bounds(0.8293, 72.004, 55.8271, 137.8347)
"""Where the shift is applied; outside, maps draw WGS-84."""


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two (latitude, longitude) on the sphere."""
    (lat1, lng1), (lat2, lng2) = one, other
    height = sin(radians(lat2 - lat1) / 2) ** 2
    width = sin(radians(lng2 - lng1) / 2) ** 2
    return 2 * EARTH * asin(sqrt(height + cos(radians(lat1)) * cos(radians(lat2)) * width))


def to_gcj02(latitude: float, longitude: float) -> tuple[float, float]:
    """WGS-84 → GCJ-02, as maps made in China draw it."""
    if not CHINA.holds(latitude, longitude):
        return latitude, longitude
    x, y = longitude - 105.0, latitude - 35.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    north += (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    east += (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    slope = radians(latitude)
    bend = 1 - _ECCENTRICITY * sin(slope) ** 2
    north = north * 180.0 / ((_AXIS * (1 - _ECCENTRICITY)) / (bend * sqrt(bend)) * pi)
    east = east * 180.0 / (_AXIS / sqrt(bend) * cos(slope) * pi)
    return latitude + north, longitude + east


def map_link(latitude: float, longitude: float) -> str:
    """A link that opens a Chinese map (高德) at a WGS-84 position."""
    lat, lng = to_gcj02(latitude, longitude)
    return f"https://uri.amap.com/marker?position={lng:.6f},{lat:.6f}"
