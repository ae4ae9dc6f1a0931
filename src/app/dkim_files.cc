#include "app/dkim_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <span>

#include "app/check_parts.h"
#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "core/crypto/secret.h"
#include "edge/mta/opendkim_tables.h"
#include "edge/os/text_file.h"

namespace backstop::app {
namespace {

namespace fs = std::filesystem;

// A directory of keys with a folder for each domain.
constexpr int kDepth = 1;
constexpr std::string_view kEndings[] = {".pem", ".key", ".private", ".pub", ".txt"};

class Loader {
 public:
  Loader(const config::Config& config, const std::string& root) : config_(config), root_(root) {}

  void read_directory(const std::string& path) {
    std::error_code error;
    const fs::path base = below(root_, path);
    fs::recursive_directory_iterator at(base, error);
    std::vector<std::string> files;
    for (; !error && at != fs::end(at); at.increment(error)) {
      if (at.depth() >= kDepth) at.disable_recursion_pending();
      std::error_code unknown;
      if (!at->is_directory(unknown) && files.size() < limits::kDkimKeys)
        files.push_back(at->path().lexically_relative(base).string());
    }
    if (error) note(path, "cannot be read: " + error.message());
    // One order on every host.
    std::ranges::sort(files);
    for (const std::string& file : files) {
      const auto name = parse_dkim_file_name(file, config_);
      const std::string whole = (fs::path(path) / file).string();
      if (name) {
        read_key(*name, whole);
      } else {
        note(whole, "is named as no key of a guarded domain");
      }
    }
  }

  void read_opendkim(const std::string& path) {
    const auto text = read(path, limits::kMtaConfigBytes);
    if (!text) return;
    const mta::OpendkimSettings settings = mta::parse_opendkim_settings(*text);
    for (const std::string& domain : settings.domains) {
      if (!settings.selector.empty() && !settings.key_file.empty())
        read_key({domain, settings.selector}, settings.key_file);
    }
    if (settings.key_table.empty()) return;
    const auto key_table = read(settings.key_table, limits::kDkimTableBytes);
    if (!key_table) return;
    std::vector<mta::OpendkimSigning> signing;
    if (!settings.signing_table.empty()) {
      if (const auto table = read(settings.signing_table, limits::kDkimTableBytes))
        signing = mta::parse_signing_table(*table);
    }
    for (const mta::OpendkimKey& key : mta::parse_key_table(*key_table))
      read_row(key, signing);
  }

  DkimFiles take() {
    return {.keys = std::make_shared<const proof::DkimKeys>(std::move(keys_)),
            .notes = std::move(notes_)};
  }

 private:
  void note(const std::string& where, std::string_view what) {
    if (notes_.size() < limits::kDkimKeys) notes_.push_back(fmt::format("{}: {}", where, what));
  }

  std::optional<std::string> read(const std::string& path, std::size_t most) {
    auto text = os::read_text_file(below(root_, path), most);
    if (text) return *std::move(text);
    note(path, text.error().detail);
    return std::nullopt;
  }

  void read_row(const mta::OpendkimKey& row, const std::vector<mta::OpendkimSigning>& signing) {
    std::vector<std::string> domains{row.domain};
    if (row.domain == "%") {
      domains.clear();
      for (const auto& [name, domain] : config_.domains) {
        if (mta::signs_for(signing, row.name, name)) domains.push_back(name);
      }
    }
    for (const std::string& domain : domains) {
      if (row.is_path()) {
        read_key({domain, row.selector}, row.key);
      } else {
        note("the key " + row.name, "stands in the KeyTable itself, and is not read there");
      }
    }
  }

  // Keys of other domains are nobody's here.
  void read_key(const proof::DkimKeyName& name, const std::string& path) {
    if (config_.find_domain(name.domain) == nullptr) return;
    auto text = read(path, limits::kDkimKeyBytes);
    if (!text) return;
    auto key = proof::parse_dkim_key_file(*text);
    // It may have been a private one.
    crypto::wipe(std::span(reinterpret_cast<std::uint8_t*>(text->data()), text->size()));
    if (!key) {
      note(path, key.error().detail);
    } else if (!keys_.add(name.domain, name.selector, *std::move(key))) {
      note(path, "is one key more than a selector may have, or than are kept");
    }
  }

  const config::Config& config_;
  const std::string& root_;
  proof::DkimKeys keys_;
  std::vector<std::string> notes_;
};

}  // namespace

std::optional<proof::DkimKeyName> parse_dkim_file_name(std::string_view path,
                                                       const config::Config& config) {
  const auto ending =
      std::ranges::find_if(kEndings, [&](std::string_view known) { return path.ends_with(known); });
  if (ending == std::end(kEndings)) return std::nullopt;
  const std::string name = ascii::lower(path.substr(0, path.size() - ending->size()));
  const std::string_view text(name);
  const std::size_t slash = text.rfind('/');
  const std::string_view file = text.substr(slash == std::string_view::npos ? 0 : slash + 1);
  static constexpr std::string_view kMark = "._domainkey.";
  if (const auto at = file.find(kMark); at != std::string_view::npos && at > 0) {
    return proof::DkimKeyName{std::string(file.substr(at + kMark.size())),
                              std::string(file.substr(0, at))};
  }
  if (slash != std::string_view::npos) {
    const std::string_view folder = text.substr(0, slash);
    if (config.find_domain(folder) == nullptr || file.empty()) return std::nullopt;
    return proof::DkimKeyName{std::string(folder), std::string(file)};
  }
  // The longest domain that fits: a domain may be below another.
  std::optional<proof::DkimKeyName> out;
  for (const auto& [domain, unused] : config.domains) {
    if (file.size() > domain.size() + 1 && file.starts_with(domain) && file[domain.size()] == '.' &&
        (!out || domain.size() > out->domain.size()))
      out = proof::DkimKeyName{domain, std::string(file.substr(domain.size() + 1))};
  }
  return out;
}

DkimFiles load_dkim_files(const config::Config& config, const std::string& root) {
  if (!config.asks_dkim()) return {};
  Loader loader(config, root);
  if (!config.dkim_directory.empty()) loader.read_directory(config.dkim_directory);
  if (!config.dkim_opendkim.empty()) loader.read_opendkim(config.dkim_opendkim);
  return loader.take();
}

}  // namespace backstop::app
