// The text forms of a key, of a ring and of an export: docs/formats/key-ring.md.
//
// Parsers are total; their errors name file and line and say what to do, and never repeat a value,
// for it may be a secret on the wrong line.  Rendered text is a Secret, as it holds one.
// Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/crypto/secret.h"
#include "core/proof/key_ring.h"

namespace backstop::proof {

// One key file.  The state is Waiting or Retired: which key emits is the ring file's to say.
struct KeyRecord {
  KeyInfo info;
  crypto::Secret secret;
};

// The ring file.
struct RingRecord {
  crypto::Secret secret;
  std::optional<KeyId> emits;
  std::vector<KeyId> deleted;  // Sorted, each once.
};

// A whole ring as text: an export, or the files of a directory.
struct RingRecords {
  RingRecord ring;
  std::vector<KeyRecord> keys;
};

// `name` is the file's name, for errors.  Errors: Errc::Invalid; Errc::Limit past
// limits::kKeyFileBytes, kRingFileBytes and kKeyExportBytes.
Result<KeyRecord> parse_key_file(std::string_view text, const std::string& name);
Result<RingRecord> parse_ring_file(std::string_view text, const std::string& name);
Result<RingRecords> parse_ring_export(std::string_view text, const std::string& name);

// What the parsers above read back.
crypto::Secret render_key_file(const Key& key);
crypto::Secret render_ring_file(const KeyRing& ring);
crypto::Secret render_ring_export(const KeyRing& ring);

// A ring of what was read, and a sentence for everything that does not fit together (the emitting
// key is not there, or retired; a key is listed as deleted): such a ring verifies what it can.
struct AssembledRing {
  KeyRing ring;
  std::vector<std::string> notes;
};
// Errors: Errc::Invalid when two keys have one id.
Result<AssembledRing> assemble_ring(RingRecords records);

// Eight hexadecimal digits by which two hosts can compare a secret without showing it.
std::string fingerprint_of(const crypto::Secret& secret);

}  // namespace backstop::proof
