"""The county's half: entries handed over, signed for, answered, passed on."""
