#include "edge/door/connection.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>

#include "core/base/escape.h"

namespace backstop::door {
namespace {

// A question on its way to whoever answers it.  Shared with the answerer, who may answer inside the
// call, later from any thread, or when we are long gone.
struct OpenQuestion {
  std::mutex mutex;
  bool asker_left = false;  // the asking call has returned without an answer.
  bool answered = false;
  std::optional<Result<transaction::Answer>> answer;
};

std::size_t unread_bytes(int descriptor) {
  int bytes = 0;
  return ::ioctl(descriptor, FIONREAD, &bytes) == 0 && bytes > 0 ? static_cast<std::size_t>(bytes)
                                                                 : 0;
}

}  // namespace

void acknowledge_quickly(int descriptor) {
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

std::string describe_peer(int descriptor) {
  sockaddr_storage address{};
  socklen_t bytes = sizeof address;
  // SAFETY: the sockets interface takes every address as sockaddr; the kernel writes the family.
  if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&address), &bytes) != 0)
    return "unknown";
  char text[INET6_ADDRSTRLEN] = {};
  if (address.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    ::inet_ntop(AF_INET, &in.sin_addr, text, sizeof text);
    return fmt::format("inet:{}:{}", text, ntohs(in.sin_port));
  }
  if (address.ss_family == AF_INET6) {
    sockaddr_in6 in6{};
    std::memcpy(&in6, &address, sizeof in6);
    ::inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof text);
    return fmt::format("inet:[{}]:{}", text, ntohs(in6.sin6_port));
  }
  ucred peer{};
  bytes = sizeof peer;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) != 0) return "unknown";
  return fmt::format("unix:pid:{}:uid:{}", peer.pid, peer.uid);
}

Connection::Connection(Loop& loop, int descriptor, bool is_inet, Door& door)
    : loop_(loop),
      door_(door),
      door_index_(metrics::index_of(metrics::Label::Door, door.name())),
      socket_(loop.context()),
      is_inet_(is_inet),
      active_(std::chrono::steady_clock::now()),
      conversation_(door.open()) {
  if (is_inet_) {
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    acknowledge_quickly(descriptor);
  }
  // Last: from here on the descriptor is ours to close.
  socket_.assign({is_inet ? AF_INET : AF_UNIX, 0}, descriptor);
  count(metrics::Metric::ConnectionsTotal);
  count(metrics::Metric::ConnectionsOpen);
}

Connection::~Connection() {
  count(metrics::Metric::ConnectionsOpen, -1);
}

void Connection::count(metrics::Metric metric, std::int64_t by) {
  ports::Metrics* const metrics = loop_.world().metrics;
  if (metrics != nullptr) metrics->add({.metric = metric, .first = door_index_}, by);
}

// Of the question that is open.
void Connection::count_answer(bool in_time) {
  ports::Metrics* const metrics = loop_.world().metrics;
  if (metrics == nullptr) return;
  const Question& asked = conversation_->question();
  auto question = metrics::Question::Permit;
  if (std::holds_alternative<transaction::AskLedger>(asked)) question = metrics::Question::Ledger;
  if (std::holds_alternative<transaction::AskDkimKey>(asked)) question = metrics::Question::DkimKey;
  if (std::holds_alternative<transaction::AskCanaryPass>(asked))
    question = metrics::Question::CanaryPass;
  metrics->observe(metrics::series(metrics::Metric::QuestionSeconds, question),
                   std::chrono::steady_clock::now() - asked_);
  if (!in_time) metrics->add(metrics::series(metrics::Metric::QuestionsTimedOutTotal, question));
}

// Whatever is thrown for want of memory, or by a port, costs this connection and no other.
template <class Step>
void Connection::guarded(Step step) {
  try {
    step();
  } catch (const std::exception& fault) {
    const bool in_message = conversation_->in_message();
    count(metrics::Metric::ConnectionFaultsTotal);
    close();
    loop_.world().log.write(
        ports::LogLevel::Error,
        fmt::format("{}: a connection was given up: {}", door_.name(), escape_log(fault.what())));
    if (in_message) loop_.world().passed_by();
  }
}

void Connection::start(std::list<std::shared_ptr<Connection>>::iterator place) {
  place_ = place;
  guarded([&] { read(); });
}

SteadyTime Connection::deadline() const {
  const Limits& limits = loop_.world().limits;
  if (closed_) return SteadyTime::max();
  if (conversation_->asking()) return asked_ + limits.ask_wait;
  if (loop_.draining() && is_idle())
    return std::max(active_, loop_.drain_began()) + limits.drain_idle;
  return active_ + (conversation_->fresh() ? limits.negotiation : limits.idle);
}

void Connection::on_deadline() {
  if (conversation_->asking()) {
    count_answer(false);
    return on_answer(question_, fail(Errc::Unavailable, "", "no answer came in time"));
  }
  if (loop_.draining() && is_idle()) {
    // What the MTA has sent meanwhile may begin a message.
    if (unread_bytes(socket_.native_handle()) == 0) close();
    return;
  }
  guarded([&] {
    const bool in_message = conversation_->in_message();
    conversation_->on_silence();
    drop(in_message);
  });
}

bool Connection::is_idle() const {
  return !conversation_->in_message() && !conversation_->asking() && unsent_.empty();
}

void Connection::close_if_fresh() {
  // What the MTA has sent meanwhile begins its conversation.
  if (conversation_->fresh() && unread_bytes(socket_.native_handle()) == 0) close();
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
  conversation_->on_end();
  loop_.forget(place_);
}

// The peer has gone, or has said all, or more than it should.
void Connection::end() {
  conversation_->on_end();
  if (!conversation_->complaint().empty()) return drop(conversation_->in_message());
  close();
}

void Connection::drop(bool in_message) {
  if (closed_) return;
  count(metrics::Metric::ConnectionsDroppedTotal);
  loop_.world().log.write(ports::LogLevel::Warning,
                          fmt::format("{}: dropped peer={} why={}", door_.name(),
                                      escape_log(describe_peer(socket_.native_handle())),
                                      escape_log(conversation_->complaint())));
  if (in_message) loop_.world().passed_by();
  close();
}

void Connection::read() {
  reading_ = true;
  socket_.async_receive(
      boost::asio::buffer(room_),
      [self = shared_from_this()](const boost::system::error_code& error, std::size_t bytes) {
        self->reading_ = false;
        if (!self->closed_) self->guarded([&] { error ? self->end() : self->on_read(bytes); });
      });
}

void Connection::on_read(std::size_t bytes) {
  if (is_inet_) acknowledge_quickly(socket_.native_handle());
  active_ = std::chrono::steady_clock::now();
  const bool was_fresh = conversation_->fresh();
  std::string& out = loop_.write_buffer();
  out.clear();
  conversation_->on_bytes({room_.data(), bytes}, out);
  if (bytes == room_.size() && !conversation_->over() && !conversation_->asking()) {
    // More than we have room for: the rest in one go, by the buffer that all share.
    std::vector<char>& buffer = loop_.read_buffer();
    const ssize_t more =
        ::recv(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (more > 0 && is_inet_) acknowledge_quickly(socket_.native_handle());
    // An end or an error is met again by the next read.
    if (more > 0) conversation_->on_bytes({buffer.data(), static_cast<std::size_t>(more)}, out);
  }
  // From now on silence is measured by another limit, which may be the shorter one.
  if (was_fresh && !conversation_->fresh()) loop_.look_by(deadline());
  advance(out);
}

// Questions, then the replies in one write, then whatever is to be awaited.
void Connection::advance(std::string& out) {
  answer_questions(out);
  if (!write(out) ||
      (conversation_->over() && (unsent_.empty() || !conversation_->complaint().empty())))
    return end();
  // Nothing is read while replies wait for the peer, or we for an answer.
  if (!unsent_.empty()) {
    socket_.async_wait(Socket::wait_write,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                         if (!error && !self->closed_) self->on_writable();
                       });
    return;
  }
  if (conversation_->asking()) return;
  if (loop_.draining()) loop_.look_by(deadline());
  if (!closed_ && !reading_) read();
}

void Connection::on_writable() {
  guarded([&] {
    std::string& out = loop_.write_buffer();
    out.clear();
    out.swap(unsent_);
    unsent_.shrink_to_fit();
    advance(out);
  });
}

bool Connection::write(std::string_view bytes) {
  while (!bytes.empty() && unsent_.empty()) {
    const ssize_t sent =
        ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno != EAGAIN) return false;
    if (sent < 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  unsent_.append(bytes);
  return true;
}

void Connection::answer_questions(std::string& out) {
  while (conversation_->asking() && !conversation_->over()) {
    auto answer = ask();
    if (!answer) return loop_.look_by(deadline());
    count_answer(true);
    conversation_->on_answer(std::move(*answer), out);
  }
}

// The answer, when it came at once.
std::optional<Result<transaction::Answer>> Connection::ask() {
  const auto question = std::make_shared<OpenQuestion>();
  const std::uint32_t number = ++question_;
  asked_ = std::chrono::steady_clock::now();
  auto done = [question, number, loop = loop_.weak_from_this(),
               self = weak_from_this()](Result<transaction::Answer> answer) {
    {
      const std::scoped_lock lock(question->mutex);
      if (std::exchange(question->answered, true)) return;
      if (!question->asker_left) {
        question->answer = std::move(answer);
        return;
      }
    }
    // The connection is looked at, and let go, only in its own thread.
    const auto alive = loop.lock();
    if (!alive) return;
    boost::asio::post(alive->context(), [self, number, answer = std::move(answer)]() mutable {
      const auto connection = self.lock();
      if (!connection || connection->closed_ || number != connection->question_ ||
          !connection->conversation_->asking())
        return;
      connection->count_answer(true);
      connection->on_answer(number, std::move(answer));
    });
  };
  const Instant now = loop_.world().clock.now();
  ports::Answers& answers = loop_.world().answers;
  if (const auto* ledger = std::get_if<transaction::AskLedger>(&conversation_->question())) {
    answers.ask_ledger(ledger->query, now, std::move(done));
  } else if (const auto* key = std::get_if<transaction::AskDkimKey>(&conversation_->question())) {
    answers.ask_dkim_key(key->name, now, std::move(done));
  } else if (const auto* canary =
                 std::get_if<transaction::AskCanaryPass>(&conversation_->question())) {
    answers.ask_canary_pass(canary->pass, now, std::move(done));
  } else {
    answers.ask_permit(now, std::move(done));
  }
  const std::scoped_lock lock(question->mutex);
  question->asker_left = true;
  return std::move(question->answer);
}

void Connection::on_answer(std::uint32_t question, Result<transaction::Answer> answer) {
  if (closed_ || question != question_ || !conversation_->asking()) return;
  guarded([&] {
    std::string& out = loop_.write_buffer();
    out.clear();
    conversation_->on_answer(std::move(answer), out);
    advance(out);
  });
}

}  // namespace backstop::door
