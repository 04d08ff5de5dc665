"""What is remembered: tables, queries, the desk and the migrations."""
