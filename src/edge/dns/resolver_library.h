// c-ares' global state, started once for the whole process.
#pragma once

namespace backstop::dns {

// It never goes, since other threads may still use it at the end.  Any thread.
void start_resolver_library();

}  // namespace backstop::dns
