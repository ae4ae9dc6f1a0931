// The keys of our DKIM signer, from the files that the configuration names.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.h"
#include "core/proof/dkim_check.h"
#include "core/proof/dkim_key.h"

namespace backstop::app {

struct DkimFiles {
  std::shared_ptr<const proof::DkimKeys> keys;  // Null when the proof is not configured.
  // What could not be used, in a sentence with its file.
  std::vector<std::string> notes;
};

// Never fails: a key that cannot be read is one less, and is told.  `root`: "/" or a tree.
DkimFiles load_dkim_files(const config::Config& config, const std::string& root = "/");

// Whose key a file of `dkim.directory` is, by its path below it: SELECTOR._domainkey.DOMAIN,
// DOMAIN.SELECTOR of a guarded domain, or DOMAIN/SELECTOR, with one of the endings of keys.
std::optional<proof::DkimKeyName> parse_dkim_file_name(std::string_view path,
                                                       const config::Config& config);

}  // namespace backstop::app
