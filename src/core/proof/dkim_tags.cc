#include "core/proof/dkim_tags.h"

#include <algorithm>

#include "core/base/ascii.h"
#include "core/base/limits.h"

namespace backstop::proof {
namespace {

// ALPHA *ALNUMPUNC.
bool is_tag_name(std::string_view name) {
  return !name.empty() && ascii::is_alpha(name.front()) &&
         std::ranges::all_of(name, [](char c) { return ascii::is_alnum(c) || c == '_'; });
}

}  // namespace

std::optional<DkimTags> DkimTags::parse(std::string_view text) {
  DkimTags out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(';', at), text.size());
    const std::string_view item = text.substr(at, end - at);
    const std::size_t begin = at;
    at = end + 1;
    if (ascii::trim(item).empty()) {
      // Only behind the last ';'.
      if (end == text.size()) break;
      return std::nullopt;
    }
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = ascii::trim(item.substr(0, equals));
    if (!is_tag_name(name) || out.find(name) != nullptr) return std::nullopt;
    if (out.tags_.size() == limits::kDkimTags) return std::nullopt;
    out.tags_.push_back({.name = name,
                         .value = ascii::trim(item.substr(equals + 1)),
                         .begin = begin + equals + 1,
                         .end = end});
  }
  return out;
}

const DkimTag* DkimTags::find(std::string_view name) const {
  const auto found = std::ranges::find(tags_, name, &DkimTag::name);
  return found == tags_.end() ? nullptr : &*found;
}

std::string_view DkimTags::value(std::string_view name) const {
  const DkimTag* tag = find(name);
  return tag == nullptr ? std::string_view() : tag->value;
}

std::string without_folding(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (const char c : value) {
    if (!ascii::is_space(c)) out += c;
  }
  return out;
}

bool lists_item(std::string_view list, std::string_view item) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(':'), list.size());
    if (ascii::equals_folded(ascii::trim(list.substr(0, end)), item)) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

}  // namespace backstop::proof
