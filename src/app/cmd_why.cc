// backstop why: what became of a message, and for what reasons.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "app/basis.h"
#include "app/command.h"
#include "app/exit_code.h"
#include "app/when.h"
#include "app/why_answer.h"
#include "core/base/ascii.h"
#include "core/base/escape.h"
#include "core/proof/sent.h"
#include "edge/store/day_tables.h"
#include "edge/store/history_reader.h"
#include "edge/store/ledger_reader.h"
#include "edge/store/ledger_store.h"

namespace backstop::app {
namespace {

using transaction::Direction;
using transaction::HistoryRow;

// Messages looked up for one question.
constexpr std::size_t kRowsMax = 200;
// The log is read for as many of them.
constexpr std::size_t kLoggedMax = 20;
// What is read of the log before a message was judged: it may have been taken in earlier.
constexpr std::chrono::hours kBefore{1};

struct Options {
  Settings settings;
  std::string id;
  std::string to;
  std::string since;
  std::vector<std::string> logs;
  bool json = false;
};

struct Question {
  std::string queue_id;
  std::string message_id;
  std::vector<mail::Address> to;
  std::optional<Instant> since;
};

Result<Question> parse_question(const Options& options, const config::Config& config, Instant now) {
  Question question;
  if (!options.since.empty()) {
    BS_TRY(question.since, parse_when(options.since, "--since", now));
  }
  if (options.id.empty() == options.to.empty()) {
    return fail(Errc::Invalid, "",
                "name one thing: a queue id, a Message-ID, or a recipient with --to");
  }
  const std::string_view id = ascii::trim(options.id);
  if (!id.empty()) {
    const bool bracketed = id.front() == '<' && id.back() == '>' && id.size() > 2;
    if (bracketed || id.find('@') != id.npos) {
      question.message_id = bracketed ? id.substr(1, id.size() - 2) : id;
    } else {
      question.queue_id = id;
    }
    return question;
  }
  BS_TRY(const mail::Address address, mail::parse_path(options.to));
  if (!address.domain.empty()) {
    question.to.push_back(address);
  } else {
    for (const auto& [name, domain] : config.domains)
      question.to.push_back({address.local, name});
  }
  if (!question.since) question.since = now - Days{7};
  return question;
}

std::string say_question(const Options& options, const Question& question) {
  if (!question.queue_id.empty()) return "queue id " + question.queue_id;
  if (!question.message_id.empty()) return "Message-ID <" + question.message_id + ">";
  return fmt::format("mail to {} since {}", options.to,
                     render_instant(question.since.value_or(Instant{})));
}

class Inquiry {
 public:
  Inquiry(const Basis& basis, const Question& question) : basis_(basis), question_(question) {
    if (basis.ring != nullptr) hasher_.emplace(basis.ring->ring_secret());
  }

  // Errors: the history cannot be read now; what is missing otherwise becomes a note.
  WhyAnswer ask(const Options& options) {
    answer_.asked = say_question(options, question_);
    if (auto asked = ask_history(); !asked) {
      answer_.notes.push_back(asked.error().code == Errc::NotFound
                                  ? fmt::format("There is no history in {}: backstopd has judged "
                                                "and signed nothing with that store.directory.",
                                                basis_.config.store_directory)
                                  : "The history cannot be read: " + asked.error().text());
    }
    ask_ledger();
    ask_logs(options);
    return std::move(answer_);
  }

 private:
  using Rows = store::HistoryReader::Rows;

  Result<void> ask_history() {
    BS_TRY(store::HistoryReader reader, store::HistoryReader::open(basis_.config.store_directory));
    answer_.has_history = true;
    BS_TRY(answer_.history_from, reader.oldest());
    BS_TRY(Rows rows, find_rows(reader));
    std::erase_if(
        rows, [&](const HistoryRow& row) { return question_.since && row.at < *question_.since; });
    std::stable_sort(rows.begin(), rows.end(),
                     [](const HistoryRow& a, const HistoryRow& b) { return a.at > b.at; });
    if (rows.size() > kRowsMax) {
      rows.resize(kRowsMax);
      answer_.rows_cut = true;
    }
    answer_.rows = std::move(rows);
    return find_answers(reader);
  }

  Result<Rows> find_rows(store::HistoryReader& reader) {
    if (!question_.queue_id.empty()) return reader.find_queue_id(question_.queue_id, kRowsMax + 1);
    if (!question_.message_id.empty()) {
      if (!hasher_) {
        answer_.notes.emplace_back(
            "Without the keys the history cannot be asked for a Message-ID.");
        return Rows();
      }
      return reader.find_message(hasher_->message(question_.message_id), kRowsMax + 1);
    }
    Rows out;
    for (const mail::Address& address : question_.to) {
      // It may have been ours then or now.
      std::vector<std::string> shown{transaction::shown_address(address, true, nullptr)};
      if (hasher_) shown.push_back(transaction::shown_address(address, false, &*hasher_));
      for (const std::string& text : shown) {
        BS_TRY(Rows rows, reader.find_recipient(text, question_.since.value_or(Instant{}),
                                                basis_.now + Days{2}, kRowsMax + 1));
        std::move(rows.begin(), rows.end(), std::back_inserter(out));
      }
    }
    return out;
  }

  Result<void> find_answers(store::HistoryReader& reader) {
    if (answer_.rows.size() > kLoggedMax) return {};
    for (const HistoryRow& row : answer_.rows) {
      if (row.direction != Direction::Outgoing || row.message_id == 0) continue;
      BS_TRY(Rows found, reader.find_message(row.message_id, kRowsMax));
      for (HistoryRow& one : found) {
        if (one.original_id == row.message_id && one.direction == Direction::Inbound) {
          answer_.answers.push_back(std::move(one));
        }
      }
    }
    return {};
  }

  // Which mail of ours is recorded.
  void ask_ledger() {
    const bool has_ours =
        std::any_of(answer_.rows.begin(), answer_.rows.end(), [](const HistoryRow& row) {
          return row.direction == Direction::Outgoing && row.message_id != 0;
        });
    if (!has_ours || answer_.rows.size() > kLoggedMax) return;
    auto recorded = find_recorded();
    if (recorded) {
      answer_.recorded = *std::move(recorded);
    } else {
      answer_.notes.push_back("The ledger cannot be read: " + recorded.error().text());
    }
  }

  Result<std::set<std::string>> find_recorded() {
    BS_TRY(store::LedgerReader reader,
           store::LedgerReader::open(basis_.config.store_directory + "/" +
                                     std::string(store::kLedgerFileName)));
    BS_TRY(const store::DayTables tables, store::read_day_tables(reader.database()));
    std::set<std::string> out;
    for (const HistoryRow& row : answer_.rows) {
      if (row.direction != Direction::Outgoing || row.message_id == 0) continue;
      BS_TRY(const auto found,
             reader.find(row.message_id, store::RowKind::Message, store::DaySet().set(), tables));
      if (found) out.insert(row.queue_id);
    }
    return out;
  }

  void ask_logs(const Options& options) {
    answer_.logs = options.logs;
    if (answer_.logs.empty()) answer_.logs = basis_.config.mail_logs;
    if (answer_.logs.empty()) answer_.logs = logs::default_logs();
    if (answer_.logs.empty()) {
      answer_.notes.emplace_back(
          "No log of a mail server was found: name it with --log FILE or logs.mail. Where "
          "journald keeps it: journalctl -t postfix/smtp -t postfix/qmgr -t postfix/cleanup "
          "> FILE.");
      return;
    }
    logs::LogQuery query;
    if (!question_.queue_id.empty()) query.queue_ids.push_back(question_.queue_id);
    if (!question_.message_id.empty()) query.message_ids.push_back(question_.message_id);
    query.since = question_.since;
    if (answer_.rows.size() <= kLoggedMax) add_rows(query);
    if (query.queue_ids.empty() && query.message_ids.empty()) return;
    logs::LogAnswer found = logs::search_logs(answer_.logs, query, basis_.now);
    for (const std::string& log : answer_.logs) {
      if (logs::find_log_files(log).empty()) {
        found.files.push_back({log, {}, {}, 0, "there is no such file"});
      }
    }
    answer_.logged = std::move(found.messages);
    answer_.files = std::move(found.files);
    answer_.logs_cut = found.cut;
  }

  void add_rows(logs::LogQuery& query) {
    for (const HistoryRow& row : answer_.rows) {
      query.queue_ids.push_back(row.queue_id);
      if (!query.since || row.at - kBefore < *query.since) query.since = row.at - kBefore;
    }
  }

  const Basis& basis_;
  const Question& question_;
  std::optional<proof::SentHasher> hasher_;
  WhyAnswer answer_;
};

int run_why(const Options& options) {
  const auto basis = load_basis(options.settings, "");
  if (!basis) return report_error(basis.error(), kExitBadConfig);
  const auto question = parse_question(options, basis->config, basis->now);
  if (!question) return report_error(question.error());
  const WhyAnswer answer = Inquiry(*basis, *question).ask(options);
  if (options.json) {
    fmt::print("{}\n", render_why_json(answer));
  } else {
    fmt::print("{}", render_why_page(answer));
  }
  return answer.found() ? kExitGood : kExitFound;
}

}  // namespace

void add_why_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command =
      app.add_subcommand("why", "Say what became of a message, and for what reasons");
  const auto options = std::make_shared<Options>();
  command->add_option("id", options->id, "The server's queue id, or a Message-ID")
      ->type_name("QUEUE-ID|MESSAGE-ID");
  command
      ->add_option("--to", options->to,
                   "All mail to this address; without a domain, of every domain that is guarded")
      ->type_name("USER");
  command
      ->add_option("--since", options->since, "No earlier than: 2d, 12h, or a date (with --to: 7d)")
      ->type_name("WHEN");
  command
      ->add_option("--log", options->logs,
                   "A log of the mail server, instead of logs.mail; may be given again")
      ->type_name("FILE");
  declare_settings(*command, options->settings);
  command->add_flag("--json", options->json, "One JSON object");
  command->footer(render_examples(
      {"backstop why 4fzXL83qRTz1xW              exits 0 when it is known, 1 when nothing is",
       "backstop why '<20261121060001.17@example.com>'",
       "backstop why --to anna@example.com --since 2d"}));
  command->callback([options, &chosen] { chosen.run = [options] { return run_why(*options); }; });
}

}  // namespace backstop::app
