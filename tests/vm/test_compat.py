"""Debian's BCC scripts with our Python package and without kernel headers: our half of tests/compat/run."""

import pytest
from places import BUILD

from compat import prepared, scripts, trial
from compat.reasons import excused

# What needs a server or a virtual machine of its own is left to tests/compat/run.
QUICK = [one for one in scripts.all_scripts() if one.quick and not excused(one)]


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    built = prepared.compiled(tmp_path_factory.mktemp("compat-programs"))
    env = trial.environment(str(BUILD / "python"), str(built), str(tmp_path_factory.mktemp("compat")))
    yield env
    trial.unmount(env)


@pytest.mark.one_guest
@pytest.mark.parametrize("script", QUICK, ids=lambda one: one.key.replace(" ", "-"))
def test_script(script, env):
    scripts.load_modules(script)
    result = trial.run(script, env)
    assert result["ok"], trial.account(result)
