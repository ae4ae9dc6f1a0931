// Any text is a pass or none; one that reads was made with the secret, for that recipient, in time.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "core/proof/canary_pass.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace backstop;
  const mail::Address recipient{"anna", "example.com"};
  const crypto::Secret secret(std::vector<std::uint8_t>(proof::kSecretBytes, 7));
  const Instant now{Seconds{1'795'231'414}};
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto pass = proof::read_canary_pass(text, recipient, secret, now);
  if (!pass) return 0;
  require(pass->issued <= now);
  const std::string again = proof::make_canary_pass(*pass, recipient, secret);
  require(proof::read_canary_pass(again, recipient, secret, now) == pass);
  return 0;
}
