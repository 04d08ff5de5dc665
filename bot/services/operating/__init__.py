"""What the admin hears of the machine: backups, trouble and its remedy, the morning's report."""
