// backstop verify: what a token proves, given by itself or in a message that returned it.
#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/basis.h"
#include "app/command.h"
#include "app/exit_code.h"
#include "core/base/escape.h"
#include "core/base/limits.h"
#include "core/proof/tag.h"
#include "core/proof/token.h"
#include "core/reading/reader.h"
#include "edge/os/text_file.h"

namespace backstop::app {
namespace {

struct Options {
  std::string file;
  std::string token;
  std::vector<std::string> recipients;
  std::string keys_directory;
  Settings settings;
  bool json = false;
};

struct Asked {
  std::vector<std::string> tokens;
  std::vector<mail::Address> addressees;
};

Result<Asked> collect(const Options& options) {
  Asked asked;
  for (const std::string& recipient : options.recipients) {
    BS_TRY(mail::Address address, mail::parse_path(recipient));
    asked.addressees.push_back(std::move(address));
  }
  if (!options.token.empty()) {
    asked.tokens.push_back(options.token);
    return asked;
  }
  if (options.file.empty()) return asked;
  BS_TRY(const std::string text, os::read_text_file(options.file, limits::kMessageFileBytes));
  const reading::Returned returned = reading::read_message(text).returned;
  asked.tokens = returned.tokens;
  for (const auto* address : {&returned.return_path, &returned.from, &returned.sender}) {
    if (address->has_value()) asked.addressees.push_back(**address);
  }
  return asked;
}

std::string_view say(proof::ProofResult result) {
  switch (result) {
    case proof::ProofResult::Valid:
      return "This answers a message that was sent from here.";
    case proof::ProofResult::Late:
      return "This answers a message that was sent from here, but longer ago than a lifetime.";
    case proof::ProofResult::Replayed:
      return "The token is ours, but it was used too often.";
    case proof::ProofResult::Invalid:
      return "The token claims to be of this ring and is not authentic.";
    case proof::ProofResult::Absent:
      return "There is no token of this ring.";
    case proof::ProofResult::Unavailable:
      break;
  }
  return "The token is of this ring, but its key is not here: copy it with 'backstop keys export'.";
}

struct FoundTag {
  mail::Address address;
  proof::TagCheck check;
};

// The tags of the addresses it came to.
std::vector<FoundTag> find_tags(const Options& options, const Asked& asked, const Basis& basis) {
  std::vector<FoundTag> out;
  for (std::size_t i = 0; i < options.recipients.size(); ++i) {
    const mail::Address& address = asked.addressees[i];
    proof::TagCheck check =
        proof::check_tag(address, *basis.ring, basis.now, basis.config.lifetime);
    if (check.dialect != proof::TagDialect::None) out.push_back({address, std::move(check)});
  }
  return out;
}

nlohmann::json json_of(const std::vector<FoundTag>& tags) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& [address, check] : tags) {
    nlohmann::json one = {{"address", address.text()},
                          {"tag", proof::name_of(check.result)},
                          {"dialect", proof::name_of(check.dialect)},
                          {"plain", check.plain.text()},
                          {"key", nullptr},
                          {"submitted", nullptr}};
    if (check.authentic()) {
      one["key"] = check.key;
      one["submitted"] = render_instant(check.submitted);
    }
    list.push_back(std::move(one));
  }
  return list;
}

void print_tags(const std::vector<FoundTag>& tags) {
  for (const auto& [address, check] : tags) {
    fmt::print("tag {}: {} is {}", proof::name_of(check.result), escape_terminal(address.text()),
               escape_terminal(check.plain.text()));
    if (check.authentic())
      fmt::print(", submitted on {}, key {}", render_instant(check.submitted).substr(0, 10),
                 check.key);
    fmt::print("\n");
  }
}

void print_check(const proof::TokenCheck& check, const Asked& asked,
                 const std::vector<FoundTag>& tags, bool json) {
  const bool known =
      check.result == proof::ProofResult::Valid || check.result == proof::ProofResult::Late;
  if (json) {
    nlohmann::json line = {{"v", 1},
                           {"token", proof::name_of(check.result)},
                           {"candidates", asked.tokens.size()},
                           {"key", nullptr},
                           {"issued", nullptr},
                           {"addressee_matches", nullptr},
                           {"tags", json_of(tags)}};
    if (check.result != proof::ProofResult::Absent) line["key"] = check.key;
    if (known) {
      line["issued"] = render_instant(check.issued);
      line["addressee_matches"] = check.addressee_matches;
    }
    fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return;
  }
  print_tags(tags);
  if (asked.tokens.empty() && !tags.empty()) return;
  fmt::print("{}: {}\n", proof::name_of(check.result), say(check.result));
  if (check.result != proof::ProofResult::Absent) fmt::print("  key: {}\n", check.key);
  if (!known) return;
  fmt::print("  issued: {}\n", render_instant(check.issued));
  fmt::print("  addressee: {}\n", check.addressee_matches ? "the address that sent"
                                  : asked.addressees.empty()
                                      ? "not asked; name it with --rcpt"
                                      : "not the address that sent; servers also answer to others");
}

int run_verify(const Options& options) {
  const auto basis = load_basis(options.settings, options.keys_directory);
  if (!basis) return report_error(basis.error(), kExitBadConfig);
  if (basis->ring == nullptr) {
    return report_error(
        {Errc::NotFound, "", "there are no keys to verify with; name their directory with --keys"},
        kExitBadConfig);
  }
  const auto asked = collect(options);
  if (!asked) return report_error(asked.error());
  const proof::TokenCheck check = proof::verify_tokens(
      asked->tokens, asked->addressees, *basis->ring, basis->now, basis->config.lifetime);
  const std::vector<FoundTag> tags = find_tags(options, *asked, *basis);
  print_check(check, *asked, tags, options.json);
  if (std::ranges::any_of(tags, [](const FoundTag& tag) { return tag.check.authentic(); }))
    return kExitGood;
  return check.result == proof::ProofResult::Valid || check.result == proof::ProofResult::Late
             ? kExitGood
             : kExitFound;
}

}  // namespace

void add_verify_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command = app.add_subcommand(
      "verify", "Say what the token in a bounce, or the tag of its recipient, proves");
  const auto options = std::make_shared<Options>();
  auto* const file = command->add_option("file", options->file, "The bounce")->type_name("FILE");
  auto* const token =
      command->add_option("--token", options->token, "The value of Backstop-Token itself")
          ->type_name("TEXT");
  file->excludes(token);
  command
      ->add_option("--rcpt", options->recipients,
                   "An address the answer came to; may be given again")
      ->type_name("ADDRESS");
  command
      ->add_option("--keys", options->keys_directory,
                   "The key directory, instead of the configuration's")
      ->type_name("DIR");
  declare_settings(*command, options->settings);
  command->add_flag("--json", options->json, "One JSON object");
  command->footer(render_examples({"backstop verify bounce.eml",
                                   "backstop verify --token aebq… --rcpt alice@example.com",
                                   "backstop verify --rcpt prvs=1799d94d41=alice@example.com",
                                   "exits 0 when token or tag is ours, 1 when neither is"}));
  command->callback([options, &chosen] {
    if (options->file.empty() && options->token.empty() && options->recipients.empty())
      throw CLI::RequiredError("FILE, --token or --rcpt");
    chosen.run = [options] { return run_verify(*options); };
  });
}

}  // namespace backstop::app
