#include "core/play/standard_ring.h"

#include <algorithm>
#include <array>

namespace backstop::play {
namespace {

crypto::Secret make_secret(std::uint8_t byte) {
  std::array<std::uint8_t, 32> bytes{};
  std::fill(bytes.begin(), bytes.end(), byte);
  return crypto::Secret(bytes);
}

}  // namespace

std::shared_ptr<const proof::KeyRing> standard_ring(StageKeys keys) {
  if (keys == StageKeys::None) return nullptr;
  const bool signs = keys == StageKeys::Standard;
  const proof::KeyInfo info{.id = 1,
                            .state = signs ? proof::KeyState::Emitting : proof::KeyState::Waiting,
                            .created = *parse_instant("2026-01-01"),
                            .emits_until = *parse_instant("2027-01-01")};
  std::vector<std::shared_ptr<const proof::Key>> all{
      std::make_shared<const proof::Key>(info, make_secret(0x4b))};
  return std::make_shared<const proof::KeyRing>(make_secret(0x52), std::move(all));
}

Instant standard_clock() {
  return *parse_instant("2026-11-21T12:00:00Z");
}

}  // namespace backstop::play
