// Any bytes as the file of the watch: what is read is written and read again, and takes events
// without surprises.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/assert.h"
#include "core/watch/watch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace backstop;
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto watch = watch::Watch::parse(text);
  if (!watch) return 0;
  BS_ASSERT(watch::Watch::parse(watch->render()).has_value());
  const watch::JudgedMessage message{.subject = text.substr(0, 80), .message_id = "a@b.test"};
  for (unsigned i = 0; i < 50; ++i) {
    const watch::Event event{.at = Instant(Seconds(1'790'000'000 + i)),
                             .what = watch::Seen::Judged,
                             .client = IpAddress::parse("192.0.2." + std::to_string(i)),
                             .null_sender = true,
                             .local = text.substr(0, 10),
                             .domain = "example.com",
                             .message = &message};
    watch->add(event);
    (void)watch->attack_list()->state_of(event);
  }
  for (const watch::Change& change : watch->poll(Instant(Seconds(1'799'000'000))))
    (void)say(change);
  (void)watch->runs();
  (void)watch->attacks();
  BS_ASSERT(watch::Watch::parse(watch->render()).has_value());
  return 0;
}
