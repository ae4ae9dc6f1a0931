"""Real mail servers in throw-away trees.

Each mail server is installed with debootstrap and apt into a tree of its own below ./var/trees (never on
the host), and run chrooted inside private mount and process namespaces, so that its mounts and processes
vanish with it. Both `./do run` and the system tests stand on this package. Standard library only.
"""
