#include "app/ring_watch.h"

#include <fmt/format.h>

#include "core/base/escape.h"
#include "edge/os/text_file.h"

namespace backstop::app {
namespace {

constexpr std::size_t kMarkFileBytes = 256;
constexpr std::uint32_t kMarkFileMode = 0640;

}  // namespace

std::optional<RingMark> read_ring_mark(const std::string& directory) {
  const auto text =
      os::read_text_file(fmt::format("{}/{}", directory, kRingMarkFile), kMarkFileBytes);
  const auto blank = text ? text->find(' ') : std::string::npos;
  if (blank == std::string::npos) return std::nullopt;
  RingMark out{.mark = text->substr(0, blank), .remade_at = std::nullopt};
  const auto since = parse_instant(text->substr(blank + 1, text->find('\n') - blank - 1));
  if (since) out.remade_at = *since;
  return out;
}

RingWatch::RingWatch(const std::string& directory, ports::Alarms& alarms)
    : path_(fmt::format("{}/{}", directory, kRingMarkFile)), alarms_(alarms) {
  if (auto read = read_ring_mark(directory)) {
    mark_ = std::move(read->mark);
    if (read->remade_at) remade_at_ = read->remade_at->time_since_epoch().count();
  }
}

void RingWatch::look(const proof::SentHasher* hasher, Instant now) {
  if (hasher == nullptr) return;
  const std::string mark = fmt::format("{:016x}", hasher->text("the ring itself"));
  if (mark != mark_) {
    if (!mark_.empty()) {
      remade_at_ = now.time_since_epoch().count();
      alarms_.raise(alarm::Alarm::RingRemade,
                    "the ring of keys is another than before, so what was sent under the old "
                    "one cannot be proved: for one lifetime every domain only observes. If the old "
                    "ring is still somewhere, put its files back");
    }
    mark_ = mark;
    unwritten_ = true;
  }
  if (!unwritten_) return;
  const std::int64_t at = remade_at_;
  const std::string since = at < 0 ? "-" : render_instant(Instant{Seconds{at}});
  const auto written =
      os::write_text_file(path_, fmt::format("{} {}\n", mark_, since), kMarkFileMode);
  unwritten_ = !written.has_value();
  const std::string trouble = written ? std::string() : written.error().text();
  if (trouble == trouble_) return;
  trouble_ = trouble;
  if (trouble.empty()) return alarms_.end(alarm::Alarm::RingUnwritten, "it is written again");
  alarms_.raise(alarm::Alarm::RingUnwritten,
                fmt::format("the mark of the ring cannot be written, so a ring that is made "
                            "anew would not be noticed after a restart: {}",
                            escape_terminal(trouble)));
}

bool RingWatch::is_remade(Instant now, Seconds lifetime) const {
  const std::int64_t at = remade_at_;
  return at >= 0 && now < Instant{Seconds{at}} + lifetime;
}

}  // namespace backstop::app
