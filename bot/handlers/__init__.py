"""What is heard: one file per topic, and the ordered list in which it is looked for (`routes`)."""
