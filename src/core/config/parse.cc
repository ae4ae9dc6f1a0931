// Reads TOML into a Config: every leaf is looked up in the table of options and handed to its
// reader, so that an option nobody declared cannot be read and one declared cannot be forgotten.
#include <fmt/core.h>

#include <algorithm>

#include "core/base/limits.h"
#include "core/config/config.h"
#include "core/config/readers.h"

namespace backstop::config {
namespace {

std::string place(std::string_view origin, const toml::source_region& region) {
  return fmt::format("{}:{}:{}", origin, region.begin.line, region.begin.column);
}

// Whether the word below `section` is a name that the administrator gives.
bool names_something(std::string_view section, std::string_view word) {
  if (section == "addresses") {
    return word != "roles" && word != "never_sends" && word != "tag_exempt_senders";
  }
  return section == "domains" || section == "peers" || section == "allow" || section == "actions";
}

// The key of the table that `path` is, with '*' for such a name.
std::string generalise(const std::vector<std::string_view>& path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (i > 0) out += '.';
    out += i == 1 && names_something(path[0], path[i]) ? "*" : path[i];
  }
  return out;
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t swap = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
      corner = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, swap});
    }
  }
  return row[b.size()];
}

std::string say_unknown(const std::string& key) {
  constexpr std::size_t kComparedBytes = 100;
  std::string out = "there is no option of this name";
  std::string_view nearest;
  std::size_t best = 4;
  for (const Reader& reader : readers()) {
    const std::size_t d = distance(std::string_view(key).substr(0, kComparedBytes), reader.key);
    if (d < best) {
      best = d;
      nearest = reader.key;
    }
  }
  if (!nearest.empty()) out += fmt::format("; do you mean {}?", nearest);
  return out;
}

class Applier {
 public:
  Applier(Config& config, std::string_view origin) : config_(config), origin_(origin) {}

  Result<void> apply(const toml::table& table) {
    for (const auto& [key, node] : table) {
      path_.push_back(key.str());
      auto result = apply_node(key, node);
      path_.pop_back();
      if (!result) return result;
    }
    return {};
  }

 private:
  Result<void> apply_node(const toml::key& key, const toml::node& node) {
    const std::string general = generalise(path_);
    for (const Reader& reader : readers()) {
      if (reader.key != general) continue;
      const std::string_view name = path_.size() > 1 ? path_[1] : std::string_view();
      if (auto result = reader.set(config_, Value{.node = node, .name = name}); !result) {
        return fail(result.error().code, place(origin_, node.source()),
                    fmt::format("{}: {}", general, result.error().detail));
      }
      return {};
    }
    const std::string below = general + ".";
    const bool is_section = std::ranges::any_of(
        readers(), [&](const Reader& reader) { return reader.key.starts_with(below); });
    if (!is_section)
      return fail(Errc::Invalid, place(origin_, key.source()),
                  general + ": " + say_unknown(general));
    const auto* table = node.as_table();
    if (table == nullptr) {
      return fail(Errc::Invalid, place(origin_, node.source()),
                  fmt::format("{}: want a table", general));
    }
    if (general == "domains.*") {
      if (auto domain = find_or_add(config_, path_[1]); !domain) {
        return fail(Errc::Invalid, place(origin_, key.source()), domain.error().detail);
      }
    }
    return apply(*table);
  }

  Config& config_;
  std::string_view origin_;
  std::vector<std::string_view> path_;
};

}  // namespace

Result<void> apply_text(Config& config, std::string_view text, std::string_view origin) {
  if (text.size() > limits::kConfigFileBytes) {
    return fail(Errc::Limit, std::string(origin), "a configuration file may have 4 MiB");
  }
  const toml::parse_result parsed = toml::parse(text, origin);
  if (!parsed) {
    return fail(Errc::Invalid, place(origin, parsed.error().source()),
                std::string(parsed.error().description()));
  }
  return Applier(config, origin).apply(parsed.table());
}

Result<Config> parse_config(std::string_view text, std::string_view origin) {
  Config config;
  BS_TRY_VOID(apply_text(config, text, origin));
  return config;
}

}  // namespace backstop::config
