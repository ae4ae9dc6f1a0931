// BS_ASSERT(condition): our own bug, never a reaction to input.  Always compiled in; prints the
// place on standard error and aborts, so that the supervisor restarts a sound process.
#pragma once

namespace backstop {

[[noreturn]] void fail_assertion(const char* condition, const char* file, int line);

}  // namespace backstop

#define BS_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::backstop::fail_assertion(#condition, __FILE__, __LINE__))
