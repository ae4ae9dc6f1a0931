#include "app/held_messages.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/ascii.h"
#include "core/base/held_limits.h"
#include "core/mail/header_text.h"
#include "edge/os/text_file.h"
#include "edge/store/history_reader.h"

namespace backstop::app {
namespace {

using transaction::HistoryRow;

constexpr std::uint32_t kBookMode = 0640;
// A row is of the end of the message, an arrival of its beginning; between both lies at most a
// long SMTP session.  Ids may be used again, days later.
constexpr std::chrono::hours kLongestSession{24};
constexpr std::chrono::minutes kClockSlack{5};
// Rows of one queue id that are looked through.
constexpr std::size_t kRowsMax = 20;

bool fits(const HistoryRow& row, const mta::HeldMessage& message) {
  return row.direction == transaction::Direction::Inbound &&
         row.at + kClockSlack >= message.arrived && row.at <= message.arrived + kLongestSession;
}

class Survey {
 public:
  Survey(mta::HeldQueue& queue, const config::Config& config, const transaction::HeldBook& book)
      : queue_(queue), config_(config), book_(book) {}

  Result<HeldSurvey> run() {
    BS_TRY(mta::HeldListing listing, queue_.list());
    open_history();
    if (listing.unreadable > 0) {
      out_.notes.push_back(fmt::format("{} entries of {}'s listing could not be understood.",
                                       listing.unreadable, queue_.server()));
    }
    std::stable_sort(listing.messages.begin(), listing.messages.end(),
                     [](const auto& a, const auto& b) { return a.arrived < b.arrived; });
    out_.cut = listing.cut;
    for (mta::HeldMessage& message : listing.messages)
      out_.held.push_back(remember(std::move(message)));
    // Others may have held any number: what is known as ours comes first.
    for (const bool known : {true, false}) {
      for (Held& held : out_.held)
        if (held.is_ours == known) read_header(held);
    }
    return std::move(out_);
  }

 private:
  void open_history() {
    if (config_.store_directory.empty()) {
      out_.notes.emplace_back(
          "store.directory is empty: nothing is remembered, so nothing can be told to be ours.");
      return;
    }
    auto opened = store::HistoryReader::open(config_.store_directory);
    if (opened) {
      history_.emplace(*std::move(opened));
    } else if (opened.error().code != Errc::NotFound) {
      out_.notes.push_back("The history cannot be read: " + opened.error().text());
    }
  }

  std::optional<HistoryRow> find_row(const mta::HeldMessage& message) {
    if (!history_) return std::nullopt;
    auto rows = history_->find_queue_id(message.queue_id, kRowsMax);
    if (!rows) {
      out_.notes.push_back("The history cannot be read: " + rows.error().text());
      history_.reset();
      return std::nullopt;
    }
    for (HistoryRow& row : *rows)
      if (fits(row, message)) return std::move(row);
    return std::nullopt;
  }

  // What is remembered of it alone says whether it is ours, for now.
  Held remember(mta::HeldMessage message) {
    Held held;
    held.message = std::move(message);
    held.expires = held.message.arrived + Days{config_.quarantine_days};
    held.row = find_row(held.message);
    if (held.row) {
      held.verdict = held.row->verdict;
      held.kind = held.row->kind;
      held.reasons = held.row->reasons;
      held.today = decide_today(*held.row, config_);
      held.is_ours = held.row->decision == policy::name_of(policy::Decision::Quarantine);
    } else if (const auto found = book_.entries.find(held.message.queue_id);
               found != book_.entries.end() && found->second.arrived == held.message.arrived) {
      held.verdict = found->second.verdict;
      held.kind = found->second.kind;
      held.reasons = found->second.reasons;
      held.is_ours = true;
    }
    return held;
  }

  // Our verdict stands in the header of what we judged; in what an administrator put on hold
  // before it came to us, or while we were away, it does not.
  void read_header(Held& held) {
    if (++headers_ > limits::kHeldHeaders) return;  // What is remembered has to do.
    const auto header = queue_.read_header(held.message.queue_id);
    if (header) {
      held.subject = mail::decode_text(find_header_field(header->text, "Subject"));
      held.subject.resize(std::min(held.subject.size(), limits::kHeldSubjectBytes));
    }
    held.is_ours =
        held.is_ours && header && !find_header_field(header->text, "Backstop-Verdict").empty();
  }

  mta::HeldQueue& queue_;
  const config::Config& config_;
  const transaction::HeldBook& book_;
  std::optional<store::HistoryReader> history_;
  std::size_t headers_ = 0;
  HeldSurvey out_;
};

}  // namespace

Result<HeldSurvey> survey_held(mta::HeldQueue& queue, const config::Config& config,
                               const transaction::HeldBook& book) {
  return Survey(queue, config, book).run();
}

bool bears_verdict(mta::HeldQueue& queue, const std::string& queue_id) {
  const auto header = queue.read_header(queue_id);
  return header && !find_header_field(header->text, "Backstop-Verdict").empty();
}

std::optional<policy::Decision> decide_today(const HistoryRow& row, const config::Config& config) {
  std::optional<policy::Decision> mildest;
  const auto weigh = [&](policy::Decision decision) {
    if (!mildest || decision < *mildest) mildest = decision;
  };
  std::string_view rest = row.facts;
  while (!rest.empty()) {
    const std::size_t end = rest.find('|');
    auto facts = policy::parse_facts(rest.substr(0, end));
    rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
    if (!facts) return std::nullopt;
    // What was so for the hour or the day of a run.
    facts->attack = policy::Attack::Peace;
    facts->rule = policy::Rule::None;
    facts->over_rate = false;
    // Which facts were of which recipient is not kept: each may be of any.
    for (const std::string& recipient : row.recipients) {
      const auto address = mail::parse_path(recipient);
      if (!address || config.find_domain(address->domain) == nullptr) continue;
      facts->mode = config.mode_of(*address);
      facts->actions = config.actions_of(*address, facts->kind);
      weigh(policy::decide(*facts).decision);
    }
  }
  return mildest;
}

Result<transaction::HeldBook> read_held_book(const std::string& store_directory) {
  if (store_directory.empty()) return transaction::HeldBook();
  const auto text =
      os::read_text_file(fmt::format("{}/{}", store_directory, kHeldFile), limits::kHeldBookBytes);
  if (!text && text.error().code == Errc::NotFound) return transaction::HeldBook();
  if (!text) return tl::unexpected<Error>(text.error());
  return transaction::parse_held_book(*text);
}

Result<void> write_held_book(const std::string& store_directory,
                             const transaction::HeldBook& book) {
  return os::write_text_file(fmt::format("{}/{}", store_directory, kHeldFile),
                             transaction::render_held_book(book), kBookMode);
}

std::string find_header_field(std::string_view header, std::string_view name) {
  for (std::size_t at = 0; at < header.size();) {
    std::size_t end = header.find('\n', at);
    // Lines that begin with white space continue the field.
    while (end != header.npos && end + 1 < header.size() &&
           (header[end + 1] == ' ' || header[end + 1] == '\t'))
      end = header.find('\n', end + 1);
    const std::string_view field = header.substr(at, end == header.npos ? end : end - at);
    if (field.empty() || field == "\r") return "";  // The body follows.
    const std::size_t colon = field.find(':');
    if (colon != field.npos && ascii::equals_folded(ascii::trim(field.substr(0, colon)), name)) {
      return mail::unfold(field.substr(colon + 1));
    }
    if (end == header.npos) break;
    at = end + 1;
  }
  return "";
}

}  // namespace backstop::app
