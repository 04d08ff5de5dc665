"""The check 核查: closed, returned, reopened, at the place or by picture."""
