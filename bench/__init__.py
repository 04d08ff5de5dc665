"""Benchmarks: ratios of CPU time against a baseline measured in turns with the product."""
