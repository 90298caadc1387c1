"""The half of the judge that runs in a guest: the scripts one after the other, one line of JSON for each as it ends."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from compat import reasons, scripts, trial  # noqa: E402
from compat.script import Script  # noqa: E402


def explained(script: Script) -> dict:
    reason = reasons.reason_of(script)
    return {"reason": reason.text, "reason_holds": reason.holds()} if reason else {}


def main() -> None:
    python_path, built, *names = sys.argv[1:]
    env = trial.environment(python_path, built, "/tmp/compat")
    with open("/out/results.jsonl", "a") as results:
        for one in scripts.chosen(names):
            scripts.load_modules(one)
            result = trial.run(one, env) | explained(one)
            results.write(json.dumps(result) + "\n")
            results.flush()
            print("%-28s %s" % (one.key, trial.summary(result)), flush=True)


main()
