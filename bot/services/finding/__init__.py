"""Finding 查看与查找: lists turned by key, filters as buttons, full text, many entries at once (SPEC §6)."""
