"""Send requests made from the description of the JSON interface: ``make api-fuzz MINUTES=10``.

schemathesis (https://schemathesis.readthedocs.io/) makes them, valid and not, and checks every
answer: its status, media type and schema, errors of the server, methods that there are not. Make
installs it in an environment of its own, as `requirements/fuzzing.txt` pins it.
"""

import argparse
import shutil
import subprocess
import sys

from stress.server import serving


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--schemathesis", default="schemathesis", help="the command")
    options = parser.parse_args()
    command = shutil.which(options.schemathesis)
    if command is None:
        print(
            f"{options.schemathesis}: no such command; make api-fuzz installs it in an environment"
            " of its own, or name another with --schemathesis",
            file=sys.stderr,
        )
        return 2
    seconds = int(options.minutes * 60)
    # What is tried is the interface: no request is refused because there were others before.
    with serving(limits_client_seconds=1e6) as server:
        description = f"http://127.0.0.1:{server.port}/openapi.json"
        run = ["run", description, "--checks", "all", "--max-time", str(seconds), "-n", "100000"]
        return subprocess.run([command, *run], check=False, timeout=2 * seconds + 300).returncode


if __name__ == "__main__":
    sys.exit(main())
