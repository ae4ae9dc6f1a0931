#include "app/webhook_target.h"

#include <fmt/format.h>

#include <filesystem>
#include <span>

#include "core/base/ascii.h"
#include "core/base/feed_limits.h"
#include "edge/os/private_directory.h"

namespace backstop::app {

Result<webhook::Target> open_target(std::string_view section, const config::Webhook& webhook) {
  webhook::Target target{.url = webhook.url, .ca_file = webhook.ca_file, .key = nullptr};
  if (webhook.secret_file.empty()) return target;
  const std::string option = fmt::format("{}.webhook_secret", section);
  auto read = os::read_private_file(webhook.secret_file, limits::kWebhookSecretBytes);
  if (!read) return fail(read.error().code, option, read.error().text());
  std::span<const std::uint8_t> bytes = read->bytes();
  // Editors put a line end there.
  while (!bytes.empty() && ascii::is_space(static_cast<char>(bytes.back())))
    bytes = bytes.first(bytes.size() - 1);
  if (bytes.size() < limits::kWebhookSecretLeast) {
    return fail(Errc::Invalid, option,
                fmt::format("{} holds fewer than {} bytes; make one with: openssl rand -hex 32",
                            webhook.secret_file, limits::kWebhookSecretLeast));
  }
  target.key = std::make_shared<const crypto::HmacSha256>(crypto::Secret(bytes));
  return target;
}

std::string spool_path(const config::Config& config, std::string_view name) {
  if (config.store_directory.empty()) return "";
  std::error_code ignored;
  std::filesystem::create_directories(config.store_directory, ignored);
  return fmt::format("{}/{}", config.store_directory, name);
}

void tell_damage(const webhook::Delivery& delivery, std::string_view option, ports::LogSink& log) {
  if (!delivery.was_damaged()) return;
  log.write(ports::LogLevel::Warning,
            fmt::format("{}: what waited from before could not be read whole; what could not is "
                        "beside it, or was half a line",
                        option));
}

}  // namespace backstop::app
