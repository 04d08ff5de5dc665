"""What the clock says: a timetable of short functions over the services."""
