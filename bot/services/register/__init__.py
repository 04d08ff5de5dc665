"""备案: what a region files with its office, 县领导分包 and its 联动机制 papers (SPEC §6)."""
