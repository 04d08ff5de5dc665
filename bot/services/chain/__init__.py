"""The same problem 问题链: what resembles a fresh entry, links made by people, the chain's view (SPEC §2)."""
