#include "edge/mta/request_server.h"

#include <functional>
#include <utility>

#include "edge/door/message_flow.h"
#include "edge/door/message_world.h"
#include "edge/mta/line_conversation.h"
#include "edge/mta/map_conversation.h"
#include "edge/mta/policy_conversation.h"
#include "edge/mta/rspamc_conversation.h"

namespace backstop::mta {
namespace {

using Open = std::function<std::unique_ptr<door::Conversation>()>;

class RequestDoor final : public door::Door {
 public:
  RequestDoor(std::string_view name, Open open) : name_(name), open_(std::move(open)) {}
  std::unique_ptr<door::Conversation> open() override { return open_(); }
  std::string_view name() const override { return name_; }

 private:
  std::string_view name_;
  Open open_;
};

struct Parts {
  explicit Parts(const door::ServerPorts& ports)
      : source(ports.surroundings),
        addresses{.clock = ports.clock,
                  .surroundings = ports.surroundings,
                  .wrong_tags = ports.wrong_tags,
                  .on_tagged = ports.on_tagged},
        messages(door::make_message_world(ports, source)),
        map("socketmap", [this] { return std::make_unique<MapConversation>(addresses); }),
        policy("policy", [this] { return std::make_unique<PolicyConversation>(addresses); }),
        line("line", [this] { return std::make_unique<LineConversation>(addresses, messages); }),
        rspamd("rspamd", [this] { return std::make_unique<RspamcConversation>(messages); }) {}

  door::TransactionSource source;
  AddressWorld addresses;
  door::MessageWorld messages;
  RequestDoor map;
  RequestDoor policy;
  RequestDoor line;
  RequestDoor rspamd;
};

}  // namespace

Result<std::unique_ptr<door::Server>> start_request_server(const RequestServerOptions& options,
                                                           const door::ServerPorts& ports) {
  const auto parts = std::make_shared<Parts>(ports);
  door::ServerOptions how{.name = "doors",
                          .listen = {},
                          .threads = options.doors.threads,
                          .socket_mode = options.doors.socket_mode,
                          .activated = options.activated,
                          .limits = options.limits,
                          .doors = parts};
  const auto add = [&](const std::vector<config::Endpoint>& endpoints, RequestDoor& door) {
    for (const config::Endpoint& endpoint : endpoints)
      how.listen.push_back({.endpoint = endpoint, .door = &door});
  };
  add(options.doors.socketmap, parts->map);
  add(options.doors.policy, parts->policy);
  add(options.doors.line, parts->line);
  add(options.doors.rspamd, parts->rspamd);
  return door::Server::start(how, ports);
}

}  // namespace backstop::mta
