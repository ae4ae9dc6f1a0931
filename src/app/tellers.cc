#include "app/tellers.h"

namespace backstop::app {

Result<void> Tellers::start(const config::Config& config, const Ports& ports) {
  if (!config.alarms.command.empty() || !config.alarms.webhook.url.empty()) {
    BS_TRY(hooks_, AlarmHooks::start(config, {.clock = ports.clock,
                                              .alarms = ports.alarms,
                                              .metrics = ports.metrics,
                                              .log = ports.log}));
    ports.alarms.add([hooks = hooks_.get()](const alarm::Notice& notice) { hooks->tell(notice); });
  }
  if (!config.feed.tells()) return {};
  BS_TRY(feed_, Feed::start(config, {.clock = ports.clock,
                                     .alarms = ports.alarms,
                                     .metrics = ports.metrics,
                                     .log = ports.log}));
  ports.audience.add(*feed_);
  return {};
}

void Tellers::reopen() {
  if (feed_ != nullptr) feed_->reopen();
}

void Tellers::stop() {
  if (feed_ != nullptr) feed_->stop();
  if (hooks_ != nullptr) hooks_->stop();
}

bool Tellers::are_alike(const config::Config& one, const config::Config& other) {
  config::Feed feed = other.feed;
  feed.header = one.feed.header;  // Of each message's own snapshot.
  return one.alarms == other.alarms && one.feed == feed;
}

}  // namespace backstop::app
