"""The ten-day report 督导报告: reminded of, drafted, handed in by 「上报」, seen by the office (SPEC §4)."""
