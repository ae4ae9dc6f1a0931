#include "edge/dns/dkim_key_lookup.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/proof/dkim_answers.h"
#include "edge/dns/resolver_library.h"
#include "edge/dns/txt_lookup.h"

namespace backstop::dns {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// For one server, doubled once; then the next one or the end.
constexpr int kServerWaitMilliseconds = 1300;
constexpr int kTries = 2;
// Between two looks for new questions, in milliseconds, where no descriptor was left to be told by.
constexpr int kUnroused = 200;
// A record of a 4096-bit key fits, and the answer no fragment.
constexpr int kUdpBytes = 1232;

bool is_absence(int status) {
  return status == ARES_ENOTFOUND || status == ARES_ENODATA || status == ARES_EBADNAME;
}

Result<proof::DkimKeyAnswer> keys_of(std::span<const std::uint8_t> message) {
  proof::DkimKeyAnswer answer;
  for (const std::string& record : parse_txt_answer(message)) {
    auto key = proof::parse_dkim_record(record);
    if (key && answer.keys.size() < limits::kDkimKeysPerSelector)
      answer.keys.push_back(*std::move(key));
  }
  return answer;
}

}  // namespace

class DkimKeyLookup::Resolver {
 public:
  explicit Resolver(DkimKeyLookupOptions options)
      : options_(std::move(options)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    start_resolver_library();
    thread_ = std::thread([this] { run(); });
  }
  ~Resolver() {
    {
      const std::scoped_lock lock(mutex_);
      is_closing_ = true;
    }
    rouse();
    thread_.join();
    if (wake_ >= 0) close(wake_);
  }
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  void ask(const proof::DkimKeyName& name, Instant now, Done done) {
    std::optional<Result<proof::DkimKeyAnswer>> known;
    {
      const std::scoped_lock lock(mutex_);
      const auto open = std::ranges::find(open_, name, &Question::name);
      if (open != open_.end()) {
        // Its answer is on its way.
        open->waiting.push_back(std::move(done));
        return;
      }
      known = answers_.find(name, now);
      if (!known) {
        open_.push_back(
            {.name = name, .asked = now, .deadline = SteadyClock::now() + options_.wait});
        open_.back().waiting.push_back(std::move(done));
      }
    }
    if (known) {
      done(*std::move(known));
    } else {
      rouse();
    }
  }

 private:
  struct Question {
    proof::DkimKeyName name;
    Instant asked{};
    SteadyClock::time_point deadline;
    bool sent = false;
    std::vector<Done> waiting = {};
  };
  // What c-ares hands back; its own, since the question may be gone by then.
  struct Query {
    Resolver* resolver;
    proof::DkimKeyName name;
  };

  void rouse() const {
    const std::uint64_t one = 1;
    // A counter that is full rouses as well.
    [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
  }

  void run() {
    for (;;) {
      send_new();
      end_overdue();
      if (is_over()) break;
      wait_for_something();
    }
    close_channel();
    const auto nobody = fail(Errc::Unavailable, "DNS", "is not asked any more: stopping");
    for (;;) {
      std::optional<proof::DkimKeyName> name;
      {
        const std::scoped_lock lock(mutex_);
        if (open_.empty()) return;
        name = open_.front().name;
      }
      answer(*name, nobody);
    }
  }

  bool is_over() {
    const std::scoped_lock lock(mutex_);
    return is_closing_;
  }

  void send_new() {
    std::vector<proof::DkimKeyName> fresh;
    bool idle = false;
    {
      const std::scoped_lock lock(mutex_);
      idle = open_.empty();
      for (Question& question : open_) {
        if (!std::exchange(question.sent, true)) fresh.push_back(question.name);
      }
    }
    // With nothing open the channel goes, so that the next one reads resolv.conf as it is then.
    if (idle) close_channel();
    for (proof::DkimKeyName& name : fresh) {
      if (!open_channel()) {
        answer(name, fail(Errc::Unavailable, "DNS", "the resolver cannot be started"));
        continue;
      }
      const std::string where = name.selector + "._domainkey." + name.domain;
      ares_query(channel_, where.c_str(), ns_c_in, ns_t_txt, on_reply,
                 new Query{this, std::move(name)});
    }
  }

  static void on_reply(void* given, int status, int /*timeouts*/, unsigned char* message,
                       int length) {
    const std::unique_ptr<Query> query(static_cast<Query*>(given));
    Resolver& resolver = *query->resolver;
    if (status == ARES_SUCCESS) {
      resolver.answer(query->name, keys_of({message, static_cast<std::size_t>(length)}));
    } else if (is_absence(status)) {
      resolver.answer(query->name, proof::DkimKeyAnswer{});
    } else if (status != ARES_ECANCELLED && status != ARES_EDESTRUCTION) {
      resolver.answer(query->name,
                      fail(Errc::Unavailable, query->name.domain, ares_strerror(status)));
    }
  }

  // Remembers it, and tells whoever waits.
  void answer(const proof::DkimKeyName& name, Result<proof::DkimKeyAnswer> result) {
    std::vector<Done> waiting;
    {
      const std::scoped_lock lock(mutex_);
      const auto open = std::ranges::find(open_, name, &Question::name);
      if (open == open_.end()) return;
      result = answers_.keep(name, std::move(result), open->asked);
      waiting = std::move(open->waiting);
      open_.erase(open);
    }
    for (const Done& done : waiting)
      done(result);
  }

  void end_overdue() {
    const auto now = SteadyClock::now();
    std::vector<proof::DkimKeyName> overdue;
    {
      const std::scoped_lock lock(mutex_);
      for (const Question& question : open_) {
        if (question.deadline <= now) overdue.push_back(question.name);
      }
    }
    for (const proof::DkimKeyName& name : overdue)
      answer(name, fail(Errc::Unavailable, name.domain, "no name server answered in time"));
  }

  // Until a server answers, a question is overdue, or somebody asks.
  void wait_for_something() {
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
    std::vector<pollfd> polled{{.fd = wake_, .events = POLLIN, .revents = 0}};
    int mask = 0;
    if (channel_ != nullptr)
      mask = ares_getsock(channel_, sockets.data(), static_cast<int>(sockets.size()));
    for (unsigned i = 0; i < sockets.size(); ++i) {
      const bool reads = ARES_GETSOCK_READABLE(static_cast<unsigned>(mask), i) != 0;
      const bool writes = ARES_GETSOCK_WRITABLE(static_cast<unsigned>(mask), i) != 0;
      if (!reads && !writes) continue;
      const int events = (reads ? POLLIN : 0) | (writes ? POLLOUT : 0);
      polled.push_back({.fd = sockets[i], .events = static_cast<short>(events), .revents = 0});
    }
    poll(polled.data(), polled.size(), next_wait());
    std::uint64_t count = 0;
    [[maybe_unused]] const auto taken = read(wake_, &count, sizeof count);
    if (channel_ == nullptr) return;
    for (std::size_t i = 1; i < polled.size(); ++i) {
      const short ready = polled[i].revents;
      const bool readable = (ready & (POLLIN | POLLHUP | POLLERR)) != 0;
      ares_process_fd(channel_, readable ? polled[i].fd : ARES_SOCKET_BAD,
                      (ready & POLLOUT) != 0 ? polled[i].fd : ARES_SOCKET_BAD);
    }
    ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  }

  // In milliseconds; -1 with nothing open, until somebody rouses us.
  int next_wait() {
    const std::scoped_lock lock(mutex_);
    if (open_.empty()) return wake_ < 0 ? kUnroused : -1;
    const auto first = std::ranges::min_element(open_, {}, &Question::deadline)->deadline;
    const auto left = std::chrono::duration_cast<milliseconds>(first - SteadyClock::now());
    timeval most{};
    most.tv_usec = 200'000;  // However c-ares counts, it is looked after five times a second.
    timeval own{};
    const timeval* until = channel_ == nullptr ? &most : ares_timeout(channel_, &most, &own);
    const auto wait = milliseconds(until->tv_sec * 1000 + until->tv_usec / 1000 + 1);
    return static_cast<int>(
        std::clamp(std::min(left, wait), milliseconds(0), milliseconds(200)).count());
  }

  bool open_channel() {
    if (channel_ != nullptr) return true;
    ares_options settings{};
    settings.flags = ARES_FLAG_EDNS;
    settings.timeout = kServerWaitMilliseconds;
    settings.tries = kTries;
    settings.ednspsz = kUdpBytes;
    const int which = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ;
    if (ares_init_options(&channel_, &settings, which) != ARES_SUCCESS) {
      channel_ = nullptr;
      return false;
    }
    if (!options_.servers.empty() &&
        ares_set_servers_ports_csv(channel_, options_.servers.c_str()) != ARES_SUCCESS) {
      close_channel();
      return false;
    }
    return true;
  }
  void close_channel() {
    if (channel_ != nullptr) ares_destroy(channel_);
    channel_ = nullptr;
  }

  const DkimKeyLookupOptions options_;
  const int wake_;
  ares_channel channel_ = nullptr;  // Of the thread alone.
  std::mutex mutex_;
  proof::DkimAnswers answers_;  // Guarded by mutex_.
  std::vector<Question> open_;  // Guarded by mutex_.
  bool is_closing_ = false;     // Guarded by mutex_.
  std::thread thread_;
};

DkimKeyLookup::DkimKeyLookup(DkimKeyLookupOptions options)
    : resolver_(std::make_unique<Resolver>(std::move(options))) {}
DkimKeyLookup::~DkimKeyLookup() = default;

void DkimKeyLookup::ask(const proof::DkimKeyName& name, Instant now, Done done) {
  resolver_->ask(name, now, std::move(done));
}

}  // namespace backstop::dns
