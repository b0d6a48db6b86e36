"""A process's monotonic clock, for a test to move forward: what would take minutes, takes none."""

import mmap
import pathlib
import struct
import subprocess

from terraform import TARGET

SOURCE = pathlib.Path(__file__).parent / "clock.c"


class Clock:
    """Moves the processes that have its `environment`."""

    def __init__(self, work):
        library, path = TARGET / "clock.so", work / "clock"
        subprocess.run(["cc", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, SOURCE], check=True)
        path.write_bytes(bytes(8))
        with open(path, "r+b") as file:
            self.shared = mmap.mmap(file.fileno(), 8)
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_AHEAD": str(path)}

    def advance(self, seconds):
        self.shared[:] = struct.pack("q", struct.unpack("q", self.shared[:])[0] + seconds)
