"""What the offices alone do: other sources, covert entries, hand-over, void, defer, a second person."""
