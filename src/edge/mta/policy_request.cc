#include "edge/mta/policy_request.h"

#include <utility>

#include "core/base/limits.h"

namespace backstop::mta {
namespace {

void take(PolicyRequest& request, std::string_view name, std::string_view value) {
  if (name == "request") request.request = value;
  if (name == "protocol_state") request.protocol_state = value;
  if (name == "sender") request.sender = value;
  if (name == "recipient") request.recipient = value;
  if (name == "client_address") request.client_address = value;
}

}  // namespace

PolicyReader::PolicyReader() : reader_(limits::kPolicyLineBytes) {}

std::optional<PolicyRequest> PolicyReader::next(std::string_view& input) {
  while (complaint_.empty()) {
    const auto line = reader_.next(input);
    if (!line) {
      if (reader_.oversized()) complaint_ = "sent a line over the limit";
      return std::nullopt;
    }
    if (line->empty()) {
      lines_ = 0;
      return std::exchange(request_, {});
    }
    const auto equals = line->find('=');
    if (equals == std::string_view::npos) {
      complaint_ = "sent a line without '='; this is no policy client";
    } else if (++lines_ > limits::kPolicyLines) {
      complaint_ = "sent a request with more lines than the limit";
    } else {
      take(request_, line->substr(0, equals), line->substr(equals + 1));
    }
  }
  return std::nullopt;
}

}  // namespace backstop::mta
