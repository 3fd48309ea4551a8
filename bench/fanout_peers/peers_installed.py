"""The peers that are no Python packages: Node's `ws` from npm and nginx with nchan from Debian, unpacked under var/.

Nothing is installed system-wide. A peer that is not available is None, and the benchmark skips it.
"""

import shutil
import subprocess
from pathlib import Path

from bench.fanout_peers.publisher import ROOT

UNDER = ROOT / "var" / "bench"
WS = "ws@8.23.0"


def node_with_ws() -> Path | None:
    """Return the folder with node_modules, or None."""
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
    """Return the folder with both unpacked packages, or None."""
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
