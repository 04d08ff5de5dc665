"""What comes from the field: photos and words become entries, drafts, visit records."""
