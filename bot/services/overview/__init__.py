"""「概况」 and 「覆盖」: what became of everything that was found, and where nobody has looked (SPEC §6)."""
