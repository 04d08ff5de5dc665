"""The wire: what comes in is kept before it is acknowledged, what goes out leaves within the limits."""
