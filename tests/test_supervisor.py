"""The keeper of the house's programs lets go of everything when it stops."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import warnings

from commandcenter.runtime.supervisor import Program, Supervisor

TALKER = "while True: print('a line', flush=True)"


def test_stopping_leaves_no_task_and_no_open_pipe_behind():
    async def story() -> None:
        keeper = Supervisor(dict(os.environ))
        for name in ("first", "second"):
            assert await keeper.start(Program(name, [sys.executable, "-u", "-c", TALKER], ready="a line"))
        await keeper.stop()
        assert not keeper.tasks

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        asyncio.run(story())
        gc.collect()
    assert not [str(one.message) for one in caught if issubclass(one.category, ResourceWarning)]
