"""The calendar at work: days and moved duties, who is told what when, who has handed in (SPEC §3)."""
