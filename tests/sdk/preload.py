"""What is loaded into a process in front of the C library, and the memory that the test shares with it."""

import mmap
import pathlib
import subprocess

from terraform import TARGET


class Preload:
    """Builds `<name>.c` beside this file. Processes with its `environment` find `shared` as a file, by the variable of the name."""

    def __init__(self, work, name, variable, size):
        source, library, path = pathlib.Path(__file__).parent / f"{name}.c", TARGET / f"{name}.so", work / name
        subprocess.run(["cc", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, source], check=True)
        path.write_bytes(bytes(size))
        with open(path, "r+b") as file:
            self.shared = mmap.mmap(file.fileno(), size)
        self.environment = {"LD_PRELOAD": str(library), variable: str(path)}
