#include "core/proof/key_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/base32.h"
#include "core/base/limits.h"

namespace backstop::proof {
namespace {

constexpr std::string_view kKeyHeading = "backstop-key";
constexpr std::string_view kRingHeading = "backstop-ring";
constexpr std::string_view kFormVersion = "1";
// With the zero byte that ends it.
constexpr std::string_view kFingerprintLabel{"backstop key file\0", 18};

struct Field {
  std::string_view name;
  std::string_view value;
  std::size_t line = 0;
};

// A heading with the fields below it.
struct Section {
  Field heading;
  std::vector<Field> fields;
};

tl::unexpected<Error> invalid(const std::string& name, std::size_t line, std::string detail) {
  return fail(Errc::Invalid, fmt::format("{}:{}", name, line), std::move(detail));
}

// A field's name may be repeated in an error only if it cannot be a piece of a secret.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= 20 &&
         std::ranges::all_of(name, [](char c) { return ascii::is_alpha(c) || c == '-'; });
}

bool is_heading(std::string_view name) {
  return name == kKeyHeading || name == kRingHeading;
}

Result<Field> parse_line(std::string_view text, std::size_t line, const std::string& name) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos)
    return invalid(name, line, "This line is not of the form \"name: value\".");
  const Field field{ascii::trim(text.substr(0, colon)), ascii::trim(text.substr(colon + 1)), line};
  if (!is_plain_name(field.name))
    return invalid(name, line, "What stands before the colon is no field name.");
  return field;
}

Result<void> add_field(Section& section, const Field& field, const std::string& name) {
  for (const Field& other : section.fields)
    if (other.name == field.name)
      return invalid(name, field.line,
                     fmt::format("The field \"{}\" stands on line {} already; remove one of them.",
                                 field.name, other.line));
  if (section.fields.size() == 16) return invalid(name, field.line, "There are too many fields.");
  section.fields.push_back(field);
  return {};
}

Result<std::vector<Section>> parse_sections(std::string_view text, const std::string& name) {
  std::vector<Section> sections;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = text.find('\n');
    const std::string_view content = ascii::trim(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (content.empty() || content.front() == '#') continue;
    BS_TRY(const Field field, parse_line(content, line, name));
    if (is_heading(field.name)) {
      if (field.value != kFormVersion)
        return invalid(name, line, "This version of the form is not known here; upgrade Backstop.");
      if (sections.size() > limits::kKeysPerRing)
        return fail(Errc::Limit, name, "A ring has at most 4095 keys.");
      sections.push_back({field, {}});
    } else if (sections.empty()) {
      return invalid(name, line,
                     "The first line must be \"backstop-key: 1\" or \"backstop-ring: 1\".");
    } else {
      BS_TRY_VOID(add_field(sections.back(), field, name));
    }
  }
  return sections;
}

Result<void> check_names(const Section& section, std::initializer_list<std::string_view> known,
                         const std::string& name) {
  for (const Field& field : section.fields)
    if (std::ranges::find(known, field.name) == known.end())
      return invalid(name, field.line,
                     fmt::format("The field \"{}\" is not known in {}; these are: {}.", field.name,
                                 section.heading.name, fmt::join(known, ", ")));
  return {};
}

const Field* find_field(const Section& section, std::string_view field) {
  const auto found = std::ranges::find(section.fields, field, &Field::name);
  return found == section.fields.end() ? nullptr : &*found;
}

Result<Field> require_field(const Section& section, std::string_view field,
                            const std::string& name) {
  const Field* const found = find_field(section, field);
  if (found == nullptr)
    return invalid(name, section.heading.line,
                   fmt::format("The field \"{}\" is missing; restore the file from a copy or an "
                               "export of the ring.",
                               field));
  return *found;
}

std::optional<KeyId> parse_key_id(std::string_view text) {
  unsigned id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (id < 1 || id > limits::kKeysPerRing) return std::nullopt;
  return static_cast<KeyId>(id);
}

Result<Instant> require_instant(const Field& field, const std::string& name) {
  const auto instant = parse_instant(field.value);
  if (!instant)
    return invalid(name, field.line,
                   fmt::format("\"{}\" must be a time such as 2026-11-21T03:23:34Z.", field.name));
  return *instant;
}

// The secret, held against its fingerprint: a damaged one would judge genuine bounces as invalid.
Result<crypto::Secret> require_secret(const Section& section, const std::string& name) {
  BS_TRY(const Field field, require_field(section, "secret", name));
  auto bytes = decode_hex(field.value);
  if (!bytes || bytes->size() != kSecretBytes) {
    if (bytes) crypto::wipe(*bytes);
    return invalid(name, field.line,
                   "\"secret\" must be 64 hexadecimal digits; restore the file from a copy or an "
                   "export of the ring.");
  }
  crypto::Secret secret(*bytes);
  crypto::wipe(*bytes);
  BS_TRY(const Field fingerprint, require_field(section, "fingerprint", name));
  if (!ascii::equals_folded(fingerprint.value, fingerprint_of(secret)))
    return invalid(name, fingerprint.line,
                   "The secret does not have this fingerprint: one of them is damaged. Restore the "
                   "file from a copy or an export of the ring.");
  return secret;
}

Result<KeyRecord> read_key(const Section& section, const std::string& name) {
  if (section.heading.name != kKeyHeading)
    return invalid(name, section.heading.line, "A section \"backstop-key: 1\" must stand here.");
  BS_TRY_VOID(check_names(
      section, {"id", "created", "emits-until", "retired", "secret", "fingerprint"}, name));
  KeyRecord record;
  BS_TRY(const Field id, require_field(section, "id", name));
  const auto number = parse_key_id(id.value);
  if (!number) return invalid(name, id.line, "\"id\" must be a number from 1 to 4095.");
  record.info.id = *number;
  BS_TRY(const Field created, require_field(section, "created", name));
  BS_TRY(record.info.created, require_instant(created, name));
  if (const Field* emits = find_field(section, "emits-until")) {
    BS_TRY(record.info.emits_until, require_instant(*emits, name));
  }
  BS_TRY(const Field retired, require_field(section, "retired", name));
  if (retired.value != "yes" && retired.value != "no")
    return invalid(name, retired.line, "\"retired\" must be yes or no.");
  record.info.state = retired.value == "yes" ? KeyState::Retired : KeyState::Waiting;
  BS_TRY(record.secret, require_secret(section, name));
  return record;
}

Result<std::vector<KeyId>> read_deleted(const Field& field, const std::string& name) {
  std::vector<KeyId> deleted;
  std::string_view rest = field.value;
  while (!rest.empty()) {
    const std::size_t end = rest.find_first_of(" \t");
    const auto id = parse_key_id(rest.substr(0, end));
    if (!id || deleted.size() == limits::kKeysPerRing)
      return invalid(name, field.line, "\"deleted\" must be key ids with spaces between them.");
    deleted.push_back(*id);
    rest = end == std::string_view::npos ? std::string_view{} : ascii::trim(rest.substr(end));
  }
  std::ranges::sort(deleted);
  const auto repeated = std::ranges::unique(deleted);
  deleted.erase(repeated.begin(), repeated.end());
  return deleted;
}

Result<RingRecord> read_ring(const Section& section, const std::string& name) {
  if (section.heading.name != kRingHeading)
    return invalid(name, section.heading.line, "A section \"backstop-ring: 1\" must stand here.");
  BS_TRY_VOID(check_names(section, {"emits", "deleted", "secret", "fingerprint"}, name));
  RingRecord record;
  BS_TRY(const Field emits, require_field(section, "emits", name));
  record.emits = parse_key_id(emits.value);
  if (!record.emits && emits.value != "none")
    return invalid(name, emits.line, "\"emits\" must be a number from 1 to 4095, or none.");
  if (const Field* deleted = find_field(section, "deleted")) {
    BS_TRY(record.deleted, read_deleted(*deleted, name));
  }
  BS_TRY(record.secret, require_secret(section, name));
  return record;
}

// The one section of a file that must have one.
Result<Section> parse_single(std::string_view text, const std::string& name, std::size_t bytes_max,
                             std::string_view heading) {
  if (text.size() > bytes_max)
    return fail(Errc::Limit, name, fmt::format("The file is larger than {} bytes.", bytes_max));
  BS_TRY(std::vector<Section> sections, parse_sections(text, name));
  if (sections.size() != 1)
    return fail(
        Errc::Invalid, name,
        fmt::format("The file must hold one section \"{}: 1\"; it holds {}. Restore it from "
                    "a copy or an export of the ring.",
                    heading, sections.size()));
  return std::move(sections.front());
}

// Text on its way into a Secret: the buffer is reserved once, so that no copy stays behind.
class SecretText {
 public:
  explicit SecretText(std::size_t bytes_max) { text_.reserve(bytes_max); }
  ~SecretText() { wipe(text_); }
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;

  void add(std::string_view name, std::string_view value) {
    text_.append(name).append(": ").append(value).append("\n");
  }
  void add_secret(const crypto::Secret& secret) {
    std::string hex = encode_hex(secret.bytes());
    add("secret", hex);
    wipe(hex);
    add("fingerprint", fingerprint_of(secret));
  }
  void add_gap() { text_.append("\n"); }
  crypto::Secret finish() const { return crypto::Secret(bytes_of(text_)); }

 private:
  static std::span<const std::uint8_t> bytes_of(const std::string& text) {
    // SAFETY: char and uint8_t have the same size and alignment.
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  }
  static void wipe(std::string& text) {
    crypto::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});  // SAFETY: as above.
  }
  std::string text_;
};

constexpr std::size_t kKeySectionBytes = 512;
std::size_t ring_section_bytes(const KeyRing& ring) {
  return 512 + 5 * ring.deleted().size();
}

void add_key_section(const Key& key, SecretText& text) {
  const KeyInfo& info = key.info();
  text.add(kKeyHeading, kFormVersion);
  text.add("id", std::to_string(info.id));
  text.add("created", render_instant(info.created));
  if (info.emits_until) text.add("emits-until", render_instant(*info.emits_until));
  text.add("retired", info.state == KeyState::Retired ? "yes" : "no");
  text.add_secret(key.secret());
}

void add_ring_section(const KeyRing& ring, SecretText& text) {
  const Key* const emitting = ring.emitting();
  text.add(kRingHeading, kFormVersion);
  text.add("emits", emitting == nullptr ? "none" : std::to_string(emitting->info().id));
  if (!ring.deleted().empty())
    text.add("deleted", fmt::format("{}", fmt::join(ring.deleted(), " ")));
  text.add_secret(ring.ring_secret());
}

}  // namespace

std::string fingerprint_of(const crypto::Secret& secret) {
  // SAFETY: char and uint8_t have the same size and alignment.
  const auto mac = crypto::HmacSha256(secret).compute(
      {reinterpret_cast<const std::uint8_t*>(kFingerprintLabel.data()), kFingerprintLabel.size()});
  return encode_hex(std::span(mac).first(4));
}

Result<KeyRecord> parse_key_file(std::string_view text, const std::string& name) {
  BS_TRY(const Section section, parse_single(text, name, limits::kKeyFileBytes, kKeyHeading));
  return read_key(section, name);
}

Result<RingRecord> parse_ring_file(std::string_view text, const std::string& name) {
  BS_TRY(const Section section, parse_single(text, name, limits::kRingFileBytes, kRingHeading));
  return read_ring(section, name);
}

Result<RingRecords> parse_ring_export(std::string_view text, const std::string& name) {
  if (text.size() > limits::kKeyExportBytes)
    return fail(Errc::Limit, name, "The file is larger than the export of any ring.");
  BS_TRY(const std::vector<Section> sections, parse_sections(text, name));
  if (sections.empty())
    return fail(Errc::Invalid, name, "The file holds no ring; make it with backstop keys export.");
  RingRecords records;
  BS_TRY(records.ring, read_ring(sections.front(), name));
  for (std::size_t i = 1; i < sections.size(); ++i) {
    BS_TRY(KeyRecord key, read_key(sections[i], name));
    records.keys.push_back(std::move(key));
  }
  return records;
}

crypto::Secret render_key_file(const Key& key) {
  SecretText text(kKeySectionBytes);
  add_key_section(key, text);
  return text.finish();
}

crypto::Secret render_ring_file(const KeyRing& ring) {
  SecretText text(ring_section_bytes(ring));
  add_ring_section(ring, text);
  return text.finish();
}

crypto::Secret render_ring_export(const KeyRing& ring) {
  SecretText text(ring_section_bytes(ring) + ring.keys().size() * kKeySectionBytes);
  add_ring_section(ring, text);
  for (const auto& key : ring.keys()) {
    text.add_gap();
    add_key_section(*key, text);
  }
  return text.finish();
}

}  // namespace backstop::proof
