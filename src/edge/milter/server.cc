#include "edge/milter/server.h"

#include "edge/door/message_flow.h"
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

struct Parts {
  explicit Parts(const door::ServerPorts& ports)
      : source(ports.surroundings), sessions(door::make_message_world(ports, source)) {}

  door::TransactionSource source;
  SessionWorld sessions;
  MilterDoor door{sessions};
};

}  // namespace

Result<std::unique_ptr<door::Server>> start_server(const ServerOptions& options,
                                                   const door::ServerPorts& ports) {
  const auto parts = std::make_shared<Parts>(ports);
  door::ServerOptions how{.name = "milter",
                          .listen = {},
                          .threads = options.threads,
                          .socket_mode = options.socket_mode,
                          .activated = options.activated,
                          .limits = options.limits,
                          .doors = parts};
  for (const config::Endpoint& endpoint : options.listen)
    how.listen.push_back({.endpoint = endpoint, .door = &parts->door});
  return door::Server::start(how, ports);
}

}  // namespace backstop::milter
