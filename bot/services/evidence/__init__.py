"""What photos tell by themselves: comparing them all, and hints for who checks (SPEC §2 «The check»)."""
