"""A process's monotonic clock, for a test to move forward: what would take minutes, takes none."""

import struct

from preload import Preload


class Clock(Preload):
    """Moves the processes that have its `environment`."""

    def __init__(self, work):
        super().__init__(work, "clock", "CLOCK_AHEAD", 8)

    def advance(self, seconds):
        self.shared[:] = struct.pack("q", struct.unpack("q", self.shared[:])[0] + seconds)
