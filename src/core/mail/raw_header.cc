#include "core/mail/raw_header.h"

#include "core/base/assert.h"
#include "core/base/limits.h"

namespace backstop::mail {
namespace {

// What most returned headers fit into: few are moved while they grow, and allocators have so little
// at hand.
constexpr std::size_t kUsualBytes = 1000;
constexpr std::size_t kUsualFields = 24;

}  // namespace

bool RawHeader::append(std::string_view name, std::string_view raw) {
  full_ = full_ || ends_.size() >= limits::kHeaderFieldsPerBlock ||
          bytes_.size() + name.size() + raw.size() > limits::kRawHeaderBytes;
  if (full_) return false;
  if (ends_.empty()) {
    bytes_.reserve(kUsualBytes);
    ends_.reserve(kUsualFields);
  }
  bytes_ += name;
  const auto name_end = static_cast<std::uint32_t>(bytes_.size());
  bytes_ += raw;
  ends_.push_back({.name = name_end, .raw = static_cast<std::uint32_t>(bytes_.size())});
  return true;
}

void RawHeader::clear() {
  *this = RawHeader();
}

RawField RawHeader::field(std::size_t index) const {
  BS_ASSERT(index < ends_.size());
  const std::size_t begin = index == 0 ? 0 : ends_[index - 1].raw;
  const Ends ends = ends_[index];
  const std::string_view all(bytes_);
  return {.name = all.substr(begin, ends.name - begin),
          .raw = all.substr(ends.name, ends.raw - ends.name)};
}

}  // namespace backstop::mail
