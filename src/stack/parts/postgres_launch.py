"""Run a program of PostgreSQL on a data folder: `python -m ... FOLDER PROGRAM OPTIONS...`.

PostgreSQL refuses to run as root, and the user that it then runs as may not pass through the
folders above its own, as when var lies in root's home. So the folder is opened first, the user
changed, and the folder named by its descriptor. Of `initdb`, standard input is the password.
"""

from __future__ import annotations

import os
import pwd
import sys

from src.stack.parts.postgres import program

#: The user that Debian's package makes.
USER = "postgres"


def main(folder: str, name: str, *options: str) -> None:
    """Become the program; this process goes on as it.

    Raises:
        FileNotFoundError: PostgreSQL or the folder is missing.
        KeyError: this is root, and there is no user for PostgreSQL.
    """
    path = program(name)
    if path is None:
        raise FileNotFoundError(name)
    data = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    os.set_inheritable(data, True)  # noqa: FBT003 - it takes no name
    if os.geteuid() == 0:
        _become(pwd.getpwnam(USER), data)
    os.chdir("/")
    if name == "initdb":
        options = (*options, f"--pwfile=/proc/self/fd/{_password()}")
    # --single must come first.
    first, rest = (options[:1], options[1:]) if "--single" in options else ((), options)
    arguments = [*first, "-D", f"/proc/self/fd/{data}", *rest]
    os.execv(path, [str(path), *arguments])  # noqa: S606 - no shell is wanted


def _become(user: pwd.struct_passwd, data: int) -> None:
    os.fchown(data, user.pw_uid, user.pw_gid)
    os.initgroups(user.pw_name, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    os.environ["HOME"] = "/"


def _password() -> int:
    """Return a descriptor from which standard input can be read by name."""
    # The one that we were given belongs to the user that we were: opened by name, it is refused.
    end, start = os.pipe()
    os.write(start, sys.stdin.buffer.read())
    os.close(start)
    os.set_inheritable(end, True)  # noqa: FBT003 - it takes no name
    return end


if __name__ == "__main__":
    main(*sys.argv[1:])
