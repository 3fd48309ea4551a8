"""Audit the site's locked packages for known vulnerabilities: python -m bin.audit [REQUIREMENTS] [--seconds 60]

Fails if pip-audit finds a vulnerability, or if it cannot read the requirements. Succeeds with a warning if the
vulnerability service cannot be reached, because checks must also pass without a network. PIP_AUDIT_OSV_URL is the
address of another service than OSV's own.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

UNREACHABLE = re.compile(r"requests\.exceptions\.|urllib3\.exceptions\.|ServiceError|ConnectionError|Could not connect")
"""What pip-audit writes if the service does not answer, or answers with an error or without JSON."""
SKIPPED = "The vulnerability service could not be reached, so the audit was skipped"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("requirements", nargs="?", default="requirements.txt")
    parser.add_argument("--seconds", type=float, default=60, help="how long the whole audit may take")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return audit(options.requirements, options.seconds, Path(folder) / "found.json")


def audit(requirements: str, seconds: float, found: Path) -> int:
    """Return the exit code."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", requirements, "--disable-pip", "--timeout=10"]
    command += ["--vulnerability-service=osv", "--progress-spinner=off", "--format=json", f"--output={found}"]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        print(f"{SKIPPED}: no result within {seconds:g} s.")
        return 0
    if found.exists():
        return report(json.loads(found.read_text())["dependencies"])
    if UNREACHABLE.search(done.stderr):
        print(f"{SKIPPED}: {done.stderr.strip().splitlines()[-1]}")
        return 0
    print(done.stderr, file=sys.stderr)
    return 1


def report(packages: list[dict[str, Any]]) -> int:
    """Print the vulnerabilities of `packages`. Return 1 if there is one."""
    vulnerable = 0
    for package in packages:
        for fault in package.get("vulns", ()):
            vulnerable = 1
            fixed = ", ".join(fault["fix_versions"]) or "no version"
            print(f"{package['name']} {package['version']}: {fault['id']} (fixed in {fixed}) {fault['description']}")
    if not vulnerable:
        print(f"No known vulnerabilities in {len(packages)} packages.")
    return vulnerable


if __name__ == "__main__":
    sys.exit(main())
