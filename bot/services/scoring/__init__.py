"""Scores 考评: 口径, marks and points, drafts and objections, rankings, and the measures that follow."""
