// Collects what a Returned keeps, field by field, from the header block of the returned message.
//
// Not thread-safe.  Holds what a Returned holds; no body.
#pragma once

#include <optional>
#include <string_view>

#include "core/reading/reading.h"

namespace backstop::reading {

// The field that carries the token proof (docs/formats/token.md).
inline constexpr std::string_view kReturnedTokenField = "Backstop-Token";

class ReturnedCollector {
 public:
  // One field; `raw` as in mail::FieldView.  `cut` when not all of it is here.
  void on_field(std::string_view name, std::string_view raw, bool cut);
  // The header block ended as header blocks do: an empty line, or the end of its part.
  void on_header_end() { ended_ = true; }
  // It was cut off inside the header block after all, although its part has an end.
  void on_cut() { ended_ = false; }
  // Something of the body came back.
  void on_body() { has_body_ = true; }
  // What stood there was not all read: cut off, passed over, or of unknown beginning.
  void on_loss() { lossless_ = false; }

  bool begun() const { return fields_ > 0; }
  bool ended() const { return ended_; }
  bool has_token() const { return !returned_.tokens.empty(); }
  bool has_trace() const { return returned_.received_count > 0; }
  // Fields that only a message's own header has: a few lines of prose with colons have none.
  bool has_identity() const { return identity_; }

  // Form and read_to_end by what was seen so far.  None when no field was.
  Returned take();

 private:
  void note_signature(std::string_view raw);
  void note_client(const std::optional<IpAddress>& client);

  Returned returned_;
  std::size_t fields_ = 0;
  bool ended_ = false;
  bool has_body_ = false;
  bool lossless_ = true;
  bool identity_ = false;
  bool first_is_open_ = false;  // received_first_ip is of the open internet.
};

}  // namespace backstop::reading
