"""What can be asked: one verb is one unit of work. Plain functions, no `async`."""
