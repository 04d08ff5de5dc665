"""A bot to try without Telegram: a strict local Bot API server, and later the phones that talk to it."""
