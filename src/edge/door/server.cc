#include "edge/door/server.h"

#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "core/base/limits.h"
#include "edge/door/acceptor.h"
#include "edge/door/listener.h"
#include "edge/door/loop.h"

namespace backstop::door {

namespace {

// Beyond a server's connections: listeners, loops, the log, keys, and those of the server for
// requests.
constexpr rlim_t kOtherDescriptors = 128 + limits::kDoorConnections;

// A shell's limit of 1,024 would be met long before ours.
void raise_descriptor_limit(std::size_t connections) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const rlim_t wanted = std::min(limit.rlim_max, connections + kOtherDescriptors);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

struct Server::Parts {
  Parts(const ServerPorts& ports, const ServerOptions& options)
      : doors(options.doors),
        world{.clock = ports.clock,
              .answers = ports.answers,
              .log = ports.log,
              .limits = options.limits,
              .name = options.name,
              .metrics = ports.metrics,
              .on_passed_by = ports.on_passed_by,
              .on_room = {}} {}

  std::shared_ptr<void> doors;  // Ends after its connections.
  World world;
  std::vector<std::shared_ptr<Loop>> loops;
  std::vector<std::shared_ptr<Acceptor>> acceptors;
  std::vector<config::Endpoint> endpoints;
  std::atomic<bool> stopping{false};
  std::atomic<std::size_t> silent{0};  // Loops that were asked for an answer and gave none yet.
};

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options,
                                              const ServerPorts& ports) {
  std::vector<std::pair<Listener, Door*>> listeners;
  for (const Opening& opening : options.listen) {
    BS_TRY(auto opened, open_listeners(opening.endpoint, options.socket_mode, options.activated));
    for (Listener& listener : opened)
      listeners.emplace_back(std::move(listener), opening.door);
  }
  raise_descriptor_limit(options.limits.connections);
  auto parts = std::make_unique<Parts>(ports, options);
  for (unsigned i = 0; i < std::max(1U, options.threads); ++i) {
    parts->loops.push_back(std::make_shared<Loop>(parts->world));
  }
  for (auto& [listener, door] : listeners) {
    parts->acceptors.push_back(
        std::make_shared<Acceptor>(std::move(listener), *door, parts->loops));
    parts->endpoints.push_back(parts->acceptors.back()->endpoint());
  }
  parts->world.on_room = [p = parts.get()] {
    for (const auto& acceptor : p->acceptors)
      acceptor->wake();
  };
  for (const auto& acceptor : parts->acceptors)
    acceptor->start();
  unsigned number = 0;
  for (const auto& loop : parts->loops)
    loop->start(number++);
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() {
  stop();
  wait();
}

const std::vector<config::Endpoint>& Server::endpoints() const {
  return parts_->endpoints;
}

std::size_t Server::connections() const {
  return parts_->world.connections;
}

bool Server::answers() {
  if (parts_->silent != 0) return false;
  parts_->silent = parts_->loops.size();
  for (const auto& loop : parts_->loops)
    boost::asio::post(loop->context(), [parts = parts_.get()] { --parts->silent; });
  return true;
}

void Server::stop() {
  if (parts_->stopping.exchange(true)) return;
  boost::asio::post(parts_->loops.front()->context(), [parts = parts_.get()] {
    for (const auto& acceptor : parts->acceptors)
      acceptor->close();
    // Behind every connection the acceptors have handed over.
    for (const auto& loop : parts->loops)
      loop->drain();
  });
}

void Server::wait() {
  for (const auto& loop : parts_->loops)
    loop->join();
}

}  // namespace backstop::door
