// Reads TOML into a Config: every leaf is looked up in the table of options and handed to its
// reader, so that an option nobody declared cannot be read and one declared cannot be forgotten.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <fmt/core.h>
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>

#include "core/base/limits.h"
#include "core/config/config.h"
#include "core/mail/address.h"

namespace backstop::config {
namespace {

// One value being read.  `name` is what stood for '*' in the option's key.
struct Value {
  const toml::node& node;
  std::string_view name;
};

using Set = Result<void> (*)(Config&, const Value&);

tl::unexpected<Error> want(std::string_view form) {
  return fail(Errc::Invalid, "", fmt::format("want {}", form));
}

Result<std::string> read_string(const toml::node& node) {
  const auto* text = node.as_string();
  if (text == nullptr) return want("a text in quotes");
  if (text->get().find('\0') != std::string::npos) return want("a text without NUL");
  return text->get();
}

Result<std::vector<std::string>> read_strings(const toml::node& node) {
  std::vector<std::string> out;
  if (const auto* one = node.as_string()) return std::vector<std::string>{one->get()};
  const auto* list = node.as_array();
  if (list == nullptr) return want("a list of texts, as [\"one\", \"two\"]");
  for (const toml::node& item : *list) {
    BS_TRY(std::string text, read_string(item));
    out.push_back(std::move(text));
  }
  return out;
}

template <class Enum, std::size_t N>
Result<Enum> read_choice(const toml::node& node,
                         const std::pair<std::string_view, Enum> (&choices)[N]) {
  std::string form = "one of";
  const auto* text = node.as_string();
  for (const auto& [word, value] : choices) {
    if (text != nullptr && text->get() == word) return value;
    form += fmt::format(" \"{}\"", word);
  }
  return want(form);
}

Result<Instant> read_instant(const toml::node& node) {
  if (const auto* text = node.as_string()) return parse_instant(text->get());
  if (const auto* date = node.as_date()) {
    const auto& d = date->get();
    return parse_instant(fmt::format("{:04}-{:02}-{:02}", d.year, d.month, d.day));
  }
  const auto* moment = node.as_date_time();
  if (moment == nullptr) return want("a time, as 2026-11-21T03:23:34Z");
  const auto& m = moment->get();
  if (!m.offset) return want("a time with its zone, as 2026-11-21T03:23:34Z");
  BS_TRY(const Instant local, parse_instant(fmt::format(
                                  "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", m.date.year, m.date.month,
                                  m.date.day, m.time.hour, m.time.minute, m.time.second)));
  return local - std::chrono::minutes(m.offset->minutes);
}

Result<Domain*> find_or_add(Config& config, std::string_view name) {
  const std::string canonical = mail::canonical_domain(name);
  const bool plausible = !canonical.empty() &&
                         canonical.find_first_of("@ \t/\\*[]") == std::string::npos &&
                         canonical.front() != '.' && canonical.find("..") == std::string::npos;
  if (!plausible) return want("the name of a domain, as domains.\"example.com\"");
  Domain& domain = config.domains[canonical];
  domain.name = canonical;
  return &domain;
}

Result<void> set_mode(Config& config, const Value& value) {
  static constexpr std::pair<std::string_view, policy::Mode> kChoices[] = {
      {"off", policy::Mode::Off},
      {"observe", policy::Mode::Observe},
      {"enforce", policy::Mode::Enforce}};
  BS_TRY(Domain* const domain, find_or_add(config, value.name));
  BS_TRY(domain->mode, read_choice(value.node, kChoices));
  return {};
}

Result<void> set_signing_since(Config& config, const Value& value) {
  BS_TRY(Domain* const domain, find_or_add(config, value.name));
  BS_TRY(domain->signing_since, read_instant(value.node));
  return {};
}

Result<void> set_coverage(Config& config, const Value& value) {
  static constexpr std::pair<std::string_view, policy::Coverage> kChoices[] = {
      {"unknown", policy::Coverage::Unknown},
      {"partly", policy::Coverage::Partly},
      {"covered", policy::Coverage::Covered}};
  BS_TRY(Domain* const domain, find_or_add(config, value.name));
  BS_TRY(domain->coverage, read_choice(value.node, kChoices));
  return {};
}

Result<void> set_own_networks(Config& config, const Value& value) {
  BS_TRY(const std::vector<std::string> texts, read_strings(value.node));
  config.own_networks.clear();
  for (const std::string& text : texts) {
    BS_TRY(IpNetwork network, IpNetwork::parse(text));
    config.own_networks.push_back(network);
  }
  return {};
}

Result<void> set_milter_listen(Config& config, const Value& value) {
  BS_TRY(const std::vector<std::string> texts, read_strings(value.node));
  config.milter_listen.clear();
  for (const std::string& text : texts) {
    BS_TRY(Endpoint endpoint, parse_endpoint(text));
    config.milter_listen.push_back(std::move(endpoint));
  }
  return {};
}

Result<void> set_milter_threads(Config& config, const Value& value) {
  const auto* number = value.node.as_integer();
  if (number == nullptr || number->get() < 1 || number->get() > 64)
    return want("a number from 1 to 64");
  config.milter_threads = static_cast<unsigned>(number->get());
  return {};
}

Result<void> set_socket_mode(Config& config, const Value& value) {
  const std::string_view form = "an octal mode in quotes, as \"0660\"";
  const auto* text = value.node.as_string();
  if (text == nullptr) return want(form);
  const std::string& digits = text->get();
  std::uint32_t mode = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), mode, 8);
  if (error != std::errc{} || rest != digits.data() + digits.size() || mode > 0777)
    return want(form);
  config.milter_socket_mode = mode;
  return {};
}

Result<void> set_keys_directory(Config& config, const Value& value) {
  BS_TRY(std::string path, read_string(value.node));
  if (path.empty()) return want("the path of a directory");
  config.keys_directory = std::move(path);
  return {};
}

Result<void> set_lifetime(Config& config, const Value& value) {
  BS_TRY(const std::string text, read_string(value.node));
  BS_TRY(const Seconds lifetime, parse_duration(text));
  if (lifetime < Days(1) || lifetime > Days(90)) return want("a duration from 1d to 90d");
  config.lifetime = lifetime;
  return {};
}

Result<void> set_authserv_id(Config& config, const Value& value) {
  BS_TRY(std::string text, read_string(value.node));
  const bool token = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < '\x7f' && c != ';' && c != '"' && c != '(' && c != ')';
  });
  if (!token) return want("the name of this host, as \"mx.example.com\"");
  config.authserv_id = std::move(text);
  return {};
}

Result<void> set_log_target(Config& config, const Value& value) {
  static constexpr std::pair<std::string_view, LogTarget> kChoices[] = {
      {"stderr", LogTarget::Stderr}, {"syslog", LogTarget::Syslog}};
  BS_TRY(config.log_target, read_choice(value.node, kChoices));
  return {};
}

Result<void> set_log_level(Config& config, const Value& value) {
  static constexpr std::pair<std::string_view, LogLevel> kChoices[] = {
      {"debug", LogLevel::Debug},
      {"info", LogLevel::Info},
      {"warning", LogLevel::Warning},
      {"error", LogLevel::Error}};
  BS_TRY(config.log_level, read_choice(value.node, kChoices));
  return {};
}

struct Reader {
  std::string_view key;
  Set set;
};
// In the order of options(); a test holds the two together.
constexpr Reader kReaders[] = {{"authserv_id", set_authserv_id},
                               {"networks.own", set_own_networks},
                               {"domains.*.mode", set_mode},
                               {"domains.*.signing_since", set_signing_since},
                               {"domains.*.coverage", set_coverage},
                               {"proofs.lifetime", set_lifetime},
                               {"keys.directory", set_keys_directory},
                               {"milter.listen", set_milter_listen},
                               {"milter.socket_mode", set_socket_mode},
                               {"milter.threads", set_milter_threads},
                               {"log.to", set_log_target},
                               {"log.level", set_log_level}};

std::string place(std::string_view origin, const toml::source_region& region) {
  return fmt::format("{}:{}:{}", origin, region.begin.line, region.begin.column);
}

// The key of the table that `path` is, with '*' for the name below "domains".
std::string generalise(const std::vector<std::string_view>& path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (i > 0) out += '.';
    out += i == 1 && path[0] == "domains" ? "*" : path[i];
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
  for (const Reader& reader : kReaders) {
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
    for (const Reader& reader : kReaders) {
      if (reader.key != general) continue;
      const std::string_view name = path_.size() > 1 ? path_[1] : std::string_view();
      if (auto result = reader.set(config_, Value{.node = node, .name = name}); !result) {
        return fail(result.error().code, place(origin_, node.source()),
                    fmt::format("{}: {}", general, result.error().detail));
      }
      return {};
    }
    const std::string below = general + ".";
    const bool is_section =
        std::any_of(std::begin(kReaders), std::end(kReaders),
                    [&](const Reader& reader) { return reader.key.starts_with(below); });
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
