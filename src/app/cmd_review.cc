// backstop review: what would be refused, or cannot be told, by groups; and the operator's word.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "app/basis.h"
#include "app/command.h"
#include "app/exit_code.h"
#include "app/key_press.h"
#include "app/review_answer.h"
#include "app/review_page.h"
#include "core/base/ascii.h"

namespace backstop::app {
namespace {

using review::Answer;
using store::ReviewGroup;
using store::ReviewReader;

constexpr std::size_t kGroupsMax = 20'000;

struct Options {
  Settings settings;
  std::string action;
  std::string group;
  bool json = false;
};

void print(TextPage page) {
  fmt::print("{}", page.take());
  std::fflush(stdout);
}

void print_lessons(const Lessons& lessons) {
  TextPage page = TextPage::for_stdout();
  for (const std::string& lesson : lessons)
    page.line("learnt", lesson, Tone::Good);
  print(std::move(page));
}

// One group after the other, a key for each.
class Session {
 public:
  Session(ReviewReader& reader, std::string directory, std::vector<ReviewGroup> groups, Instant now)
      : reader_(reader), directory_(std::move(directory)), groups_(std::move(groups)), now_(now) {}

  int run() {
    fmt::print("{} to look at. For each: is what came back mail of yours?\n",
               count_of(groups_.size(), "group"));
    KeyPresses keys;
    show();
    while (at_ < groups_.size()) {
      const auto key = keys.next();
      if (!key || *key == 'q') break;
      if (const int code = on_key(*key); code != kExitGood) return code;
    }
    fmt::print("\n{} answered, {} left open.\n", answered_.size(),
               groups_.size() - answered_.size());
    return answered_.size() < groups_.size() ? kExitFound : kExitGood;
  }

 private:
  void show() {
    if (at_ >= groups_.size()) return;
    TextPage page = TextPage::for_stdout();
    show_group(page, groups_[at_]);
    page.line("keys", "o ours · n not ours · l later · s show one · u undo · q quit");
    fmt::print("\n[{} of {}]\n", at_ + 1, groups_.size());
    print(std::move(page));
  }

  int on_key(char key) {
    switch (ascii::to_lower(key)) {
      case 'o':
        return answer(Answer::Ours);
      case 'n':
        return answer(Answer::NotOurs);
      case 'l':
        return answer(Answer::Later);
      case 'u':
        return undo();
      case 's':
        return show_sample();
      default:
        fmt::print("Press o, n, l, s, u or q.\n");
        std::fflush(stdout);
        return kExitGood;
    }
  }

  int answer(Answer answer) {
    const auto lessons = answer_group(reader_, directory_, groups_[at_], answer, now_);
    if (!lessons) return report_error(lessons.error(), kExitFound);
    print_lessons(*lessons);
    answered_.push_back(at_++);
    show();
    return kExitGood;
  }

  int undo() {
    if (answered_.empty()) {
      fmt::print("Nothing was answered yet.\n");
      std::fflush(stdout);
      return kExitGood;
    }
    at_ = answered_.back();
    answered_.pop_back();
    const auto lessons = answer_group(reader_, directory_, groups_[at_], Answer::Open, now_);
    if (!lessons) return report_error(lessons.error(), kExitFound);
    print_lessons(*lessons);
    show();
    return kExitGood;
  }

  int show_sample() {
    auto samples = reader_.samples(groups_[at_]);
    if (!samples) return report_error(samples.error(), kExitFound);
    TextPage page = TextPage::for_stdout();
    if (samples->size() > 1) samples->resize(1);
    show_samples(page, *samples);
    print(std::move(page));
    return kExitGood;
  }

  ReviewReader& reader_;
  const std::string directory_;
  std::vector<ReviewGroup> groups_;
  const Instant now_;
  std::size_t at_ = 0;
  std::vector<std::size_t> answered_;
};

int list(const Options& options, ReviewReader& reader) {
  const auto groups = reader.list(kGroupsMax);
  if (!groups) return report_error(groups.error(), kExitFound);
  if (options.json) {
    for (const ReviewGroup& group : *groups)
      fmt::print("{}\n", render_group_json(group, nullptr, nullptr));
  } else {
    TextPage page = TextPage::for_stdout();
    show_list(page, *groups);
    print(std::move(page));
  }
  return std::ranges::any_of(*groups, &ReviewGroup::is_open) ? kExitFound : kExitGood;
}

int show(const Options& options, ReviewReader& reader, const ReviewGroup& group) {
  const auto samples = reader.samples(group);
  if (!samples) return report_error(samples.error(), kExitFound);
  if (options.json) {
    fmt::print("{}\n", render_group_json(group, &*samples, nullptr));
    return kExitGood;
  }
  TextPage page = TextPage::for_stdout();
  show_group(page, group);
  show_samples(page, *samples);
  print(std::move(page));
  return kExitGood;
}

int go_through(const Basis& basis, ReviewReader& reader) {
  auto groups = reader.list(kGroupsMax);
  if (!groups) return report_error(groups.error(), kExitFound);
  std::erase_if(*groups, [](const ReviewGroup& group) { return !group.is_open(); });
  if (groups->empty()) {
    fmt::print("No group is open.\n");
    return kExitGood;
  }
  return Session(reader, basis.config.store_directory, *std::move(groups), basis.now).run();
}

std::optional<Answer> answer_of(std::string_view action) {
  if (action == "undo") return Answer::Open;
  const auto answer = review::parse_answer(action);
  return answer == Answer::Open ? std::nullopt : answer;
}

int run_review(const Options& options) {
  const auto answer = answer_of(options.action);
  const bool of_group = answer || options.action == "show";
  if (!options.action.empty() && options.action != "list" && !of_group)
    return report_error(
        Error{Errc::Invalid, options.action, "write list, show, ours, not-ours, later or undo"});
  if (of_group == options.group.empty())
    return report_error(
        Error{Errc::Invalid, options.action,
              of_group ? "say of which group: backstop review list names them" : "takes no group"});
  const auto basis = load_basis(options.settings, "");
  if (!basis) return report_error(basis.error(), kExitBadConfig);
  auto reader = ReviewReader::open(basis->config.store_directory);
  if (!reader) {
    Error error = reader.error();
    if (error.code == Errc::NotFound)
      error.detail = "Nothing is kept to review: backstopd ran with no such store.directory yet.";
    return report_error(error, kExitFound);
  }
  if (!of_group) {
    const bool asks = options.action.empty() && !options.json && isatty(STDIN_FILENO) == 1 &&
                      isatty(STDOUT_FILENO) == 1;
    return asks ? go_through(*basis, *reader) : list(options, *reader);
  }
  auto group = reader->find(options.group);
  if (!group)
    return report_error(group.error(),
                        group.error().code == Errc::NotFound ? kExitFound : kExitUsage);
  if (!answer) return show(options, *reader, *group);
  const auto lessons =
      answer_group(*reader, basis->config.store_directory, *group, *answer, basis->now);
  if (!lessons) return report_error(lessons.error(), kExitFound);
  if (options.json) {
    fmt::print("{}\n", render_group_json(*group, nullptr, &*lessons));
  } else {
    print_lessons(*lessons);
  }
  return kExitGood;
}

}  // namespace

void add_review_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command = app.add_subcommand(
      "review", "Look at what would be refused, by groups, and say what is yours");
  const auto options = std::make_shared<Options>();
  command
      ->add_option("action", options->action,
                   "list, show, ours, not-ours, later or undo; without one, asks on a terminal")
      ->type_name("ACTION");
  command->add_option("group", options->group, "A group, by the beginning of its name")
      ->type_name("GROUP");
  declare_settings(*command, options->settings);
  command->add_flag("--json", options->json, "JSON Lines: one object for each group");
  command->footer(render_examples(
      {"backstop review                       one group after the other, a key for each",
       "backstop review list                  exits 1 while a group is open",
       "backstop review show 4b7f01d2         with samples: headers and reports, never text",
       "backstop review not-ours 4b7f01d2     or: ours, later, undo"}));
  command->callback(
      [options, &chosen] { chosen.run = [options] { return run_review(*options); }; });
}

}  // namespace backstop::app
