"""The half of the judge that runs in a guest: the scripts one after the other, one line of JSON for each as it ends."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from compat import reasons, report, scripts, trial  # noqa: E402
from compat.script import Script  # noqa: E402

OUT = Path("/out")


def explained(script: Script) -> dict:
    reason = reasons.reason_of(script)
    return {"reason": reason.text, "reason_holds": reason.holds()} if reason else {}


def main() -> None:
    arguments = sys.argv[1:]
    missing = arguments[0] == "--missing"
    python_path, built, *names = arguments[missing:]
    done = report.results_of(OUT) if missing else {}
    env = trial.environment(python_path, built, "/tmp/compat")
    with open(OUT / "results.jsonl", "a") as results:
        for one in (each for each in scripts.chosen(names) if each.key not in done):
            scripts.load_modules(one)
            result = trial.run(one, env) | explained(one)
            results.write(json.dumps(result) + "\n")
            results.flush()
            print("%-28s %s" % (one.key, trial.summary(result)), flush=True)


main()
