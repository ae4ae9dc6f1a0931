// Netstrings ("5:hello,"), in which socketmaps speak: Postfix's `socketmap:` tables and Sendmail's
// `socket` maps.  docs/formats/doors.md has the protocol.
//
// Pure and total: any bytes are strings or one complaint.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace backstop::mta {

class NetstringReader {
 public:
  // Takes the next string off the front of `input`.  Nothing when input is used up (what is
  // undecided is kept) or when there is a complaint.  The view is valid until the next call and no
  // longer than `input`.
  std::optional<std::string_view> next(std::string_view& input);

  // What the peer did wrong, as the end of a sentence; "" while all is well.  Then nothing more
  // comes out.  No string is longer than limits::kMapRequestBytes.
  std::string_view complaint() const { return complaint_; }
  // Some bytes of a string have come, and not all.
  bool within_string() const { return !delivered_ && !held_.empty(); }

 private:
  std::nullopt_t complain(std::string_view complaint);

  std::string held_;        // From the first digit on, when it came in pieces.
  bool delivered_ = false;  // What is in held_ was the last string given.
  std::string_view complaint_;
};

// REQUIRES: nothing; `text` may hold any bytes.
void append_netstring(std::string& out, std::string_view text);

}  // namespace backstop::mta
