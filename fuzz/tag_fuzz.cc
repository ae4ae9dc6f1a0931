// Any bytes as an address: what is taken off a tag leaves an address, nothing comes out as ours
// that was not made with a key, and what may be tagged is found again whatever became of its case.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/ascii.h"
#include "core/base/assert.h"
#include "core/proof/tag.h"

namespace {

using namespace backstop;

constexpr Seconds kLifetime = proof::kDefaultLifetime;
const Instant kNow{Seconds{1'795'231'414}};

const proof::KeyRing& ring() {
  static const proof::KeyRing made = [] {
    const std::vector<std::uint8_t> bytes(proof::kSecretBytes, 7);
    std::vector<std::shared_ptr<const proof::Key>> keys{std::make_shared<const proof::Key>(
        proof::KeyInfo{1, proof::KeyState::Emitting, kNow, kNow}, crypto::Secret(bytes))};
    return proof::KeyRing(crypto::Secret(bytes), std::move(keys));
  }();
  return made;
}

void sign_and_check(const mail::Address& sender, proof::TagStyle style) {
  const mail::Address tagged =
      proof::sign_tag(sender, *ring().emitting(), kNow, kLifetime, {style, '+'});
  const auto found = proof::check_tag(tagged, ring(), kNow, kLifetime);
  BS_ASSERT(found.result == proof::ProofResult::Valid && found.plain == sender);
  BS_ASSERT(proof::find_tag_obstacle(tagged) == proof::TagObstacle::Tagged);
  const mail::Address folded{ascii::lower(tagged.local), ascii::lower(tagged.domain)};
  BS_ASSERT(proof::check_tag(folded, ring(), kNow, kLifetime).authentic());
  // As it comes back over the wire.
  const auto parsed = mail::parse_path(tagged.text());
  BS_ASSERT(!parsed || proof::check_tag(*parsed, ring(), kNow, kLifetime).authentic());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // SAFETY: char and uint8_t have the same size and alignment; the bytes are only read.
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto address = mail::parse_path(text);
  if (!address) return 0;
  const proof::TaggedAddress split = proof::split_tag(*address);
  if (split.dialect == proof::TagDialect::None) {
    BS_ASSERT(split.plain == *address);
  } else {
    BS_ASSERT(!split.plain.local.empty() && !split.tag.empty());
    BS_ASSERT(split.plain.local.size() < address->local.size());
  }
  BS_ASSERT(!proof::check_tag(*address, ring(), kNow, kLifetime).authentic());
  if (proof::find_tag_obstacle(*address) != proof::TagObstacle::None) return 0;
  sign_and_check(*address, proof::TagStyle::Prvs);
  sign_and_check(*address, proof::TagStyle::SubAddress);
  return 0;
}
