"""What the process that decodes a stranger's file takes from itself before it reads the first byte.

Memory, processor time, size of a file: `setrlimit`. Sockets, other programs, other processes: a filter of
system calls that the kernel keeps for good (seccomp, Linux's Documentation/userspace-api/seccomp_filter.rst),
so that whoever takes over a decoder can neither call home nor start anything. And it dies with its parent.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _MODE_FILTER = 1, 22, 38, 2
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NAMES = (
    "socket", "connect", "bind", "listen", "accept", "sendto", "execve", "kill", "ptrace", "bpf", "execveat",
    "io_uring_setup", "pidfd_open", "process_vm_readv", "process_vm_writev", "socketpair",
)  # fmt: skip
# Audit number of the machine, then the numbers of the calls above (Linux's syscall tables).
_MACHINES = {
    "x86_64": (0xC000003E, (41, 42, 49, 50, 43, 44, 59, 62, 101, 321, 322, 425, 434, 310, 311, 53)),
    "aarch64": (0xC00000B7, (198, 203, 200, 201, 202, 206, 221, 129, 117, 280, 281, 425, 434, 270, 271, 199)),
}
_X32 = 0x40000000


def confine(*, memory: int, cpu: int, output: int) -> bool:
    """Bytes of address space, seconds of processor, bytes of a written file; whether calls are filtered."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, output),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 2))  # SIGXCPU first: the parent can tell it
    os.nice(10)
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        return False
    library = ctypes.CDLL(None, use_errno=True)
    library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return _filtered(library, *machine)


def _filtered(library: ctypes.CDLL, machine: int, calls: tuple[int, ...]) -> bool:
    program = _program(machine, calls)
    room = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(room))
    if library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(library.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.create_string_buffer(head), 0, 0) == 0)


def _program(machine: int, calls: tuple[int, ...]) -> bytes:
    """Classic BPF over ``struct seccomp_data``: a foreign machine dies, named calls fail, others pass."""
    refuse = _ERRNO | errno.EPERM
    steps = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, machine), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    steps += [(_AT_LEAST, len(calls) + 1, 0, _X32)]
    steps += [(_EQUAL, len(calls) - at, 0, number) for at, number in enumerate(calls)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, refuse)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)
