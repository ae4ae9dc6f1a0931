#include "edge/dns/txt_lookup.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>

#include <algorithm>
#include <array>

#include "core/base/limits.h"

namespace backstop::dns {
namespace {

constexpr int kWaitSeconds = 2;  // For one server; then the next.
constexpr int kRounds = 1;
constexpr int kServers = 3;

// The resolver's own state, closed when dropped.
class Resolver {
 public:
  Resolver() : ready_(res_ninit(&state_) == 0) {
    state_.retrans = kWaitSeconds;
    state_.retry = kRounds;
    state_.nscount = std::min(state_.nscount, kServers);
  }
  ~Resolver() {
    if (ready_) res_nclose(&state_);
  }
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  bool ready() const { return ready_; }
  struct __res_state& state() { return state_; }

 private:
  struct __res_state state_{};
  bool ready_;
};

// The strings of one record: each has its length before it (RFC 1035 §3.3.14).
std::string join_strings(const std::uint8_t* data, std::size_t length) {
  std::string out;
  for (std::size_t at = 0; at < length;) {
    const std::size_t size = std::min<std::size_t>(data[at], length - at - 1);
    out.append(reinterpret_cast<const char*>(data) + at + 1, size);
    at += 1 + size;
  }
  return out;
}

}  // namespace

std::vector<std::string> parse_txt_answer(std::span<const std::uint8_t> message) {
  std::vector<std::string> out;
  ns_msg parsed{};
  if (ns_initparse(message.data(), static_cast<int>(message.size()), &parsed) != 0) return out;
  const int count = std::min<int>(ns_msg_count(parsed, ns_s_an), limits::kDnsAnswerRecords);
  for (int i = 0; i < count; ++i) {
    ns_rr record{};
    if (ns_parserr(&parsed, ns_s_an, i, &record) != 0) break;
    if (ns_rr_type(record) == ns_t_txt && ns_rr_class(record) == ns_c_in)
      out.push_back(join_strings(ns_rr_rdata(record), ns_rr_rdlen(record)));
  }
  return out;
}

Result<std::vector<std::string>> lookup_txt(const std::string& name) {
  if (name.empty() || name.find('\0') != std::string::npos || name.size() >= NS_MAXDNAME)
    return fail(Errc::Invalid, name, "is no name to look up");
  Resolver resolver;
  if (!resolver.ready()) return fail(Errc::Unavailable, "/etc/resolv.conf", "cannot be used");
  std::array<std::uint8_t, NS_MAXMSG> answer{};
  const int length = res_nquery(&resolver.state(), name.c_str(), ns_c_in, ns_t_txt, answer.data(),
                                static_cast<int>(answer.size()));
  if (length >= 0) {
    return parse_txt_answer(
        std::span(answer).first(std::min(static_cast<std::size_t>(length), answer.size())));
  }
  const int error = resolver.state().res_h_errno;
  if (error == HOST_NOT_FOUND || error == NO_DATA) return std::vector<std::string>();
  return fail(Errc::Unavailable, name, "could not be asked about: no name server answered");
}

}  // namespace backstop::dns
