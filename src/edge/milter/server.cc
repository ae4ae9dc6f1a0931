#include "edge/milter/server.h"

#include <utility>

#include "edge/door/message_flow.h"
#include "edge/door/server.h"
#include "edge/milter/session.h"

namespace backstop::milter {
namespace {

class MilterDoor final : public door::Door {
 public:
  explicit MilterDoor(SessionWorld& world) : world_(world) {}
  std::unique_ptr<door::Conversation> open() override { return std::make_unique<Session>(world_); }
  std::string_view name() const override { return "milter"; }

 private:
  SessionWorld& world_;
};

}  // namespace

struct Server::Parts {
  explicit Parts(const ServerPorts& ports)
      : source(ports.surroundings),
        sessions{.clock = ports.clock,
                 .log = ports.log,
                 .messages = source,
                 .ledger = ports.ledger,
                 .history = ports.history,
                 .wrong_tags = ports.wrong_tags,
                 .on_passed_by = ports.on_passed_by},
        door(sessions) {}

  door::TransactionSource source;
  SessionWorld sessions;
  MilterDoor door;
  std::unique_ptr<door::Server> server;  // Ends before what its connections use.
};

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options,
                                              const ServerPorts& ports) {
  auto parts = std::make_unique<Parts>(ports);
  door::ServerOptions how{.name = "milter",
                          .listen = {},
                          .threads = options.threads,
                          .socket_mode = options.socket_mode,
                          .activated = options.activated,
                          .limits = options.limits};
  for (const config::Endpoint& endpoint : options.listen)
    how.listen.push_back({.endpoint = endpoint, .door = &parts->door});
  BS_TRY(parts->server, door::Server::start(how, {.clock = ports.clock,
                                                  .answers = ports.answers,
                                                  .log = ports.log,
                                                  .on_passed_by = ports.on_passed_by}));
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() = default;

const std::vector<config::Endpoint>& Server::endpoints() const {
  return parts_->server->endpoints();
}
std::size_t Server::connections() const {
  return parts_->server->connections();
}
bool Server::answers() {
  return parts_->server->answers();
}
void Server::stop() {
  parts_->server->stop();
}
void Server::wait() {
  parts_->server->wait();
}

}  // namespace backstop::milter
