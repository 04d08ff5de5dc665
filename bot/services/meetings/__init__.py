"""推进会: the monthly meeting, prepared by the offices together (SPEC §6)."""
