"""Files that came with reports and notices: kept at once by reference, fetched into the store later."""
