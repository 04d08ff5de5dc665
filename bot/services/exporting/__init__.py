"""导出 asked for in the chat: what its asker sees of the ledger, as files (SPEC §1 (f) (g), §6)."""
