"""The peers that Python's registry has not: Node's `ws` from npm and nginx with nchan from Debian, unpacked under var/.

Nothing is installed on the machine. What cannot be had is None, and left out.
"""

import shutil
import subprocess
from pathlib import Path

from bench.fanout_peers.publisher import ROOT

UNDER = ROOT / "var" / "bench"
WS = "ws@8.23.0"


def node_with_ws() -> Path | None:
    """The folder that holds node_modules."""
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
    """The folder into which both packages are unpacked."""
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
