"""Where things are: the repository and what was built from it."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("SONDE_BUILD", REPOSITORY / "build")).absolute()
