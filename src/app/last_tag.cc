#include "app/last_tag.h"

#include <fmt/format.h>

#include <utility>

#include "core/base/escape.h"
#include "edge/os/text_file.h"

namespace backstop::app {
namespace {

// A time takes twenty.
constexpr std::size_t kBytesMax = 64;

std::int64_t day_of(Instant at) {
  return std::chrono::floor<Days>(at).time_since_epoch() / Days{1};
}

}  // namespace

Result<std::optional<Instant>> read_last_tag(const std::string& directory) {
  const std::string path = fmt::format("{}/{}", directory, kLastTagFile);
  const auto text = os::read_text_file(path, kBytesMax);
  if (!text) {
    if (text.error().code == Errc::NotFound) return std::optional<Instant>();
    return tl::unexpected(text.error());
  }
  const auto at = parse_instant(std::string_view(*text).substr(0, text->find('\n')));
  if (!at)
    return fail(Errc::Invalid, path, "holds no time; when the last tag went out is not known");
  return std::optional<Instant>(*at);
}

LastTag::LastTag(const std::string& directory, ports::LogSink& log)
    : path_(fmt::format("{}/{}", directory, kLastTagFile)), log_(log) {
  if (const auto known = read_last_tag(directory); known && *known) written_ = day_of(**known);
  noted_ = written_;
}

void LastTag::note(Instant now) {
  const std::int64_t day = day_of(now);
  std::int64_t known = noted_.load(std::memory_order_relaxed);
  while (day > known && !noted_.compare_exchange_weak(known, day, std::memory_order_relaxed)) {
  }
}

void LastTag::beat() {
  const std::int64_t day = noted_.load(std::memory_order_relaxed);
  if (day <= written_) return;
  const auto written = os::write_text_file(path_, render_instant(Instant{Days{day}}) + "\n", 0640);
  const std::string trouble = written ? std::string() : written.error().text();
  if (written) written_ = day;
  if (trouble == std::exchange(trouble_, trouble) || written) return;
  log_.write(ports::LogLevel::Warning,
             fmt::format("when a sender was tagged last cannot be written down, and is tried again "
                         "every second: {}",
                         escape_terminal(trouble)));
}

}  // namespace backstop::app
