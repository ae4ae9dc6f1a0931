#include "core/config/contain_readers.h"

#include "core/config/values.h"

namespace backstop::config {
namespace {

constexpr std::int64_t kMostSamples = 600;  // Ten a second: a disk's worth of noise.
constexpr std::int64_t kMostMegabytes = 10'000;
constexpr std::int64_t kMostUnproven = 100'000;

}  // namespace

Result<void> set_sample_rate(Config& config, const Value& value) {
  BS_TRY(const auto rate, read_number(value.node, 0, kMostSamples));
  config.samples.per_minute = static_cast<unsigned>(rate);
  return {};
}

Result<void> set_sample_megabytes(Config& config, const Value& value) {
  BS_TRY(const auto megabytes, read_number(value.node, 1, kMostMegabytes));
  config.samples.megabytes = static_cast<unsigned>(megabytes);
  return {};
}

Result<void> set_unproven_rate(Config& config, const Value& value) {
  BS_TRY(const auto rate, read_number(value.node, 0, kMostUnproven));
  config.unproven_per_hour = static_cast<unsigned>(rate);
  return {};
}

}  // namespace backstop::config
