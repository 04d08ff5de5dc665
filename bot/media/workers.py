"""The threads that photos are worked on in."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

_THREADS = 2  # Pillow releases the lock; more would only hold more pictures in memory
_LOOP_WAITS = 0.001  # seconds


def photo_workers() -> ThreadPoolExecutor:
    """Two threads for photos; the event loop waits at most about a millisecond for their Python code.

    The interval is the whole process's; Python's own 5 ms would be the loop's delay at each switch.
    """
    sys.setswitchinterval(min(sys.getswitchinterval(), _LOOP_WAITS))
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="photos")
