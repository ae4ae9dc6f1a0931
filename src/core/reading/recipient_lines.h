// Finds whom a notice in plain words is about: the addresses in its own text, weighed by where they
// stand and what stands around them, for all the products whose texts have no fixed form.
//
// Pure and total; any thread.  Looks at limits::kNoticeTextBytes of text and at most
// limits::kAddressCandidates addresses of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/reading/reading.h"

namespace backstop::reading {

// What is known of the notice beside its text.  Addresses in any case.
struct NoticeContext {
  std::string_view subject = {};                // Decoded UTF-8.
  std::vector<std::string> other_parties = {};  // From, Reply-To and To of the notice; who sent the
                                                // returned message: seldom its recipients.
  std::vector<std::string> returned_to = {};    // To of the returned message.
  std::vector<std::string> failed_recipients = {};  // X-Failed-Recipients.
  bool delayed = false;
};

// The recipients, with what the text says of each: status, diagnostic and remote host where they
// can be told.  Empty when no address looks like one.
std::vector<RecipientReport> read_recipient_lines(std::string_view text,
                                                  const NoticeContext& context);

// "host mx.example.net[192.0.2.1] said", "mx.example.net rejected": the server that answered, or
// "".
std::string find_remote_host(std::string_view diagnostic);

}  // namespace backstop::reading
