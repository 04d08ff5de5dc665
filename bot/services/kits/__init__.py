"""专题片素材包: leads by route and original pictures for those who make the film (SPEC §6)."""
