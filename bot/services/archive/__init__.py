"""The campaign's archive 归档: what it holds of the ledger, and the reminders around its making (SPEC §6)."""
