"""Typed settings shaped like the TOML file, read from file and environment → the domain's frozen values."""

from bot.config.consistency import notices
from bot.config.faults import (
    ConfigError,
    ConfigInvalid,
    ConfigMissing,
    ConfigUnreadable,
    Fault,
    HalfConfigured,
)
from bot.config.loading import EXAMPLE, load_settings, starting_point
from bot.config.redacting import without_secrets
from bot.config.settings import Settings

__all__ = [
    "EXAMPLE",
    "ConfigError",
    "ConfigInvalid",
    "ConfigMissing",
    "ConfigUnreadable",
    "Fault",
    "HalfConfigured",
    "Settings",
    "load_settings",
    "notices",
    "starting_point",
    "without_secrets",
]
