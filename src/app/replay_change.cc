#include "app/replay_change.h"

#include <fmt/format.h>

#include "app/settings.h"
#include "core/base/limits.h"
#include "core/mail/address.h"
#include "edge/os/text_file.h"

namespace backstop::app {
namespace {

// "left=right"; the last '=' parts, since an address may hold one.
Result<std::pair<std::string, std::string>> split_word(const std::string& word,
                                                       const std::string& where,
                                                       std::string_view form) {
  const std::size_t at = word.rfind('=');
  if (at == 0 || at == word.npos || at + 1 == word.size())
    return fail(Errc::Invalid, where, fmt::format("write it as {}", form));
  return std::pair(word.substr(0, at), word.substr(at + 1));
}

Result<void> check_guarded(const config::Config& config, std::string_view subject,
                           const std::string& where) {
  const std::size_t at = subject.rfind('@');
  const std::string domain =
      mail::canonical_domain(at == subject.npos ? subject : subject.substr(at + 1));
  if (config.find_domain(domain) != nullptr) return {};
  return fail(Errc::Invalid, where,
              fmt::format("{} is not guarded, so nothing of it was judged", domain));
}

Result<void> apply_mode(config::Config& config, const std::string& word) {
  const std::string where = fmt::format("--mode '{}'", word);
  BS_TRY(const auto parts, split_word(word, where, "example.com=enforce"));
  const auto& [subject, mode] = parts;
  BS_TRY_VOID(check_guarded(config, subject, where));
  const std::string_view table = subject.find('@') == subject.npos ? "domains" : "addresses";
  return config::apply_text(
      config, fmt::format("{}.{}.mode = {}", table, quote_toml(subject), quote_toml(mode)), where);
}

Result<void> apply_exempt(config::Config& config, const std::string& word) {
  const std::string where = fmt::format("--exempt '{}'", word);
  if (word.find('@') != word.npos) {
    BS_TRY_VOID(check_guarded(config, word, where));
    return config::apply_text(config, fmt::format("addresses.{}.mode = \"off\"", quote_toml(word)),
                              where);
  }
  if (!IpNetwork::parse(word)) {
    return fail(Errc::Invalid, where,
                "write an address of yours (sales@example.com) or a client's network "
                "(192.0.2.0/24)");
  }
  return config::apply_text(
      config, fmt::format("peers.{}.treat = \"never_judge\"", quote_toml(word)), where);
}

Result<void> apply_action(config::Config& config, const std::string& word) {
  const std::string where = fmt::format("--action '{}'", word);
  constexpr std::string_view kForm = "bounce.unproven=quarantine or sales@example.com.forged=mark";
  BS_TRY(const auto parts, split_word(word, where, kForm));
  const auto& [left, decision] = parts;
  const std::size_t dot = left.rfind('.');
  const std::string_view verdict =
      dot == left.npos ? std::string_view() : std::string_view(left).substr(dot + 1);
  if (dot == 0 ||
      (verdict != "late" && verdict != "replayed" && verdict != "unproven" && verdict != "forged"))
    return fail(Errc::Invalid, where, fmt::format("write it as {}", kForm));
  return config::apply_text(config,
                            fmt::format("actions.{}.{} = {}", quote_toml(left.substr(0, dot)),
                                        verdict, quote_toml(decision)),
                            where);
}

}  // namespace

Result<config::Config> apply_change(const config::Config& config, const PolicyChange& change) {
  config::Config out = config;
  if (!change.file.empty()) {
    BS_TRY(const std::string text, os::read_text_file(change.file, limits::kConfigFileBytes));
    BS_TRY_VOID(config::apply_text(out, text, change.file));
  }
  for (const std::string& word : change.modes)
    BS_TRY_VOID(apply_mode(out, word));
  for (const std::string& word : change.exempts)
    BS_TRY_VOID(apply_exempt(out, word));
  for (const std::string& word : change.actions)
    BS_TRY_VOID(apply_action(out, word));
  return out;
}

std::string say_change(const PolicyChange& change) {
  std::string out;
  const auto add = [&](std::string_view what, const std::string& word) {
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", what, word);
  };
  if (!change.file.empty()) add("policy", change.file);
  for (const std::string& word : change.modes)
    add("--mode", word);
  for (const std::string& word : change.exempts)
    add("--exempt", word);
  for (const std::string& word : change.actions)
    add("--action", word);
  return out;
}

}  // namespace backstop::app
