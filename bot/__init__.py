"""A Telegram bot for a city's inspection groups."""

__version__ = "0.1.0"
