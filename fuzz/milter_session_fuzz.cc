// A session with real transactions behind it survives any bytes, gives the same replies however
// they are cut, and every one of its replies is a whole packet.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.h"
#include "edge/door/message_flow.h"
#include "edge/milter/session.h"
#include "testing/fake_clock.h"
#include "testing/fake_permits.h"
#include "testing/fixed_surroundings.h"

namespace {

using namespace backstop;

void require(bool holds) {
  if (!holds) std::abort();
}

class NoLog final : public ports::LogSink {
 public:
  void write(ports::LogLevel, std::string_view line) override {
    require(line.find('\n') == std::string_view::npos);
  }
};

crypto::Secret secret_of(std::uint8_t byte) {
  std::array<std::uint8_t, 32> bytes{};
  bytes.fill(byte);
  return crypto::Secret(bytes);
}

transaction::Surroundings surroundings() {
  auto config = std::make_shared<config::Config>();
  config->domains.emplace("example.com", config::Domain{.name = "example.com",
                                                        .mode = policy::Mode::Enforce,
                                                        .signing_since = Instant{},
                                                        .coverage = policy::Coverage::Covered});
  auto key = std::make_shared<const proof::Key>(
      proof::KeyInfo{.id = 1, .state = proof::KeyState::Emitting, .created = {}, .emits_until = {}},
      secret_of(2));
  auto ring = std::make_shared<const proof::KeyRing>(
      secret_of(1), std::vector<std::shared_ptr<const proof::Key>>{key});
  return {config, ring};
}

void check_replies(std::string_view out) {
  while (!out.empty()) {
    require(out.size() >= 5);
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
      length = (length << 8) | static_cast<unsigned char>(out[i]);
    require(length >= 1 && out.size() >= 4 + length);
    require(std::string_view("Ocasrtyimq").find(out[4]) != std::string_view::npos);
    out.remove_prefix(4 + length);
  }
}

std::string converse(std::string_view bytes, std::size_t cut) {
  static const transaction::Surroundings in_force = surroundings();
  static const testing::FixedSurroundings source(in_force);
  static testing::FakeClock clock;
  NoLog log;
  testing::FakePermits permits(in_force.ring);
  door::TransactionSource messages(source);
  milter::SessionWorld world{.clock = clock, .log = log, .messages = messages};
  milter::Session session(world);
  std::string out;
  for (const std::string_view piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
    session.on_bytes(piece, out);
    while (session.asking())
      session.on_answer(permits.permit(clock.now()), out);
  }
  session.on_end();
  require(session.over());
  check_replies(out);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = converse(bytes, size);
  const std::size_t cut = size < 2 ? 0 : 1 + data[size - 1] % (size - 1);
  require(converse(bytes, cut) == whole);
  return 0;
}
