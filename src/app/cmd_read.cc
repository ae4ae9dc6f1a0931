// backstop read: what messages are, what they return, and whether we sent what they answer.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "app/basis.h"
#include "app/command.h"
#include "app/exit_code.h"
#include "app/read_judge.h"
#include "app/read_result.h"
#include "core/base/escape.h"
#include "core/reading/reader.h"
#include "edge/mailbox/batch_reader.h"
#include "edge/mailbox/message_place.h"

namespace backstop::app {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string keys_directory;
  Settings settings;
  bool json = false;
  bool explain = false;
};

class Printer {
 public:
  Printer(const Basis& basis, const Options& options)
      : basis_(basis), json_(options.json), explain_(options.explain) {
    const bool terminal = isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
    colour_ = terminal ? Colour::Terminal : Colour::Plain;
  }

  void print(mailbox::MessagePlace place, std::string_view bytes) {
    reading::ReadOutcome outcome = reading::read_message(bytes, place.envelope_sender);
    FileJudgement judged = judge_reading(outcome.reading, basis_);
    ReadResult result{.place = std::move(place),
                      .reading = std::move(outcome.reading),
                      .token = judged.token,
                      .dkim = std::move(judged.dkim),
                      .tag = judged.tag,
                      .judgement = std::move(judged.judgement)};
    if (explain_) {
      Explanation& explanation = result.explanation.emplace();
      explanation.body_read = outcome.body_read;
      explanation.signs = outcome.signs;
      explanation.words = std::move(outcome.words);
    }
    if (json_) {
      fmt::print("{}\n", render_read_json(result));
    } else {
      fmt::print("{}{}", first_ ? "" : "\n", render_read_page(result, colour_));
    }
    first_ = false;
  }

 private:
  const Basis& basis_;
  bool json_;
  bool explain_;
  Colour colour_ = Colour::Plain;
  bool first_ = true;
};

int report_unreadable(const Error& error) {
  report_error({error.code, escape_terminal(error.where), error.detail});
  return kExitTryAgain;
}

int run_read(const Options& options) {
  const auto basis = load_basis(options.settings, options.keys_directory);
  if (!basis) return report_error(basis.error(), kExitBadConfig);
  Printer printer(*basis, options);
  int code = kExitGood;
  mailbox::BatchReader reader(options.files);
  mailbox::Batch batch;
  while (reader.next(batch)) {
    for (const mailbox::Unreadable& unreadable : batch.unreadable) {
      code = std::max(code, report_unreadable(unreadable.error));
    }
    for (const mailbox::BatchMessage& message : batch.messages) {
      mailbox::MessagePlace place = mailbox::place_of(batch, message);
      if (message.cut) {
        code = std::max(code, report_unreadable({Errc::Limit, place.source,
                                                 "is too long; its end was not read"}));
      }
      printer.print(std::move(place), message.bytes);
    }
  }
  return code;
}

}  // namespace

void add_read_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command =
      app.add_subcommand("read", "Say what messages are, and whether we sent what they answer");
  const auto options = std::make_shared<Options>();
  command
      ->add_option(
          "files", options->files,
          "Messages: a file, an mbox, a Maildir, a folder of these, any of them packed or in "
          "an archive, or - for standard input")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--keys", options->keys_directory,
                   "The key ring to verify tokens with, instead of the configuration's")
      ->type_name("DIR");
  declare_settings(*command, options->settings);
  command->add_flag("--json", options->json, "One JSON object a message");
  command->add_flag("--explain", options->explain,
                    "Show every sign and all known words that were met, whatever they decided");
  command->footer(render_examples({"backstop read bounce.eml", "backstop read --explain bounce.eml",
                                   "backstop read --json --keys /etc/backstop/keys ~/Maildir",
                                   "backstop read - < message"}));
  command->callback([options, &chosen] { chosen.run = [options] { return run_read(*options); }; });
}

}  // namespace backstop::app
