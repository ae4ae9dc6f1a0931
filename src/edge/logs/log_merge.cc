#include "edge/logs/log_merge.h"

#include <algorithm>

#include "edge/logs/log_file.h"

namespace backstop::logs {
namespace {

// Where so many lines tell nothing, a file is taken for one that begins early.
constexpr unsigned kLookedAtLines = 10'000;

Instant find_first(const std::string& path, Instant now, LogZone zone) {
  LogFile file(path);
  LineParser parser(now, zone);
  std::string_view line;
  for (unsigned i = 0; i < kLookedAtLines && file.next(line); ++i) {
    if (const auto parsed = parser.parse(line)) return parsed->at;
  }
  return {};
}

}  // namespace

struct LogMerge::Source {
  Source(std::string name, Instant now, LogZone zone)
      : path(std::move(name)), first(find_first(path, now, zone)), parser(now, zone) {}

  std::string path;
  Instant first;
  LineParser parser;
  std::unique_ptr<LogFile> file;
  std::uint64_t counted = 0;
  LogLine line;
};

LogMerge::LogMerge(const std::vector<std::string>& paths, Instant now, LogZone zone)
    : now_(now), zone_(zone) {
  for (const std::string& path : paths)
    waiting_.push_back(std::make_unique<Source>(path, now_, zone_));
  std::ranges::reverse(waiting_);
  std::ranges::stable_sort(waiting_,
                           [](const auto& a, const auto& b) { return a->first > b->first; });
}

LogMerge::~LogMerge() = default;

bool LogMerge::advance(Source& source) {
  std::string_view text;
  while (source.file->next(text)) {
    ++lines_;
    bytes_ += source.file->bytes() - source.counted;
    source.counted = source.file->bytes();
    if (const auto parsed = source.parser.parse(text)) {
      source.line = *parsed;
      return true;
    }
  }
  if (!source.file->trouble().empty())
    troubles_.push_back(source.path + ": " + source.file->trouble());
  return false;
}

// Opens what begins no later than what is read.
void LogMerge::open_due() {
  while (!waiting_.empty()) {
    const bool is_due = open_.empty() || std::ranges::any_of(open_, [&](const auto& source) {
                          return waiting_.back()->first <= source->line.at;
                        });
    if (!is_due) return;
    std::unique_ptr<Source> source = std::move(waiting_.back());
    waiting_.pop_back();
    source->file = std::make_unique<LogFile>(source->path);
    if (advance(*source)) open_.push_back(std::move(source));
  }
}

const LogLine* LogMerge::next() {
  if (handed_out_ != nullptr && !advance(*handed_out_))
    std::erase_if(open_, [&](const auto& source) { return source.get() == handed_out_; });
  handed_out_ = nullptr;
  open_due();
  for (const auto& source : open_) {
    if (handed_out_ == nullptr || source->line.at < handed_out_->line.at)
      handed_out_ = source.get();
  }
  return handed_out_ == nullptr ? nullptr : &handed_out_->line;
}

}  // namespace backstop::logs
