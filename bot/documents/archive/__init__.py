"""The campaign's archive as files: static pages, photos, papers, the event log, and a hash of each."""
