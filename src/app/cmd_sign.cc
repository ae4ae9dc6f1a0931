// backstop sign: a token for a message that does not pass the daemon.
#include <fmt/core.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/basis.h"
#include "app/command.h"
#include "app/exit_code.h"
#include "core/base/escape.h"
#include "core/base/limits.h"
#include "core/proof/tag.h"
#include "core/proof/token.h"
#include "edge/os/clock.h"
#include "edge/os/entropy.h"
#include "edge/os/key_store_permits.h"
#include "edge/os/text_file.h"

namespace backstop::app {
namespace {

struct Options {
  std::string sender;
  std::string file;
  std::string keys_directory;
  Settings settings;
  bool json = false;
  bool tag = false;
};

struct Signed {
  std::string token;
  std::optional<mail::Address> tagged;  // Nothing when the sender cannot be tagged.
};

// The configuration; or the defaults with the key directory that was named.
Result<config::Config> find_config(const Options& options) {
  if (options.keys_directory.empty()) return load_config(options.settings);
  config::Config config;
  config.keys_directory = options.keys_directory;
  return config;
}

// As its domain has tags; as the draft has them where it has none.
proof::TagForm tag_form(const config::Config& config, const mail::Address& sender) {
  const config::Domain* const domain = config.find_domain(mail::canonical_domain(sender.domain));
  const auto style = domain == nullptr ? std::nullopt : domain->tag;
  return {.style = style.value_or(proof::TagStyle::Prvs), .delimiter = config.tags.delimiter};
}

// Signs as the daemon does: the key's last emission is on the disk before the token exists.
Result<Signed> make_token(const Options& options) {
  BS_TRY(const mail::Address sender, mail::parse_path(options.sender));
  if (sender.is_null())
    return fail(Errc::Invalid, "--sender", "name the envelope sender, as alice@example.com");
  BS_TRY(const config::Config config, find_config(options));
  os::KernelEntropy entropy;
  BS_TRY(const auto permits,
         os::KeyStorePermits::open(os::KeyStore(config.keys_directory), entropy));
  const Instant now = os::SystemClock().now();
  BS_TRY(const transaction::SigningPermit permit, permits->permit(now));
  const proof::Key& key = *permit.ring->find(permit.key);
  Signed out{.token = proof::sign_token(sender, *permit.ring, key, now, permit.nonce),
             .tagged = {}};
  const proof::TagObstacle obstacle = proof::find_tag_obstacle(sender);
  if (obstacle == proof::TagObstacle::None) {
    out.tagged = proof::sign_tag(sender, key, now, config.lifetime, tag_form(config, sender));
  } else if (options.tag) {
    return fail(Errc::Invalid, "--tag",
                fmt::format("this sender gets no tag: {}", proof::name_of(obstacle)));
  }
  return out;
}

int run_sign(const Options& options) {
  std::string message;
  if (!options.file.empty()) {
    auto text = os::read_text_file(options.file, limits::kMessageFileBytes);
    if (!text) return report_error(text.error());
    message = *std::move(text);
  }
  const auto made = make_token(options);
  if (!made) return report_error(made.error(), kExitBadConfig);
  const std::string& token = made->token;
  if (options.json) {
    const nlohmann::json line = {
        {"v", 1},
        {"field", proof::kTokenField},
        {"value", token},
        {"sender", options.sender},
        {"tagged_sender", made->tagged ? nlohmann::json(made->tagged->text()) : nlohmann::json()}};
    fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return kExitGood;
  }
  if (options.tag) {
    fmt::print("{}\n", escape_terminal(made->tagged->text()));
    return kExitGood;
  }
  const bool crlf = message.find("\r\n") != std::string::npos;
  fmt::print("{}: {}{}", proof::kTokenField, token, crlf ? "\r\n" : "\n");
  std::fwrite(message.data(), 1, message.size(), stdout);
  return kExitGood;
}

}  // namespace

void add_sign_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command =
      app.add_subcommand("sign", "Make a token for a message that does not pass the daemon");
  const auto options = std::make_shared<Options>();
  command->add_option("--sender", options->sender, "The envelope sender")
      ->required()
      ->type_name("ADDRESS");
  command
      ->add_option("file", options->file,
                   "A message to print with the token on top; without it only the field")
      ->type_name("FILE");
  command
      ->add_option("--keys", options->keys_directory,
                   "The key directory, instead of the configuration's")
      ->type_name("DIR");
  declare_settings(*command, options->settings);
  command->add_flag("--json", options->json, "One JSON object");
  command->add_flag("--tag", options->tag, "Print the sender with its tag of today instead");
  command->footer(render_examples(
      {"backstop sign --sender alice@example.com", "backstop sign --sender alice@example.com --tag",
       "backstop sign --sender alice@example.com letter.eml >signed.eml"}));
  command->callback([options, &chosen] { chosen.run = [options] { return run_sign(*options); }; });
}

}  // namespace backstop::app
