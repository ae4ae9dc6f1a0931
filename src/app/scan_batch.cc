#include "app/scan_batch.h"

#include <utility>

#include "app/read_judge.h"
#include "app/scan_csv.h"
#include "core/base/limits.h"
#include "core/mail/from_line.h"
#include "core/mail/header_text.h"
#include "core/reading/reader.h"
#include "edge/mailbox/message_place.h"

namespace backstop::app {
namespace {

// With keys at hand: late proofs are ours as well.
std::optional<policy::Judgement> judge(const reading::Reading& reading, const Basis* basis) {
  if (basis == nullptr || basis->ring == nullptr || !survey::is_backscatter(reading.kind)) {
    return std::nullopt;
  }
  return judge_reading(reading, *basis).judgement;
}

bool is_ours(policy::Verdict verdict) {
  return verdict == policy::Verdict::Genuine || verdict == policy::Verdict::Late;
}

class BatchScan {
 public:
  BatchScan(const mailbox::Batch& batch, const ScanWishes& wishes, bool list_ordinary)
      : batch_(batch), wishes_(wishes), list_ordinary_(list_ordinary) {}

  BatchFindings run() {
    found_.disk_bytes = batch_.bytes;
    found_.ordinary_days.reserve(batch_.messages.size());
    for (const mailbox::Unreadable& place : batch_.unreadable) {
      found_.unreadable.push_back(survey::UnreadablePlace{
          .source = place.source, .offset = place.offset, .what = place.error.detail});
    }
    for (const mailbox::BatchMessage& message : batch_.messages)
      read(message);
    return std::move(found_);
  }

 private:
  void read(const mailbox::BatchMessage& message) {
    const std::string_view sender = mail::from_line_sender(message.from_line);
    const auto outcome =
        reading::read_message(message.bytes, sender.empty() ? std::nullopt : std::optional(sender));
    const reading::Reading& reading = outcome.reading;
    found_.bytes += message.bytes.size();
    if (outcome.body_read) ++found_.bodies;
    if (message.cut) ++found_.cut;
    const survey::MessageHead head = survey::find_head(message.bytes);
    const auto judgement = judge(reading, wishes_.basis);
    std::optional<Instant> time;
    if (reading.kind == reading::Kind::Ordinary && !wishes_.rows) {
      time = survey::find_time(head, message.from_line);
    } else {
      survey::Sighting sighting = survey::make_sighting(reading, head, message.from_line);
      time = sighting.time;
      if (judgement) sighting.genuine = is_ours(judgement->verdict);
      if (wishes_.rows) append_row(message, reading, head, sighting, judgement);
      if (reading.kind != reading::Kind::Ordinary) found_.sightings.push_back(std::move(sighting));
    }
    if (reading.kind == reading::Kind::Ordinary) note_ordinary(message, head, time);
    if (wishes_.truth != nullptr) check(message, reading.kind);
  }

  void note_ordinary(const mailbox::BatchMessage& message, const survey::MessageHead& head,
                     std::optional<Instant> time) {
    found_.ordinary_days.push_back(time ? std::optional(std::chrono::floor<Days>(*time))
                                        : std::nullopt);
    if (!list_ordinary_ || found_.ordinary.size() >= limits::kSurveyListed) return;
    found_.ordinary.push_back(
        survey::OrdinaryMessage{.source = mailbox::place_of(batch_, message).source,
                                .from = mail::decode_text(head.from),
                                .subject = mail::decode_text(head.subject)});
  }

  void append_row(const mailbox::BatchMessage& message, const reading::Reading& reading,
                  const survey::MessageHead& head, const survey::Sighting& sighting,
                  const std::optional<policy::Judgement>& judgement) {
    append_csv_row(found_.rows,
                   CsvMessage{.place = mailbox::place_of(batch_, message),
                              .from = mail::decode_text(head.from),
                              .subject = mail::decode_text(head.subject),
                              .verdict = judgement ? policy::name_of(judgement->verdict) : ""},
                   reading, sighting, wishes_.redaction);
  }

  void check(const mailbox::BatchMessage& message, reading::Kind kind) {
    const std::string& source = batch_.sources[message.source];
    const survey::Expected* expected = wishes_.truth->find(source);
    if (expected == nullptr) {
      ++found_.unchecked;
      return;
    }
    if (found_.met.empty() || found_.met.back() != source) found_.met.push_back(source);
    found_.checked.push_back(CheckedMessage{
        .source = mailbox::place_of(batch_, message).source, .expected = expected, .found = kind});
  }

  const mailbox::Batch& batch_;
  const ScanWishes& wishes_;
  bool list_ordinary_;
  BatchFindings found_;
};

}  // namespace

BatchFindings read_batch(const mailbox::Batch& batch, const ScanWishes& wishes,
                         bool list_ordinary) {
  return BatchScan(batch, wishes, list_ordinary).run();
}

}  // namespace backstop::app
