"""Bulletins 通报: figures from the ledger, 代拟稿, the way to 印发, what the channel shows (SPEC §6)."""
