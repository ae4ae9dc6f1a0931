#include "core/review/sighting.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/ascii.h"
#include "core/base/assert.h"
#include "core/coverage/name_paths.h"
#include "core/transaction/history_row.h"

namespace backstop::review {
namespace {

using policy::Facts;
using transaction::Record;

constexpr std::size_t kRecipientsKept = 5;
constexpr std::size_t kReportsShown = 5;
constexpr std::size_t kHopsShown = 8;

class Sample {
 public:
  // Nothing for an empty value, or when there is no room.
  void add(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    std::string line = fmt::format("{}: ", name);
    for (const char c : value) {
      if (line.size() + 1 >= kSampleLineBytes) break;
      const auto byte = static_cast<unsigned char>(c);
      line.push_back(byte < 0x20 || byte == 0x7f ? ' ' : c);
    }
    if (text_.size() + line.size() + 1 > kSampleBytes) return;
    text_.append(line).push_back('\n');
  }
  void begin(std::string_view title) {
    if (text_.size() + title.size() + 3 > kSampleBytes) return;
    if (!text_.empty()) text_.push_back('\n');
    text_.append(title).push_back('\n');
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string text_of(const std::optional<mail::Address>& address) {
  return address ? "<" + address->text() + ">" : std::string();
}
std::string text_of(const std::optional<Instant>& at) {
  return at ? render_instant(*at) : std::string();
}

void add_report(Sample& sample, const reading::Reading& reading, bool in_words) {
  if (reading.reporting_mta.empty() && reading.recipients.empty()) return;
  sample.begin("-- the report");
  sample.add("Reporting-MTA", reading.reporting_mta);
  sample.add("Arrival-Date", text_of(reading.arrival_date));
  std::size_t shown = 0;
  for (const reading::RecipientReport& one : reading.recipients) {
    if (shown++ == kReportsShown) return;
    sample.add("Final-Recipient", one.address);
    sample.add("Original-Recipient", one.original);
    sample.add("Action", one.action);
    sample.add("Status", one.status);
    sample.add("Remote-MTA", one.remote_mta);
    if (in_words) sample.add("Diagnostic-Code", one.diagnostic);
  }
}

void add_returned(Sample& sample, const reading::Returned& returned) {
  if (returned.form == reading::ReturnForm::None) return;
  sample.begin(fmt::format("-- the original, {}", reading::name_of(returned.form)));
  sample.add("Return-Path", text_of(returned.return_path));
  std::size_t shown = 0;
  for (const reading::Hop& hop : returned.hops) {
    if (shown++ == kHopsShown) break;
    sample.add("Received",
               fmt::format("from {} by {} id {}; {}", hop.from_ip ? hop.from_ip->text() : "?",
                           hop.by, hop.id, text_of(hop.date)));
  }
  for (const reading::DkimReference& dkim : returned.dkim)
    sample.add("DKIM-Signature", fmt::format("d={} s={}", dkim.domain, dkim.selector));
  for (const std::string& token : returned.tokens)
    sample.add("Backstop-Token", token);
  sample.add("From", text_of(returned.from));
  for (const mail::Address& to : returned.to)
    sample.add("To", "<" + to.text() + ">");
  sample.add("Date", text_of(returned.date));
  sample.add("Subject", returned.subject);
  sample.add("Message-ID", returned.message_id);
}

bool is_host_of_ours(const config::Config& config, std::string_view name) {
  if (name.empty()) return false;
  return ascii::equals_folded(name, config.authserv_id) ||
         std::ranges::any_of(config.relays.names, [&](const std::string& own) {
           return ascii::equals_folded(name, own);
         });
}

Hints find_hints(const Record& record, const config::Config& config) {
  Hints out = 0;
  const auto add = [&](bool found, Hint hint) {
    if (found) out |= 1U << static_cast<unsigned>(hint);
  };
  for (const Facts& facts : record.facts) {
    add(facts.hint, Hint::OwnQueueId);
    add(facts.signature_hint, Hint::OwnSignature);
    add(facts.pair != policy::Pair::Absent, Hint::Correspondent);
  }
  for (const reading::Hop& hop : record.reading->returned.hops)
    add(is_host_of_ours(config, hop.by), Hint::OwnRelay);
  return out;
}

}  // namespace

std::string_view name_of(Hint hint) {
  switch (hint) {
    case Hint::OwnQueueId:
      return "own-queue-id";
    case Hint::OwnSignature:
      return "own-signature";
    case Hint::Correspondent:
      return "correspondent";
    case Hint::OwnRelay:
      return "own-relay";
  }
  BS_ASSERT(false);
}

std::string_view sentence_of(Hint hint) {
  switch (hint) {
    case Hint::OwnQueueId:
      return "the original passed our own queue within a day, by its queue id";
    case Hint::OwnSignature:
      return "the original bears a DKIM signature of ours, without the token that our mail had";
    case Hint::Correspondent:
      return "we wrote to whoever failed or answers";
    case Hint::OwnRelay:
      return "a Received line of the original names a host of ours";
  }
  BS_ASSERT(false);
}

std::string_view name_of(Answer answer) {
  switch (answer) {
    case Answer::Open:
      return "open";
    case Answer::Ours:
      return "ours";
    case Answer::NotOurs:
      return "not-ours";
    case Answer::Later:
      return "later";
  }
  BS_ASSERT(false);
}

std::optional<Answer> parse_answer(std::string_view name) {
  for (const Answer answer : {Answer::Open, Answer::Ours, Answer::NotOurs, Answer::Later})
    if (name_of(answer) == name) return answer;
  return std::nullopt;
}

std::string render_sample(const reading::Reading& reading) {
  const bool in_words = reading::form_of(reading.kind) == reading::KindForm::Returning;
  Sample sample;
  sample.begin(fmt::format("-- the message, {}", reading::name_of(reading.kind)));
  sample.add("From", reading.from);
  sample.add("Subject", in_words ? reading.subject : "(left out: the words of an answer)");
  sample.add("Date", text_of(reading.date));
  sample.add("Auto-Submitted", reading.auto_submitted);
  for (const std::string& id : reading.references)
    sample.add("In-Reply-To", id);
  add_report(sample, reading, in_words);
  add_returned(sample, reading.returned);
  return sample.take();
}

std::optional<Sighting> find_sighting(const Record& record, std::string_view queue_id,
                                      const config::Config& config) {
  if (record.direction != transaction::Direction::Inbound || record.reading == nullptr)
    return std::nullopt;
  const policy::Judgement& judgement = record.judgement;
  const bool would_refuse = judgement.enforced >= policy::Decision::Quarantine;
  const bool is_welcome = judgement.verdict == policy::Verdict::Genuine ||
                          judgement.verdict == policy::Verdict::NotBackscatter;
  if (is_welcome || (!would_refuse && judgement.verdict != policy::Verdict::Unproven))
    return std::nullopt;
  Sighting out;
  const mail::Address* first = nullptr;
  for (const auto& [address, is_ours] : record.recipient_addresses) {
    if (!is_ours || out.recipients.size() == kRecipientsKept) continue;
    if (first == nullptr) first = &address;
    out.recipients.push_back(address.text());
    std::string domain = mail::canonical_domain(address.domain);
    if (std::ranges::find(out.domains, domain) == out.domains.end())
      out.domains.push_back(std::move(domain));
  }
  if (first == nullptr) return std::nullopt;
  const reading::Reading& reading = *record.reading;
  out.at = record.at;
  out.fingerprint = watch::find_fingerprint(reading, *first);
  out.queue_id = queue_id;
  out.kind = reading::name_of(record.kind);
  out.verdict = policy::name_of(judgement.verdict);
  out.decision = policy::name_of(judgement.decision);
  out.reasons = transaction::join_reasons(judgement.reasons);
  out.would_refuse = would_refuse;
  out.hints = find_hints(record, config);
  for (const std::string& domain : out.domains) {
    const std::vector<coverage::PathName> paths = coverage::name_paths(reading, domain);
    if (!paths.empty()) out.paths.push_back(domain + " " + paths.front().text());
  }
  out.source = reading.reporting_mta.empty() ? reading.from : reading.reporting_mta;
  out.sample = render_sample(reading);
  return out;
}

}  // namespace backstop::review
