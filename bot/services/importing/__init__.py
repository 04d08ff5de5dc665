"""An older ledger 导入旧台账: understood row by row, stored as a whole or not at all (SPEC §6)."""
