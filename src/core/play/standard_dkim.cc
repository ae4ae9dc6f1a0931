#include "core/play/standard_dkim.h"

#include "core/base/assert.h"

namespace backstop::play {
namespace {

crypto::PublicKey standard_key() {
  auto key = proof::parse_dkim_record(
      "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
  BS_ASSERT(key.has_value());
  return *std::move(key);
}

}  // namespace

std::shared_ptr<const proof::DkimKeys> standard_dkim_keys() {
  auto keys = std::make_shared<proof::DkimKeys>();
  keys->add("example.com", "play", standard_key());
  return keys;
}

proof::DkimKeyAnswer standard_dns_answer(const proof::DkimKeyName& name) {
  proof::DkimKeyAnswer answer;
  if (name.selector == "asked") answer.keys.push_back(standard_key());
  return answer;
}

}  // namespace backstop::play
