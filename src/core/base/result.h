// The one way a function says that the world said no: Result<T>.
//
// Broken or hostile input is not an Error: parsers are total and report defects beside what they
// could read.  A bug of ours is neither: that is BS_ASSERT.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace backstop {

// What kind of no.  Closed: callers switch over it.
enum class Errc {
  Invalid,      // The text or value given is not of its form.
  NotFound,     // The named thing is not there.
  Denied,       // Permissions, ownership or policy forbid it.
  Exists,       // The thing to be made is there already.
  Unavailable,  // It cannot be asked now; later may work.
  Limit,        // A named limit (core/base/limits.h) was reached.
  Unsupported,  // Understood, but not done here.
  Internal,     // A foreign library failed in a way it never should.
};

// An error in a sentence.  `where` names the file, line or field ("backstop.toml:3:7"); it may be
// empty.  `detail` is a sentence for a person: what is wrong and what to do.
struct Error {
  Errc code = Errc::Internal;
  std::string where;
  std::string detail;

  // "where: detail", or the detail alone.
  std::string text() const { return where.empty() ? detail : where + ": " + detail; }
};

std::string_view name_of(Errc code);

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Errc code, std::string where, std::string detail) {
  return tl::unexpected<Error>(Error{code, std::move(where), std::move(detail)});
}

}  // namespace backstop

#define BS_CONCAT_INNER(a, b) a##b
#define BS_CONCAT(a, b) BS_CONCAT_INNER(a, b)

// BS_TRY(auto x, expression): declares x from the value of a Result, or returns its error.
#define BS_TRY(declaration, expression)                                                        \
  auto BS_CONCAT(bs_try_, __LINE__) = (expression);                                            \
  if (!BS_CONCAT(bs_try_, __LINE__))                                                           \
    return tl::unexpected<::backstop::Error>(std::move(BS_CONCAT(bs_try_, __LINE__)).error()); \
  declaration = *std::move(BS_CONCAT(bs_try_, __LINE__))

// BS_TRY_VOID(expression): the same for Result<void>.
#define BS_TRY_VOID(expression)                                                 \
  do {                                                                          \
    if (auto bs_try_void = (expression); !bs_try_void)                          \
      return tl::unexpected<::backstop::Error>(std::move(bs_try_void).error()); \
  } while (false)
