"""What can be looked at: lists, single entries, their history, exports."""
