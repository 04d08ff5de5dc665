"""After the assignment: 催办, 督办通知 and 回头看 (SPEC §§2, 3)."""
