#include "edge/http/page_server.h"

#include <utility>

namespace backstop::http {
namespace {

class PageDoor final : public door::Door {
 public:
  PageDoor(std::string name, Page page) : name_(std::move(name)), page_(std::move(page)) {}
  std::unique_ptr<door::Conversation> open() override {
    return std::make_unique<PageConversation>(page_);
  }
  std::string_view name() const override { return name_; }

 private:
  std::string name_;
  Page page_;
};

}  // namespace

Result<std::unique_ptr<door::Server>> start_page_server(const PageServerOptions& options, Page page,
                                                        const door::ServerPorts& ports) {
  const auto door = std::make_shared<PageDoor>(options.name, std::move(page));
  door::ServerOptions how{.name = options.name,
                          .listen = {},
                          .threads = 1,
                          .socket_mode = options.socket_mode,
                          .activated = options.activated,
                          .limits = options.limits,
                          .doors = door};
  for (const config::Endpoint& endpoint : options.listen)
    how.listen.push_back({.endpoint = endpoint, .door = door.get()});
  return door::Server::start(how, ports);
}

}  // namespace backstop::http
