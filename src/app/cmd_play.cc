// backstop play: runs scripted transactions against the judging core.
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "app/command.h"
#include "app/exit_code.h"
#include "core/base/escape.h"
#include "core/base/limits.h"
#include "core/play/run.h"
#include "edge/os/text_file.h"

namespace backstop::app {
namespace {

struct Options {
  std::vector<std::string> files;
  bool json = false;
};

Result<std::vector<play::Failure>> run_file(const std::string& path) {
  BS_TRY(const std::string text, os::read_text_file(path, limits::kPlayFileBytes));
  BS_TRY(const play::Play play, play::parse_play(text, path));
  BS_TRY(std::vector<play::Failure> failures, play::run_play(play, play::Feeding::Whole));
  BS_TRY(std::vector<play::Failure> split, play::run_play(play, play::Feeding::ByteByByte));
  for (play::Failure& failure : split)
    failure.text += " (fed byte by byte)";
  failures.insert(failures.end(), split.begin(), split.end());
  return failures;
}

void print_result(const std::string& path, const std::vector<play::Failure>& failures, bool json) {
  if (json) {
    nlohmann::json line = {{"v", 1},
                           {"source", path},
                           {"held", failures.empty()},
                           {"failures", nlohmann::json::array()}};
    for (const play::Failure& failure : failures) {
      line["failures"].push_back({{"line", failure.line}, {"text", failure.text}});
    }
    fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return;
  }
  fmt::print("{}: {}\n", escape_terminal(path),
             failures.empty() ? "all expectations held" : "failed");
  for (const play::Failure& failure : failures) {
    fmt::print("  line {}: {}\n", failure.line, escape_terminal(failure.text));
  }
}

int run_plays(const Options& options) {
  int code = kExitGood;
  for (const std::string& path : options.files) {
    const auto failures = run_file(path);
    if (!failures) return report_error(failures.error());
    print_result(path, *failures, options.json);
    if (!failures->empty()) code = kExitFound;
  }
  return code;
}

}  // namespace

void add_play_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command =
      app.add_subcommand("play", "Run scripted transactions against the judging core");
  const auto options = std::make_shared<Options>();
  command->add_option("files", options->files, "Plays (*.play)")->required()->type_name("FILE");
  command->add_flag("--json", options->json, "One JSON object a play");
  command->footer(render_examples({"backstop play tests/plays/forged_bounce_is_refused.play",
                                   "backstop play --json tests/plays/*.play"}));
  command->callback([options, &chosen] { chosen.run = [options] { return run_plays(*options); }; });
}

}  // namespace backstop::app
