// Requests of Postfix's policy delegation (SMTPD_POLICY_README): lines "name=value", an empty line
// at the end.
//
// Pure and total.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "edge/mta/line_reader.h"

namespace backstop::mta {

// What of a request is looked at; "" for what it did not say.
struct PolicyRequest {
  std::string request;         // "smtpd_access_policy".
  std::string protocol_state;  // "RCPT".
  std::string sender;          // Without brackets; "" is the null sender.
  std::string recipient;
  std::string client_address;
};

class PolicyReader {
 public:
  PolicyReader();
  // Takes the next request off the front of `input`; nothing when input is used up, or when there
  // is a complaint.
  std::optional<PolicyRequest> next(std::string_view& input);

  // As NetstringReader::complaint.  A request has up to limits::kPolicyLines lines of up to
  // limits::kPolicyLineBytes.
  std::string_view complaint() const { return complaint_; }
  bool within_request() const { return lines_ > 0 || reader_.within_line(); }

 private:
  LineReader reader_;
  PolicyRequest request_;
  std::size_t lines_ = 0;
  std::string_view complaint_;
};

}  // namespace backstop::mta
