#include "edge/dns/record_lookup.h"

#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <poll.h>
#include <resolv.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "core/base/limits.h"
#include "edge/dns/resolver_library.h"
#include "edge/dns/txt_lookup.h"

namespace backstop::dns {
namespace {

using SteadyClock = std::chrono::steady_clock;

// For one server, doubled once; then the next one or the end.
constexpr int kServerWaitMilliseconds = 1500;
constexpr int kTries = 2;
// How soon a cancelled question ends, in milliseconds.
constexpr int kLook = 100;

// A channel of c-ares, closed when dropped.
class Channel {
 public:
  explicit Channel(const std::string& servers) {
    start_resolver_library();
    ares_options settings{};
    settings.flags = ARES_FLAG_EDNS;
    settings.timeout = kServerWaitMilliseconds;
    settings.tries = kTries;
    const int which = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES;
    if (ares_init_options(&channel_, &settings, which) != ARES_SUCCESS) {
      channel_ = nullptr;
      return;
    }
    if (!servers.empty() && ares_set_servers_ports_csv(channel_, servers.c_str()) != ARES_SUCCESS) {
      ares_destroy(channel_);
      channel_ = nullptr;
    }
  }
  ~Channel() {
    if (channel_ != nullptr) ares_destroy(channel_);
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ares_channel get() const { return channel_; }

 private:
  ares_channel channel_ = nullptr;
};

struct Reply {
  bool is_there = false;
  int status = ARES_SUCCESS;
  std::vector<std::uint8_t> message;
};

void on_reply(void* given, int status, int /*timeouts*/, unsigned char* message, int length) {
  auto& reply = *static_cast<Reply*>(given);
  reply.is_there = true;
  reply.status = status;
  if (status == ARES_SUCCESS && message != nullptr && length > 0)
    reply.message.assign(message, message + length);
}

// Until a server answers, or kLook is over.
void wait_for_servers(ares_channel channel) {
  std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
  std::vector<pollfd> polled;
  const int mask = ares_getsock(channel, sockets.data(), static_cast<int>(sockets.size()));
  for (unsigned i = 0; i < sockets.size(); ++i) {
    const bool reads = ARES_GETSOCK_READABLE(static_cast<unsigned>(mask), i) != 0;
    const bool writes = ARES_GETSOCK_WRITABLE(static_cast<unsigned>(mask), i) != 0;
    if (!reads && !writes) continue;
    const int events = (reads ? POLLIN : 0) | (writes ? POLLOUT : 0);
    polled.push_back({.fd = sockets[i], .events = static_cast<short>(events), .revents = 0});
  }
  poll(polled.data(), polled.size(), kLook);
  for (const pollfd& one : polled) {
    const bool readable = (one.revents & (POLLIN | POLLHUP | POLLERR)) != 0;
    ares_process_fd(channel, readable ? one.fd : ARES_SOCKET_BAD,
                    (one.revents & POLLOUT) != 0 ? one.fd : ARES_SOCKET_BAD);
  }
  ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

// Calls `take` with each answer record of that type.
template <class Take>
void for_each_record(std::span<const std::uint8_t> message, const Take& take) {
  ns_msg parsed{};
  if (ns_initparse(message.data(), static_cast<int>(message.size()), &parsed) != 0) return;
  const int count = std::min<int>(ns_msg_count(parsed, ns_s_an), limits::kDnsAnswerRecords);
  for (int i = 0; i < count; ++i) {
    ns_rr record{};
    if (ns_parserr(&parsed, ns_s_an, i, &record) != 0) return;
    if (ns_rr_class(record) == ns_c_in) take(record);
  }
}

}  // namespace

std::vector<IpAddress> parse_address_answer(std::span<const std::uint8_t> message) {
  std::vector<IpAddress> out;
  for_each_record(message, [&](const ns_rr& record) {
    const bool v4 = ns_rr_type(record) == ns_t_a && ns_rr_rdlen(record) == 4;
    const bool v6 = ns_rr_type(record) == ns_t_aaaa && ns_rr_rdlen(record) == 16;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if ((!v4 && !v6) || inet_ntop(v4 ? AF_INET : AF_INET6, ns_rr_rdata(record), text.data(),
                                  text.size()) == nullptr)
      return;
    if (const auto address = IpAddress::parse(text.data())) out.push_back(*address);
  });
  return out;
}

std::vector<std::string> parse_exchanger_answer(std::span<const std::uint8_t> message) {
  std::vector<std::pair<unsigned, std::string>> found;
  for_each_record(message, [&](const ns_rr& record) {
    if (ns_rr_type(record) != ns_t_mx || ns_rr_rdlen(record) < 3) return;
    std::array<char, NS_MAXDNAME> name{};
    if (dn_expand(message.data(), message.data() + message.size(), ns_rr_rdata(record) + 2,
                  name.data(), static_cast<int>(name.size())) < 0)
      return;
    if (name.front() != '\0') found.emplace_back(ns_get16(ns_rr_rdata(record)), name.data());
  });
  std::ranges::sort(found);
  std::vector<std::string> out;
  for (auto& [preference, name] : found)
    out.push_back(std::move(name));
  return out;
}

Result<std::vector<std::uint8_t>> RecordLookup::ask(const std::string& name, int type) {
  if (name.empty() || name.find('\0') != std::string::npos || name.size() >= NS_MAXDNAME)
    return fail(Errc::Invalid, name, "is no name to look up");
  const auto unavailable = [&](const char* why) { return fail(Errc::Unavailable, name, why); };
  if (is_cancelled_) return unavailable("is not asked any more: stopping");
  Reply reply;
  const Channel channel(options_.servers);
  if (channel.get() == nullptr) return unavailable("the resolver cannot be started");
  ares_query(channel.get(), name.c_str(), ns_c_in, type, on_reply, &reply);
  const auto deadline = SteadyClock::now() + options_.wait;
  while (!reply.is_there && !is_cancelled_ && SteadyClock::now() < deadline)
    wait_for_servers(channel.get());
  // The channel outlives this look at its reply, and calls back once more when it goes: into
  // `reply`, which is older than it.
  if (!reply.is_there) return unavailable("no name server answered in time");
  if (reply.status == ARES_SUCCESS) return std::move(reply.message);
  const bool absent = reply.status == ARES_ENOTFOUND || reply.status == ARES_ENODATA;
  if (absent) return std::vector<std::uint8_t>();
  if (reply.status == ARES_EBADNAME) return fail(Errc::Invalid, name, "is no name to look up");
  return unavailable(ares_strerror(reply.status));
}

Result<std::vector<std::string>> RecordLookup::texts(const std::string& name) {
  BS_TRY(const auto message, ask(name, ns_t_txt));
  return parse_txt_answer(message);
}

Result<std::vector<IpAddress>> RecordLookup::addresses(const std::string& name) {
  BS_TRY(const auto v4, ask(name, ns_t_a));
  BS_TRY(const auto v6, ask(name, ns_t_aaaa));
  auto out = parse_address_answer(v4);
  for (const IpAddress& address : parse_address_answer(v6))
    out.push_back(address);
  return out;
}

Result<std::vector<std::string>> RecordLookup::exchangers(const std::string& name) {
  BS_TRY(const auto message, ask(name, ns_t_mx));
  return parse_exchanger_answer(message);
}

}  // namespace backstop::dns
