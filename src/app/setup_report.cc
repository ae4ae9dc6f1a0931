#include "app/setup_report.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "app/text_page.h"
#include "edge/mta/unified_diff.h"

namespace backstop::app {
namespace {

std::string_view name_of(SetupState state) {
  switch (state) {
    case SetupState::NothingToDo:
      return "nothing-to-do";
    case SetupState::Proposed:
      return "proposed";
    case SetupState::Done:
      return "done";
    case SetupState::RolledBack:
      break;
  }
  return "rolled-back";
}

nlohmann::json json_of(const std::optional<std::string>& text) {
  return text ? nlohmann::json(*text) : nlohmann::json();
}

nlohmann::json json_of(const mta::Outcome& outcome) {
  return {{"exit", outcome.exit_code}, {"said", outcome.output + outcome.words}};
}

void print_json(const SetupReport& report) {
  nlohmann::json changes = nlohmann::json::array();
  for (const mta::Change& change : report.plan.changes) {
    changes.push_back({{"file", change.file},
                       {"setting", change.setting},
                       {"before", json_of(change.before)},
                       {"after", json_of(change.after)},
                       {"why", change.why}});
  }
  nlohmann::json line = {{"v", 1},
                         {"mta", "postfix"},
                         {"version", report.postfix->version()},
                         {"directory", report.postfix->config_directory()},
                         {"action", report.removal ? "remove" : "setup"},
                         {"state", name_of(report.state)},
                         {"socket", report.socket},
                         {"changes", changes},
                         {"diff", diff_of(report.plan)},
                         {"notes", report.plan.notes},
                         {"backup", nullptr},
                         {"check", nullptr},
                         {"reload", nullptr},
                         {"next", report.next}};
  if (report.directory) line["socket_directory"] = report.directory->path;
  if (report.done) {
    line["backup"] = report.done->backup;
    line["check"] = json_of(report.done->check);
  }
  if (report.reload) line["reload"] = json_of(*report.reload);
  fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

bool wants_colour() {
  return isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
}

void print_diff(const std::string& diff) {
  const bool colour = wants_colour();
  std::string_view rest = diff;
  while (!rest.empty()) {
    const auto newline = rest.find('\n');
    const std::string_view line = rest.substr(0, newline);
    const char mark = line.empty() ? ' ' : line.front();
    const bool name = line.starts_with("--- ") || line.starts_with("+++ ");
    const std::string_view paint = name          ? "\x1b[1m"
                                   : mark == '+' ? "\x1b[32m"
                                   : mark == '-' ? "\x1b[31m"
                                                 : "";
    if (colour && !paint.empty())
      fmt::print("{}{}\x1b[0m\n", paint, line);
    else
      fmt::print("{}\n", line);
    if (newline == std::string_view::npos) return;
    rest.remove_prefix(newline + 1);
  }
}

void print_list(std::string_view title, const std::vector<std::string>& sentences) {
  if (sentences.empty()) return;
  TextPage page = TextPage::for_stdout();
  page.title(title);
  for (std::size_t i = 0; i < sentences.size(); ++i)
    page.line(fmt::format("{}.", i + 1), sentences[i] + ".");
  fmt::print("\n{}", page.take());
}

// Each setting with its reason below.
void print_why(const SetupReport& report) {
  TextPage page = TextPage::for_stdout();
  page.title("Why");
  for (const mta::Change& change : report.plan.changes) {
    page.row(change.setting.empty() || change.setting.front() == '/' ? change.file
                                                                     : change.setting);
    page.line("", change.why + ".");
  }
  const bool makes_directory = report.directory && !report.removal;
  if (makes_directory) {
    page.row(report.directory->path);
    page.line("", fmt::format("the directory in which Postfix finds our socket, from inside its "
                              "chroot as well: owner {}, group postfix, mode 2750.",
                              report.directory->owner));
  }
  if (makes_directory || !report.plan.changes.empty()) fmt::print("\n{}", page.take());
}

// Postfix's own words, set off.
void print_words(std::string_view title, const mta::Outcome& outcome) {
  std::string_view rest = outcome.words.empty() ? outcome.output : outcome.words;
  fmt::print("\n{} {}\n", title,
             outcome.exit_code != 0 ? fmt::format("failed (exit {}) and said:", outcome.exit_code)
             : rest.empty()         ? "is content."
                                    : "is content, and said:");
  while (!rest.empty()) {
    const auto newline = rest.find('\n');
    fmt::print("  {}\n", rest.substr(0, newline));
    if (newline == std::string_view::npos) return;
    rest.remove_prefix(newline + 1);
  }
}

void print_ending(const SetupReport& report) {
  const std::string verb = report.removal ? "--remove" : "--apply";
  switch (report.state) {
    case SetupState::NothingToDo:
      fmt::print("\nNothing to do: {}.\n", report.removal
                                               ? "Postfix does not ask Backstop"
                                               : "Postfix is set up for Backstop already");
      return;
    case SetupState::Proposed:
      fmt::print("\nNothing is changed yet. To do it: backstop setup {}\n", verb);
      return;
    case SetupState::Done:
      fmt::print("\nDone. The files as they were are in {}.\n", report.done->backup);
      return;
    case SetupState::RolledBack:
      fmt::print("\nNot done: every file is as it was before; a copy is in {}.\n{}\n",
                 report.done->backup,
                 report.done->was_broken
                     ? "Postfix complains without our lines as well: mend what it says, then come "
                       "back."
                     : "Postfix is content without our lines: please tell the developers what it "
                       "said.");
  }
}

}  // namespace

std::string diff_of(const mta::Plan& plan) {
  std::string out;
  for (const mta::FileChange& file : plan.files)
    out += mta::unified_diff(file.before.value_or(""), file.after.value_or(""), file.path);
  return out;
}

void print_setup(const SetupReport& report, bool json) {
  if (json) return print_json(report);
  fmt::print("Postfix {}, configured in {}\n", report.postfix->version(),
             report.postfix->config_directory());
  if (const std::string diff = diff_of(report.plan); !diff.empty()) {
    fmt::print("\n");
    print_diff(diff);
  }
  print_why(report);
  print_list("Seen and left alone", report.plan.notes);
  if (report.done) print_words("postfix check", report.done->check);
  if (report.reload) print_words("postfix reload", *report.reload);
  print_ending(report);
  print_list("Next", report.next);
}

std::vector<std::string> say_what_stays(const std::string& keys_directory, Seconds lifetime,
                                        Instant now) {
  return {
      fmt::format("From now on nothing is signed and nothing judged: every bounce comes in, and "
                  "what was sent in the last {} brings its bounces back like any other",
                  render_duration(lifetime)),
      fmt::format("Keep {} until {} (400 days): with it a later setup still recognises the answers "
                  "to what was sent until today; without it they would be strangers",
                  keys_directory, render_instant(now + Days(400)).substr(0, 10)),
      "backstopd may stop now; the store may go with it"};
}

}  // namespace backstop::app
