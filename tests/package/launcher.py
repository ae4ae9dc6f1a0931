"""Becomes the daemon of a unit: launcher.py TREE USER GROUP GROUPS MASK CALL,CALL… COMMAND…

All but the named system calls answer EPERM, as SystemCallErrorNumber= of the unit says.
"""
import ctypes
import errno
import grp
import os
import pwd
import sys

_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_UNKNOWN = -1


def filter_calls(library: ctypes.CDLL, names: list[str]) -> None:
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(_ERRNO | errno.EPERM)))
    for name in names:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number != _UNKNOWN:
            library.seccomp_rule_add(context, ctypes.c_uint32(_ALLOW), ctypes.c_int(number), ctypes.c_uint(0))
    if library.seccomp_load(context) != 0:
        sys.exit("the filter of system calls cannot be set")


def main() -> None:
    tree, user, group, groups, mask, calls, *command = sys.argv[1:]
    library = ctypes.CDLL("libseccomp.so.2")
    os.chroot(tree)
    os.chdir("/")
    uid, gid = pwd.getpwnam(user).pw_uid, grp.getgrnam(group).gr_gid
    os.setgroups([gid, *(grp.getgrnam(name).gr_gid for name in groups.split())])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    os.umask(int(mask, 8))
    # The filter has no execveat or alike that @system-service lacks: execve is in it.
    filter_calls(library, calls.split(","))
    os.execve(command[0], command, {"PATH": "/usr/sbin:/usr/bin", "NOTIFY_SOCKET": os.environ["NOTIFY_SOCKET"]})


main()
