"""The rules: frozen values and plain functions, standard library only."""
