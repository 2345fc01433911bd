"""How root starts PostgreSQL, which refuses to run as root.

No account is made and no folder's permissions are widened (the wheel's own launcher does both, up to `/`). The server
runs as `nobody`, and keeps one capability of root's: to pass through folders that are closed to `nobody`, such as
`/root`. What it writes belongs to `nobody` and lies in its own folder.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import sys
from collections.abc import Callable
from pathlib import Path

NOBODY = 65534
CAP_DAC_OVERRIDE = 1  # linux/capability.h, as are the next two lines
CAPABILITY_VERSION_3 = 0x20080522
PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 8, 47, 2  # linux/prctl.h


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def stepping_down(folder: Path) -> Callable[[], None] | None:
    """What the new process calls to stop being root; None if we are not root. `folder` is handed to the new user.

    Raises OSError in the new process, and so in the caller, where the kernel does not allow it.
    """
    if os.geteuid() != 0:
        return None
    account = _account()
    os.chown(folder, account.pw_uid, account.pw_gid)
    libc = ctypes.CDLL(None, use_errno=True)
    linux = sys.platform == "linux"

    def step_down() -> None:
        if linux:
            libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
        if linux:
            bit = 1 << CAP_DAC_OVERRIDE
            sets = (_Sets * 2)(_Sets(bit, bit, bit))
            # A container may have taken this capability away. Then the folders must be open to all, and if they are
            # not, PostgreSQL says so itself; so the answers of these two calls are not looked at.
            libc.capset(ctypes.byref(_Header(CAPABILITY_VERSION_3, 0)), ctypes.byref(sets))
            libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)

    return step_down


def _account() -> pwd.struct_passwd:
    """`nobody`, or another account without privileges: initdb wants one that has a name."""
    try:
        return pwd.getpwuid(NOBODY)
    except KeyError:
        return next(account for account in pwd.getpwall() if account.pw_uid != 0)
