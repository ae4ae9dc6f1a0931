// The first line is the subject; the rest is a configuration file.  An edit changes no other value
// and at most one line of what was there.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/assert.h"
#include "core/config/config.h"
#include "core/config/edit.h"
#include "core/mail/address.h"

namespace {

using backstop::config::Config;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto newline = text.find('\n');
    out.push_back(text.substr(0, newline));
    if (newline == std::string_view::npos) break;
    text.remove_prefix(newline + 1);
  }
  return out;
}

// Do the lines of `before`, but for one stretch, stand in `after` in their order?
void check_lines(std::string_view before, std::string_view after) {
  const auto a = lines_of(before);
  const auto b = lines_of(after);
  std::size_t head = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head])
    ++head;
  std::size_t tail = 0;
  while (tail < a.size() - head && tail < b.size() - head &&
         a[a.size() - 1 - tail] == b[b.size() - 1 - tail])
    ++tail;
  // A value in """ may span lines, which become one.
  BS_ASSERT(b.size() - head - tail <= 4);
}

bool same_but(const Config& a, const Config& b, const std::string& subject) {
  auto modes_a = a.address_modes;
  auto modes_b = b.address_modes;
  modes_a.erase(subject);
  modes_b.erase(subject);
  if (modes_a != modes_b || a.own_networks.size() != b.own_networks.size()) return false;
  for (const auto& [name, domain] : a.domains) {
    const auto* const other = b.find_domain(name);
    if (other == nullptr || other->coverage != domain.coverage ||
        other->signing_since != domain.signing_since)
      return false;
    if (name != subject && other->mode != domain.mode) return false;
  }
  return a.keys_directory == b.keys_directory && a.authserv_id == b.authserv_id &&
         a.lifetime == b.lifetime && a.milter_listen.size() == b.milter_listen.size() &&
         a.log_level == b.log_level && a.log_target == b.log_target;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  // toml++ 3.3 reaches what it calls unreachable at a letter beyond ASCII outside quotes
  // (is_non_ascii_horizontal_whitespace), and this is about our edits.
  if (std::any_of(data, data + size, [](std::uint8_t byte) { return byte >= 0x80; })) return 0;
  const auto newline = input.find('\n');
  if (newline == std::string_view::npos) return 0;
  const std::string_view text = input.substr(newline + 1);
  std::string subject = backstop::mail::canonical_domain(input.substr(0, newline));
  if (input.substr(0, newline).find('@') != std::string_view::npos) {
    const auto address = backstop::mail::parse_path(input.substr(0, newline));
    if (!address) return 0;
    subject = backstop::mail::canonical(*address);
  }
  for (const auto mode : {backstop::policy::Mode::Off, backstop::policy::Mode::Enforce}) {
    const auto edited = backstop::config::with_mode(text, "f", subject, mode);
    if (!edited) continue;
    const auto before = backstop::config::parse_config(text, "f");
    const auto after = backstop::config::parse_config(*edited, "f");
    BS_ASSERT(before && after);
    BS_ASSERT(same_but(*before, *after, subject));
    const auto* const domain = after->find_domain(subject);
    const auto address = after->address_modes.find(subject);
    BS_ASSERT((domain != nullptr && domain->mode == mode) ||
              (address != after->address_modes.end() && address->second == mode));
    check_lines(text, *edited);
  }
  return 0;
}
