#include "edge/mta/request_server.h"

#include <utility>

#include "edge/door/message_flow.h"
#include "edge/door/message_world.h"
#include "edge/door/server.h"
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

}  // namespace

struct RequestServer::Parts {
  explicit Parts(const RequestServerPorts& ports)
      : source(ports.surroundings),
        addresses{.clock = ports.clock,
                  .surroundings = ports.surroundings,
                  .wrong_tags = ports.wrong_tags},
        messages{.clock = ports.clock,
                 .log = ports.log,
                 .messages = source,
                 .ledger = ports.ledger,
                 .history = ports.history,
                 .wrong_tags = ports.wrong_tags,
                 .on_passed_by = ports.on_passed_by},
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
  std::unique_ptr<door::Server> server;  // Ends before what its connections use.
};

Result<std::unique_ptr<RequestServer>> RequestServer::start(const RequestServerOptions& options,
                                                            const RequestServerPorts& ports) {
  auto parts = std::make_unique<Parts>(ports);
  door::ServerOptions how{.name = "doors",
                          .listen = {},
                          .threads = options.doors.threads,
                          .socket_mode = options.doors.socket_mode,
                          .activated = options.activated,
                          .limits = options.limits};
  const auto add = [&](const std::vector<config::Endpoint>& endpoints, RequestDoor& door) {
    for (const config::Endpoint& endpoint : endpoints)
      how.listen.push_back({.endpoint = endpoint, .door = &door});
  };
  add(options.doors.socketmap, parts->map);
  add(options.doors.policy, parts->policy);
  add(options.doors.line, parts->line);
  add(options.doors.rspamd, parts->rspamd);
  BS_TRY(parts->server, door::Server::start(how, {.clock = ports.clock,
                                                  .answers = ports.answers,
                                                  .log = ports.log,
                                                  .on_passed_by = ports.on_passed_by}));
  return std::unique_ptr<RequestServer>(new RequestServer(std::move(parts)));
}

RequestServer::RequestServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
RequestServer::~RequestServer() = default;

const std::vector<config::Endpoint>& RequestServer::endpoints() const {
  return parts_->server->endpoints();
}
std::size_t RequestServer::connections() const {
  return parts_->server->connections();
}
bool RequestServer::answers() {
  return parts_->server->answers();
}
void RequestServer::stop() {
  parts_->server->stop();
}
void RequestServer::wait() {
  parts_->server->wait();
}

}  // namespace backstop::mta
