"""Download the servers that are not Python packages: Node's `ws` from npm, and nginx with nchan from Debian.

They are unpacked in var/bench/; nothing is installed on the machine. The benchmark skips what cannot be downloaded.
"""

import shutil
import subprocess
from pathlib import Path

from bench.fanout_peers.publisher import ROOT

UNDER = ROOT / "var" / "bench"
WS = "ws@8.23.0"


def node_with_ws() -> Path | None:
    """Return the folder that has `ws` in node_modules, or None if it cannot be downloaded."""
    if not shutil.which("node") or not shutil.which("npm"):
        return None
    folder = UNDER / "node"
    if not (folder / "node_modules" / "ws").exists():
        folder.mkdir(parents=True, exist_ok=True)
        words = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)]
        if subprocess.run([*words, WS], check=False).returncode:
            return None
    return folder


def nginx_with_nchan() -> Path | None:
    """Return the folder with the unpacked nginx and nchan, or None if they cannot be downloaded."""
    folder = UNDER / "nchan"
    if not (folder / "usr/sbin/nginx").exists():
        if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
            return None
        folder.mkdir(parents=True, exist_ok=True)
        words = ["apt-get", "--quiet=2", "download", "nginx", "libnginx-mod-nchan"]
        if subprocess.run(words, cwd=folder, check=False).returncode:
            return None
        for package in folder.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], check=True)
            package.unlink()
    return folder
