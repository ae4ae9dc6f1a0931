// Questions about TXT, A, AAAA and MX records, one after another, for a thread that may wait.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/ip.h"
#include "core/base/result.h"

namespace backstop::dns {

struct RecordLookupOptions {
  // "127.0.0.1:5353,...": instead of /etc/resolv.conf, which is read anew for every question.
  std::string servers = {};
  std::chrono::milliseconds wait{8000};  // For one question.
};

// One thread, but for cancel().
class RecordLookup {
 public:
  explicit RecordLookup(RecordLookupOptions options = {}) : options_(std::move(options)) {}

  // Each is empty when the name or such a record does not exist, and has at most
  // limits::kDnsAnswerRecords.  Errors: Errc::Invalid for what is no name; Errc::Unavailable when
  // nobody answers, or after cancel().

  // The strings of each joined (RFC 7208 §3.3).
  Result<std::vector<std::string>> texts(const std::string& name);
  // IPv4 and IPv6.
  Result<std::vector<IpAddress>> addresses(const std::string& name);
  // By preference; a null MX (RFC 7505) is none.
  Result<std::vector<std::string>> exchangers(const std::string& name);

  // Ends the question that is open within a moment, and every later one at once.  Any thread.
  void cancel() { is_cancelled_ = true; }

 private:
  Result<std::vector<std::uint8_t>> ask(const std::string& name, int type);

  const RecordLookupOptions options_;
  std::atomic<bool> is_cancelled_ = false;
};

// The records in a DNS message (RFC 1035 §4.1).  Total: what is broken is left out.
std::vector<IpAddress> parse_address_answer(std::span<const std::uint8_t> message);
std::vector<std::string> parse_exchanger_answer(std::span<const std::uint8_t> message);

}  // namespace backstop::dns
