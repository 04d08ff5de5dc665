"""The weekly report 周报: asked for, received by file or by lines, looked at by the office (SPEC §4)."""
