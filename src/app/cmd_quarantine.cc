// backstop quarantine: what the mail server holds for us, and what becomes of it.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/basis.h"
#include "app/command.h"
#include "app/confirm.h"
#include "app/exit_code.h"
#include "app/held_messages.h"
#include "app/quarantine_expiry.h"
#include "app/quarantine_page.h"
#include "app/read_judge.h"
#include "app/read_result.h"
#include "app/why_answer.h"
#include "core/base/ascii.h"
#include "core/base/escape.h"
#include "core/reading/reader.h"
#include "edge/os/clock.h"

namespace backstop::app {
namespace {

using Json = nlohmann::json;

struct Options {
  Settings settings;
  std::string root = "/";
  std::vector<std::string> ids;
  std::string all_of;
  std::string verdict;
  std::string to;
  std::string older;
  bool all = false;
  bool yes = false;
  bool dry_run = false;
  bool json = false;
};

// Everything a subcommand begins with.
struct Scene {
  Basis basis;
  std::unique_ptr<mta::HeldQueue> queue;
  transaction::HeldBook book;
  HeldSurvey survey;
};

Result<Scene> set_scene(const Options& options) {
  Scene scene;
  BS_TRY(scene.basis, load_basis(options.settings, ""));
  BS_TRY(scene.queue, mta::open_held_queue(options.root));
  BS_TRY(scene.book, read_held_book(scene.basis.config.store_directory));
  BS_TRY(scene.survey, survey_held(*scene.queue, scene.basis.config, scene.book));
  for (const std::string& note : scene.survey.notes)
    fmt::print(stderr, "backstop: {}\n", escape_terminal(note));
  if (scene.survey.cut)
    fmt::print(stderr, "backstop: there is more than is looked at; the rest shows up later\n");
  return scene;
}

int report(const Error& error) {
  return report_error({error.code, escape_terminal(error.where), escape_terminal(error.detail)},
                      error.code == Errc::Invalid ? kExitBadConfig : kExitFound);
}

// A queue id, else nothing.
const Held* find_id(const HeldSurvey& survey, std::string_view id) {
  const auto found = std::find_if(survey.held.begin(), survey.held.end(),
                                  [&](const Held& one) { return one.message.queue_id == id; });
  return found == survey.held.end() ? nullptr : &*found;
}

bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (list.substr(0, comma) == word) return true;
    list = comma == list.npos ? std::string_view() : list.substr(comma + 1);
  }
  return false;
}

bool is_for(const Held& held, std::string_view to) {
  const auto& all = held.message.recipients;
  return std::any_of(all.begin(), all.end(), [&](std::string_view recipient) {
    if (to.find('@') == to.npos) recipient = recipient.substr(0, recipient.rfind('@'));
    return ascii::equals_folded(recipient, to);
  });
}

int run_list(const Options& options) {
  const auto scene = set_scene(options);
  if (!scene) return report(scene.error());
  const Instant now = scene->basis.now;
  std::optional<Seconds> older;
  if (!options.older.empty()) {
    const auto parsed = parse_duration(options.older);
    if (!parsed) return report_error(Error{Errc::Invalid, "--older", parsed.error().detail});
    older = *parsed;
  }
  std::vector<const Held*> shown;
  std::size_t others = 0;
  for (const Held& held : scene->survey.held) {
    if (!options.verdict.empty() && held.verdict != options.verdict) continue;
    if (!options.to.empty() && !is_for(held, options.to)) continue;
    if (older && held.message.arrived > now - *older) continue;
    if (held.is_ours || options.all) {
      shown.push_back(&held);
    } else {
      ++others;
    }
  }
  if (!options.json) {
    fmt::print("{}", render_held_page(shown, scene->queue->server(), others, now));
    return kExitGood;
  }
  for (const Held* const held : shown)
    fmt::print("{}\n", render_held_json(*held, scene->queue->server()));
  return kExitGood;
}

std::string_view header_of(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::string_view line = text.substr(at, end == text.npos ? end : end - at);
    if (line.empty() || line == "\r") return text.substr(0, at);
    if (end == text.npos) break;
    at = end + 1;
  }
  return text;
}

void print_header(std::string_view header) {
  fmt::print("\nIts header\n");
  while (!header.empty()) {
    const std::size_t end = header.find('\n');
    std::string_view line = header.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    std::string shown(line);
    std::ranges::replace(shown, '\t', ' ');
    fmt::print("  {}\n", escape_terminal(shown));
    header = end == header.npos ? std::string_view() : header.substr(end + 1);
  }
}

int run_show(const Options& options) {
  const auto scene = set_scene(options);
  if (!scene) return report(scene.error());
  const std::string& id = options.ids.front();
  const Held* const held = find_id(scene->survey, id);
  if (held == nullptr) return report({Errc::NotFound, id, "is not held"});
  const auto text = scene->queue->read_message(id);
  if (!text) return report(text.error());
  WhyAnswer why;
  why.asked = "queue id " + id;
  why.has_history = true;
  if (held->row) {
    why.rows.push_back(*held->row);
    why.history_from = held->row->at;
  }
  ReadResult read;
  read.place.source = id;
  read.reading = reading::read_message(text->text, held->message.sender).reading;
  FileJudgement judged = judge_reading(read.reading, scene->basis);
  read.token = judged.token;
  read.dkim = std::move(judged.dkim);
  read.tag = judged.tag;
  read.judgement = std::move(judged.judgement);
  // What was known when it came is more than what the message alone says.
  if (held->row) {
    if (auto then = transaction::recompute(*held->row)) read.judgement = *std::move(then);
  }
  const std::string_view header = header_of(text->text);
  if (options.json) {
    Json out = Json::parse(render_held_json(*held, scene->queue->server()));
    out["header"] = header;
    out["read"] = Json::parse(render_read_json(read));
    out["why"] = held->row ? Json::parse(render_why_json(why)) : Json();
    fmt::print("{}\n", out.dump(-1, ' ', false, Json::error_handler_t::replace));
    return kExitGood;
  }
  fmt::print("{}\n", render_held_page({held}, scene->queue->server(), 0, scene->basis.now));
  if (held->row) fmt::print("{}\n", render_why_page(why));
  fmt::print("{}",
             render_read_page(read, isatty(STDOUT_FILENO) == 1 ? Colour::Terminal : Colour::Plain));
  print_header(header);
  if (text->cut) fmt::print("\nIt is longer than what was read of it here.\n");
  return kExitGood;
}

// What the command line names, in the order of the listing; ids that are not held are told.
Result<std::vector<const Held*>> choose(const Options& options, const HeldSurvey& survey,
                                        bool& missed) {
  std::vector<const Held*> out;
  if (options.ids.empty() == options.all_of.empty()) {
    return fail(Errc::Invalid, "",
                "name queue ids, or with --all-of a verdict, a kind or a reason that all have");
  }
  for (const std::string& id : options.ids) {
    const Held* const held = find_id(survey, id);
    if (held == nullptr) {
      fmt::print(stderr, "backstop: {}: is not held\n", escape_terminal(id));
      missed = true;
    } else if (std::find(out.begin(), out.end(), held) == out.end()) {
      out.push_back(held);
    }
  }
  if (options.all_of.empty()) return out;
  for (const Held& held : survey.held) {
    if (!held.is_ours && !options.all) continue;
    if (held.verdict == options.all_of || held.kind == options.all_of ||
        has_word(held.reasons, options.all_of))
      out.push_back(&held);
  }
  return out;
}

void tell(const Options& options, const Held& held, std::string_view done, const Error* error) {
  const std::string& id = held.message.queue_id;
  if (options.json) {
    Json line = {{"v", 1}, {"queue_id", id}, {"done", error == nullptr ? Json(done) : Json()}};
    if (error != nullptr) line["error"] = error->text();
    fmt::print("{}\n", line.dump(-1, ' ', false, Json::error_handler_t::replace));
  } else if (error != nullptr) {
    fmt::print(stderr, "backstop: {}\n", escape_terminal(error->text()));
  } else {
    fmt::print("{} {}{}\n", id, done,
               held.is_ours ? "" : " (it was not Backstop that had it held)");
  }
}

enum class Act { Release, Drop };

int act(const Options& options, Act what) {
  const auto scene = set_scene(options);
  if (!scene) return report(scene.error());
  bool missed = false;
  const auto chosen = choose(options, scene->survey, missed);
  if (!chosen) return report_error(chosen.error());
  if (chosen->empty()) {
    if (!missed && !options.json) fmt::print("Nothing that fits is held.\n");
    return kExitFound;
  }
  if (what == Act::Drop && !options.yes) {
    if (isatty(STDIN_FILENO) != 1 || options.json) {
      return report_error(
          Error{Errc::Invalid, "--yes", "is needed where nobody can be asked; nothing is dropped"});
    }
    fmt::print("{}", render_held_page(*chosen, scene->queue->server(), 0, scene->basis.now));
    if (!confirm(
            fmt::format("Throw {} away for good? Nobody is told.",
                        chosen->size() == 1 ? "it" : fmt::format("{} messages", chosen->size())))) {
      fmt::print("Nothing is dropped.\n");
      return kExitFound;
    }
  }
  int code = missed ? kExitFound : kExitGood;
  for (const Held* const held : *chosen) {
    // The survey reads so many headers only; what is not named one by one must be ours for sure.
    if (!options.all_of.empty() && held->is_ours &&
        !bears_verdict(*scene->queue, held->message.queue_id))
      continue;
    const auto done = what == Act::Drop ? scene->queue->drop(held->message)
                                        : scene->queue->release(held->message, scene->basis.now);
    tell(options, *held, what == Act::Drop ? "is dropped" : "is on its way to its recipients",
         done ? nullptr : &done.error());
    if (!done) code = done.error().code == Errc::NotFound ? kExitFound : kExitTryAgain;
  }
  return code;
}

int run_release(const Options& options) {
  return act(options, Act::Release);
}

int run_drop(const Options& options) {
  return act(options, Act::Drop);
}

int run_expire(const Options& options) {
  auto scene = set_scene(options);
  if (!scene) return report(scene.error());
  if (scene->basis.config.store_directory.empty())
    return report({Errc::Invalid, "store.directory", "is empty: nothing is remembered"});
  Expiry expiry{.config = scene->basis.config,
                .root = options.root,
                .queue = *scene->queue,
                .survey = scene->survey,
                .book = std::move(scene->book),
                .now = scene->basis.now};
  const auto done = options.dry_run ? Result<Expired>(look_for_expired(expiry)) : expire(expiry);
  if (!done) return report(done.error());
  if (options.json) {
    const Json line = {{"v", 1},
                       {"held", done->held},
                       {"expired", done->expired},
                       {"failed", done->failed},
                       {"dry_run", options.dry_run},
                       {"told", done->told.empty() ? Json() : Json(done->told)}};
    fmt::print("{}\n", line.dump(-1, ' ', false, Json::error_handler_t::replace));
  } else {
    fmt::print("{} held, {} {}{}\n", done->held, done->expired,
               options.dry_run ? "would be dropped for their age" : "dropped for their age",
               done->told.empty() ? std::string()
                                  : fmt::format("; {} was told", escape_terminal(done->told)));
  }
  return done->failed > 0 ? kExitTryAgain : kExitGood;
}

CLI::App* add_leaf(CLI::App& above, Chosen& chosen, const char* name, const char* description,
                   const std::shared_ptr<Options>& options, int (*run)(const Options&)) {
  CLI::App* const leaf = above.add_subcommand(name, description);
  leaf->add_option("--root", options->root,
                   "The mail server lives below this directory; its commands run chrooted there")
      ->check(CLI::ExistingDirectory)
      ->type_name("DIR");
  declare_settings(*leaf, options->settings);
  leaf->add_flag("--json", options->json, "One JSON object a line");
  leaf->callback([options, run, &chosen] {
    while (options->root.size() > 1 && options->root.back() == '/')
      options->root.pop_back();
    chosen.run = [options, run] { return run(*options); };
  });
  return leaf;
}

void add_choice(CLI::App& leaf, const std::shared_ptr<Options>& options) {
  leaf.add_option("id", options->ids, "Queue ids, of `backstop quarantine list`")->type_name("ID");
  leaf.add_option("--all-of", options->all_of,
                  "All that Backstop had held with this verdict, kind or reason")
      ->type_name("WORD");
  leaf.add_flag("--all", options->all, "With --all-of: what somebody else put on hold as well");
}

}  // namespace

void add_quarantine_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const quarantine = app.add_subcommand(
      "quarantine", "List, show, release or drop what the mail server holds for Backstop");
  quarantine->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  CLI::App* const list = add_leaf(*quarantine, chosen, "list", "What is held", options, run_list);
  list->add_option("--verdict", options->verdict, "Only of this verdict")->type_name("VERDICT");
  list->add_option("--to", options->to, "Only for this address, or this user of any domain")
      ->type_name("USER");
  list->add_option("--older", options->older, "Only what came before: 7d, 12h")->type_name("TIME");
  list->add_flag("--all", options->all, "What somebody else put on hold as well");
  CLI::App* const show = add_leaf(*quarantine, chosen, "show",
                                  "One of them: its header, what it reports, and why it "
                                  "is held",
                                  options, run_show);
  show->add_option("id", options->ids, "Its queue id")->required()->expected(1)->type_name("ID");
  CLI::App* const release =
      add_leaf(*quarantine, chosen, "release", "Have it delivered; it is not judged again", options,
               run_release);
  add_choice(*release, options);
  CLI::App* const drop = add_leaf(*quarantine, chosen, "drop",
                                  "Throw it away for good; nobody is told", options, run_drop);
  add_choice(*drop, options);
  drop->add_flag("--yes", options->yes, "Do not ask");
  CLI::App* const expire =
      add_leaf(*quarantine, chosen, "expire",
               "Drop what is older than quarantine.days and tell the postmaster once a day; run by "
               "a timer of the package",
               options, run_expire);
  expire->add_flag("--dry-run", options->dry_run, "Only say how many");
  quarantine->footer(render_examples(
      {"backstop quarantine list --verdict unproven --older 7d",
       "backstop quarantine show 4fzXL83qRTz1xW      its header, what it reports, and why",
       "backstop quarantine release 4fzXL83qRTz1xW   it is delivered, and not judged again",
       "backstop quarantine drop --all-of forged     asks, then throws them away; nobody is "
       "told"}));
}

}  // namespace backstop::app
