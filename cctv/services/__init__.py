"""Everything that changes cameras: each verb validates, saves, audits and announces in one transaction."""

from cctv.services.announce import announce, camera_scopes
from cctv.services.connection import record_test, request_test, test_result
from cctv.services.evidence import hold_still, release_still
from cctv.services.register import (
    change_camera,
    clone_camera,
    problems_of,
    register_camera,
    retire_camera,
    save_camera,
    set_credentials,
)
from cctv.services.upkeep import (
    change_maintenance,
    end_maintenance,
    note_obstacle,
    pause_camera,
    resume_camera,
    start_maintenance,
)

__all__ = [
    "announce",
    "camera_scopes",
    "change_camera",
    "change_maintenance",
    "clone_camera",
    "end_maintenance",
    "hold_still",
    "note_obstacle",
    "pause_camera",
    "problems_of",
    "record_test",
    "register_camera",
    "release_still",
    "request_test",
    "resume_camera",
    "retire_camera",
    "save_camera",
    "set_credentials",
    "start_maintenance",
    "test_result",
]
