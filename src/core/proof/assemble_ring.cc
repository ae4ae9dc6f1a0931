// Makes a ring of its records: docs/formats/key-ring.md.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/proof/key_file.h"

namespace backstop::proof {

Result<AssembledRing> assemble_ring(RingRecords records) {
  std::vector<std::string> notes;
  std::vector<std::shared_ptr<const Key>> keys;
  std::ranges::sort(records.keys, {}, [](const KeyRecord& record) { return record.info.id; });
  const RingRecord& ring = records.ring;
  bool emitting_found = false;
  KeyId last_id = 0;
  for (KeyRecord& record : records.keys) {
    KeyInfo info = record.info;
    if (info.id == last_id)
      return fail(Errc::Invalid, "", fmt::format("Two keys have the id {}; remove one.", info.id));
    last_id = info.id;
    if (std::ranges::binary_search(ring.deleted, info.id)) {
      notes.push_back(fmt::format("Key {} is listed as deleted; its secret is not used.", info.id));
      continue;
    }
    if (ring.emits == info.id) {
      emitting_found = true;
      if (info.state == KeyState::Retired)
        notes.push_back(
            fmt::format("Key {} should emit but is retired; nothing is signed. Choose "
                        "another with backstop keys rotate.",
                        info.id));
      else
        info.state = KeyState::Emitting;
    }
    keys.push_back(std::make_shared<const Key>(info, std::move(record.secret)));
  }
  if (ring.emits && !emitting_found)
    notes.push_back(
        fmt::format("Key {} should emit but is not there; nothing is signed. Restore "
                    "its file, or choose another with backstop keys rotate.",
                    *ring.emits));
  return AssembledRing{
      KeyRing(std::move(records.ring.secret), std::move(keys), std::move(records.ring.deleted)),
      std::move(notes)};
}

}  // namespace backstop::proof
