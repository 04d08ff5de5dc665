"""跟踪问效月报: what a month shows of the inspection groups and of the regions, for the 领导小组 alone."""
