"""Backup 备份 and restore 恢复: ledger, photos and configuration, verified by being restored.

A backup lies in the folder of `[backup]`:

    ledger-20190412T033000.db            the ledger as it stood at one instant
    ledger-20190412T033000.json          what it holds: rows, hashes, photos; written last
    ledger-20190412T033000.photos.csv    its photos, with their hashes
    ledger-20190412T033000.config.toml   the configuration without token, secrets and passwords
    ledger-20190412T033000.places.csv    the places file, where it is not the program's own
    photos/…                             every photo once, for all backups together

`copies` knows the files, `making` makes and verifies them, `restoring` takes them back, `daily` is the
clock's.
"""
