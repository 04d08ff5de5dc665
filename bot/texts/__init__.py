"""What is said: `texts/<language>/<topic>.j2` and `labels.toml`, escaping, keyboards, callback data."""
