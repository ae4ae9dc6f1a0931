#include "edge/door/loop.h"

#include <fmt/core.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include "core/base/escape.h"
#include "core/base/limits.h"
#include "edge/door/connection.h"

namespace backstop::door {
namespace {

// Deadlines closer together than this are looked at together.
constexpr std::chrono::milliseconds kLookApart{20};

}  // namespace

Loop::Loop(World& world)
    : world_(world),
      // One thread runs it.
      context_(1),
      work_(context_.get_executor()),
      timer_(context_),
      read_buffer_(limits::kLoopReadBytes) {}

Loop::~Loop() = default;

void Loop::start(unsigned number) {
  // Signals are for the thread that started us.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { context_.run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_setname_np(thread_.native_handle(), (world_.name + "-" + std::to_string(number)).c_str());
}

void Loop::join() {
  if (thread_.joinable()) thread_.join();
}

void Loop::adopt(int descriptor, bool is_inet, Door& door) {
  ++load_;
  boost::asio::dispatch(context_,
                        [this, descriptor, is_inet, &door] { add(descriptor, is_inet, door); });
}

void Loop::add(int descriptor, bool is_inet, Door& door) {
  try {
    auto connection = std::make_shared<Connection>(*this, descriptor, is_inet, door);
    descriptor = -1;  // The connection's from here on.
    const auto place = connections_.insert(connections_.end(), connection);
    connection->start(place);
    if (!connection->closed()) look_by(connection->deadline());
  } catch (const std::exception& fault) {
    if (descriptor >= 0) ::close(descriptor);
    --load_;
    --world_.connections;
    world_.log.write(ports::LogLevel::Error, fmt::format("{}: a connection could not be served: {}",
                                                         door.name(), escape_log(fault.what())));
    world_.passed_by();
  }
}

void Loop::forget(std::list<std::shared_ptr<Connection>>::iterator place) {
  connections_.erase(place);
  --load_;
  --world_.connections;
  world_.on_room();
  if (draining_ && connections_.empty()) timer_.cancel();
}

void Loop::look_by(SteadyTime deadline) {
  if (deadline >= look_at_) return;
  look_at_ = std::max(deadline, std::chrono::steady_clock::now() + kLookApart);
  timer_.expires_at(look_at_);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) look();
  });
}

void Loop::look() {
  look_at_ = SteadyTime::max();
  const SteadyTime now = std::chrono::steady_clock::now();
  const bool end = now >= drained_by_;
  SteadyTime next = drained_by_;
  for (auto at = connections_.begin(); at != connections_.end();) {
    // May be forgotten, and with it its place, in the call.
    const std::shared_ptr<Connection> connection = *at++;
    if (end) {
      connection->close();
    } else if (connection->deadline() <= now) {
      connection->on_deadline();
    }
    next = std::min(next, connection->deadline());
  }
  if (!connections_.empty()) look_by(next);
}

void Loop::drain() {
  boost::asio::post(context_, [this] { begin_drain(); });
}

void Loop::begin_drain() {
  if (draining_) return;
  draining_ = true;
  work_.reset();
  drain_began_ = std::chrono::steady_clock::now();
  drained_by_ = drain_began_ + world_.limits.drain;
  SteadyTime next = drained_by_;
  for (auto at = connections_.begin(); at != connections_.end();) {
    const std::shared_ptr<Connection> connection = *at++;
    connection->close_if_fresh();
    next = std::min(next, connection->deadline());
  }
  if (connections_.empty()) {
    timer_.cancel();
  } else {
    look_by(next);
  }
}

}  // namespace backstop::door
