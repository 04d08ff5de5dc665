"""Warning letters 督办警示: drafted, approved, served, answered, counted, revoked, proposed (SPEC §2)."""
