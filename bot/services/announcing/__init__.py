"""通知: an office writes to regions and groups, they say 「收到」, the count stands in its message."""
