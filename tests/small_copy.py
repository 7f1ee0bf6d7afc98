"""A running copy whose parts are a few lines each: python -m tests.small_copy VAR PART… starts and watches them."""

import asyncio
import sys
from pathlib import Path

from frontdesk import supervisor
from frontdesk.orphans import Guard
from frontdesk.parts import Part
from frontdesk.processes import only_copy
from frontdesk.supervisor import Supervisor

supervisor.GRACE, supervisor.PATIENCE, supervisor.FIRST_PAUSE, supervisor.SETTLED_AFTER = 0.5, 1.5, 0.1, 0.1

SCRIPTS = {
    "steady": "import time; time.sleep(600)",
    "deaf": "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)",
    # with a child of its own, as a server with workers has
    "parent": "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])",
    "broken": "import sys; print('the clinic file is missing'); sys.exit(3)",
}


def main() -> None:
    var = Path(sys.argv[1])
    parts = [
        Part(name, (sys.executable, "-c", SCRIPTS[name]), {}, None if name != "broken" else "http://127.0.0.1:9/", True)
        for name in sys.argv[2:]
    ]
    with only_copy(var):
        guard = Guard()
        code = asyncio.run(Supervisor(parts, var, guard, lambda: print("open", flush=True)).run())
        guard.close()
    sys.exit(code)


if __name__ == "__main__":
    main()
