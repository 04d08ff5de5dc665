"""The fake world: people with phones, the clock, the strict local server, a real bot on it."""
