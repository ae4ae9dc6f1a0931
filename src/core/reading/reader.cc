#include "core/reading/reader.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/mail/header_text.h"
#include "core/mail/walker.h"
#include "core/reading/bounce_fields.h"
#include "core/reading/delivery_status.h"
#include "core/reading/delivery_words.h"
#include "core/reading/kind.h"
#include "core/reading/language.h"
#include "core/reading/normal_text.h"
#include "core/reading/notice_fields.h"
#include "core/reading/own_header.h"
#include "core/reading/report_files.h"
#include "core/reading/returned.h"
#include "core/reading/text_parts.h"

namespace backstop::reading {
namespace {

constexpr mail::PartId kNoPart = ~mail::PartId{0};

}  // namespace

// The visitor of the walk: sorts what it meets to the readers of the several parts.
struct Reader::State final : mail::Visitor {
  State() : walker(*this) {}

  void on_part(const mail::PartPlace& place) override;
  void on_field(mail::PartId part, const mail::FieldView& field) override;
  mail::PartAction on_header_end(const mail::PartHead& head) override;
  void on_content(mail::PartId part, std::string_view bytes) override;
  void on_part_end(mail::PartId part, bool whole) override;

  void on_own_header_end(const mail::PartHead& head);
  mail::PartAction choose(const mail::PartHead& head);
  mail::PartAction begin_status(mail::PartId id);
  void begin_text(const mail::PartHead& head, TextForm form);
  bool in_enclosed() const { return enclosed != kNoPart; }
  bool settled() const;
  Findings findings(PhraseHits header_words) const;
  void read_preamble();
  void note_words(PhraseHits& words);
  Reading finish();
  void choose_recipients(Reading& reading);
  void complete_bounce(Reading& reading, const Findings& found);
  void describe_bounce(Reading& reading, const Findings& found);
  void choose_returned(Reading& reading);

  mail::Walker walker;
  OwnHeader header;
  std::string normal_words;
  PhraseHits all_words;               // Of subject and sender too; once it is finished.
  bool file_named_aggregate = false;  // By the disposition of the part whose header is open.
  std::string report_type;
  Reading reading;
  ReportParts parts;

  bool own_header_ended = false;
  bool finishing = false;
  bool follow = false;  // Automatic by its header: its parts are looked into.
  bool own_multipart = false;
  mail::PartId alternative = kNoPart;  // The multipart/alternative met last.

  // The part whose content is being read, and by whom.
  mail::PartId status_part = kNoPart;
  mail::PartId notice_part = kNoPart;
  mail::PartId text_part = kNoPart;
  // A message that has no part, since its boundary stands nowhere, is text.
  mail::PartId preamble_part = kNoPart;
  std::string preamble;
  std::unique_ptr<DeliveryStatus> status;
  std::unique_ptr<NoticeFields> notice;
  std::unique_ptr<TextParts> text;
  bool status_ended = false;
  bool status_is_guessed = false;  // Of a part whose type says nothing.
  bool from_daemon = false;        // By its own header.

  // The outermost enclosed message or header block that is open, and the one that is collected: the
  // first.  Of those beside it only the tokens count; what they enclose themselves proves nothing.
  mail::PartId enclosed = kNoPart;
  std::vector<std::string> further_tokens;
  mail::PartId returned_part = kNoPart;
  mail::PartRole returned_role = mail::PartRole::Enclosed;
  bool returned_ended_late = false;  // Its header ended only with the input.
  bool returned_has_body = false;
  std::unique_ptr<ReturnedCollector> returned;
};

void Reader::State::on_part(const mail::PartPlace& place) {
  file_named_aggregate = false;
  if (place.id != 0) preamble.clear();
  if (in_enclosed()) {
    if (returned && enclosed == returned_part) {
      returned->on_body();
      returned_has_body = true;
    }
    return;
  }
  if (place.role != mail::PartRole::Enclosed && place.role != mail::PartRole::Headers) return;
  enclosed = place.id;
  if (returned) return;
  returned = std::make_unique<ReturnedCollector>();
  returned_part = place.id;
  returned_role = place.role;
}

void Reader::State::on_field(mail::PartId part, const mail::FieldView& field) {
  if (part == 0) {
    header.on_field(field.name, field.raw);
  } else if (returned && part == returned_part) {
    returned->on_field(field.name, field.raw, field.cut);
  } else if (in_enclosed() && part == enclosed &&
             ascii::equals_folded(field.name, kReturnedTokenField) &&
             further_tokens.size() < limits::kTokenCandidates) {
    further_tokens.push_back(mail::unfold(field.raw.substr(0, limits::kTokenFieldBytes)));
  }
  if (!in_enclosed() && ascii::equals_folded(field.name, "content-disposition")) {
    for (const auto& [name, value] : mail::parse_structured(field.raw).parameters) {
      if (name == "filename" && is_aggregate_file_name(value)) file_named_aggregate = true;
    }
  }
}

mail::PartAction Reader::State::on_header_end(const mail::PartHead& head) {
  if (!in_enclosed()) note_file(head, file_named_aggregate, parts);
  if (head.place.id == 0) {
    on_own_header_end(head);
    if (!follow) return mail::PartAction::Stop;
  }
  if (in_enclosed()) {
    if (!returned || head.place.id != returned_part) return mail::PartAction::Skip;
    returned->on_header_end();
    if (walker.defects().has(mail::Defect::HeaderBlockTooLong)) returned->on_loss();
    returned_ended_late = finishing;
    // Only to learn whether there is a body.
    return mail::PartAction::Decode;
  }
  return choose(head);
}

void Reader::State::on_own_header_end(const mail::PartHead& head) {
  own_header_ended = true;
  own_multipart = head.multipart;
  header.settle_charset(head.parameter("charset"));
  if (head.is("multipart", "report")) report_type = ascii::lower(head.parameter("report-type"));
  const Findings found = findings(header.words());
  from_daemon = has_daemon_sender(found);
  follow = needs_body(found);
}

mail::PartAction Reader::State::choose(const mail::PartHead& head) {
  const mail::PartId id = head.place.id;
  // As views they are only compared when they are as long.
  const std::string_view type = head.type;
  const std::string_view subtype = head.subtype;
  if (head.multipart) {
    if (subtype == "alternative" || (subtype == "related" && head.place.parent == alternative)) {
      alternative = id;
    }
    if (id != 0 || !from_daemon) return mail::PartAction::Skip;
    preamble_part = id;
    return mail::PartAction::Decode;
  }
  // Whoever stopped feeding here, since nothing more can count, must have read the same.
  if (settled()) return mail::PartAction::Skip;
  if (type == "message") {
    if (subtype == "delivery-status" || subtype == "global-delivery-status") {
      return begin_status(id);
    }
    if (subtype == "disposition-notification" || subtype == "global-disposition-notification" ||
        subtype == "feedback-report") {
      (subtype == "feedback-report" ? parts.feedback : parts.disposition) = true;
      notice_part = id;
      if (!notice) notice = std::make_unique<NoticeFields>();
      return mail::PartAction::Decode;
    }
    return mail::PartAction::Enter;
  }
  // Some products give the part another type, but its name.
  if (subtype == "delivery-status" || subtype == "x-delivery-status") {
    return begin_status(id);
  }
  // As Outlook and archives name what they do not know.
  const bool reported = report_type == "delivery-status";
  if (subtype == "octet-stream" && (reported || (own_multipart && from_daemon && !status))) {
    status_is_guessed = !reported;
    return begin_status(id);
  }
  // Without a boundary that can be used, all of it is text.
  if (type == "multipart") {
    begin_text(head, TextForm::Plain);
    return mail::PartAction::Decode;
  }
  if (type != "text") {
    parts.attachment = true;
    return mail::PartAction::Skip;
  }
  if (subtype == "rfc822-headers") return mail::PartAction::Enter;
  if (subtype == "calendar") return mail::PartAction::Skip;
  if (subtype == "html") {
    // An alternative says the same as the text before it.
    if (text && text->has_words() && head.place.parent == alternative)
      return mail::PartAction::Skip;
    begin_text(head, TextForm::Html);
  } else {
    begin_text(head, TextForm::Plain);
  }
  return mail::PartAction::Decode;
}

mail::PartAction Reader::State::begin_status(mail::PartId id) {
  status_part = id;
  if (!status) status = std::make_unique<DeliveryStatus>();
  return mail::PartAction::Decode;
}

void Reader::State::begin_text(const mail::PartHead& head, TextForm form) {
  text_part = head.place.id;
  if (!text) text = std::make_unique<TextParts>();
  text->begin(head.parameter("charset"), form);
}

void Reader::State::on_content(mail::PartId part, std::string_view bytes) {
  if (part == preamble_part) {
    preamble += bytes.substr(0, limits::kBufferedTextBytes - preamble.size());
  } else if (part == status_part) {
    status->feed(bytes);
  } else if (part == notice_part) {
    notice->feed(bytes);
  } else if (part == text_part) {
    text->feed(bytes);
  } else if (part == returned_part && !returned_has_body && !ascii::trim(bytes).empty()) {
    returned->on_body();
    returned_has_body = true;
  }
}

void Reader::State::on_part_end(mail::PartId part, bool whole) {
  if (part == status_part) {
    status_part = kNoPart;
    status->end_part();
    if (std::exchange(status_is_guessed, false) && status->recipients().empty()) {
      status.reset();
      parts.attachment = true;
    } else {
      parts.delivery_status = parts.delivery_status || status->fields_seen() > 0;
      status_ended = true;
    }
  } else if (part == notice_part) {
    notice_part = kNoPart;
    notice->finish();
  } else if (part == text_part) {
    text_part = kNoPart;
    // A text that is the whole message has no end of its own: whoever cut it left no trace.
    text->end(whole && part != 0);
  }
  if (part != enclosed) return;
  enclosed = kNoPart;
  // Cut off inside its header block, or so close behind it that nobody can tell.  A block that
  // ended before the input did was read whole.
  if (part == returned_part && !whole && !returned_has_body &&
      (returned_ended_late || !finishing)) {
    returned->on_cut();
  }
}

bool Reader::State::settled() const {
  if (!own_header_ended) return false;
  if (!follow) return true;
  if (report_type == "tlsrpt") return true;
  if (own_multipart) {
    // Without a token, another returned part may still bring one.
    const bool returned_done =
        returned && returned->has_token() && returned->ended() &&
        (returned_has_body || (returned_role == mail::PartRole::Headers && !in_enclosed()));
    return report_type == "delivery-status" && status_ended && parts.delivery_status &&
           returned_done;
  }
  return text && text->plain().states_outcome() && text->inline_return().announced() &&
         text->inline_return().done();
}

void Reader::State::choose_recipients(Reading& into) {
  if (status) {
    into.reporting_mta = status->reporting_mta();
    into.envelope_id = status->envelope_id();
    into.recipients = status->take_recipients();
  }
  if (notice && into.recipients.empty()) {
    if (into.reporting_mta.empty()) into.reporting_mta = notice->reporting_mta();
    into.recipients = notice->recipients();
  }
  if (text && into.recipients.empty()) into.recipients = text->take_recipients();
  if (text && into.reporting_mta.empty()) into.reporting_mta = text->plain().reporting_mta();
}

// Of a notice that the words of the text or the header say is about a delivery: what stands in its
// own text of whom, and why.
void Reader::State::complete_bounce(Reading& into, const Findings& found) {
  if (notice) return;
  const bool about_delivery =
      status || found.product != Product::None || found.from != SenderRole::Other ||
      has_daemon_sender(found) || found.words.has(Kind::Bounce) || found.words.has(Kind::Delay) ||
      found.signs.has(HeaderSign::CertifiedFailure) ||
      (found.signs.has(HeaderSign::AutoSubmitted) && find_delivery_words(found.subject).any());
  if (!about_delivery) return;
  const std::string_view own_words = text ? text->own_words() : std::string_view{};
  if (!status) {
    if (auto told = read_status_text(own_words, into.reporting_mta); !told.empty())
      into.recipients = std::move(told);
  }
  NoticeContext context;
  if (are_lines_wanted(into.recipients)) {
    context.subject = header.subject();
    context.other_parties = header.parties();
    context.failed_recipients = header.failed_recipients();
    const Returned& back = into.returned;
    if (back.from) context.other_parties.push_back(back.from->text());
    if (back.return_path) context.other_parties.push_back(back.return_path->text());
    for (const mail::Address& to : back.to)
      context.returned_to.push_back(to.text());
  }
  complete_recipients(into.recipients, own_words, context);
}

// What only the decided kind gives a meaning.
void Reader::State::describe_bounce(Reading& into, const Findings& found) {
  if (into.kind != Kind::Bounce && into.kind != Kind::Delay) {
    if (!status && !notice && form_of(into.kind) != KindForm::Returning) into.recipients.clear();
    return;
  }
  if (!status) {
    for (RecipientReport& recipient : into.recipients) {
      if (recipient.action.empty() || recipient.action == "failed" || recipient.action == "delayed")
        recipient.action = into.kind == Kind::Delay ? "delayed" : "failed";
    }
  }
  if (status) into.arrival_date = status->arrival_date();
  into.product = header.product();
  if (into.product.empty()) into.product = product_of_words(found.words);
  if (into.product.empty()) into.product = name_of(found.product);
  note_source_knew(into, found.words);
}

// The first part of its own is what the product returned.  Further ones may hold the header that it
// left out, and text may quote some lines of it: their tokens count all the same.
void Reader::State::choose_returned(Reading& into) {
  if (returned) into.returned = returned->take();
  if (text) {
    Returned quoted = text->take_returned();
    if (into.returned.form == ReturnForm::None) {
      into.returned = std::move(quoted);
    } else {
      std::ranges::move(quoted.tokens, std::back_inserter(further_tokens));
    }
  }
  for (std::string& token : further_tokens) {
    if (into.returned.tokens.size() >= limits::kTokenCandidates) break;
    into.returned.tokens.push_back(std::move(token));
  }
}

Findings Reader::State::findings(PhraseHits header_words) const {
  Findings findings;
  header.describe(findings);
  findings.words = std::move(header_words);
  findings.report_type = report_type;
  findings.parts = parts;
  findings.recipients = &reading.recipients;
  if (text) {
    findings.product = text->plain().product();
    findings.product_states_outcome = text->plain().states_outcome();
    findings.product_delayed = text->plain().delayed();
    findings.return_announced = text->inline_return().was_announced();
  }
  findings.text = normal_words;
  findings.returned = reading.returned.form;
  findings.returned_inline = reading.returned.inline_in_text;
  return findings;
}

// Adds those of the notice's own text to those of the header.
void Reader::State::note_words(PhraseHits& words) {
  if (!text) return;
  normal_words = render_normal(text->own_words());
  find_phrases(normal_words, Where::Text, words);
}

void Reader::State::read_preamble() {
  if (ascii::trim(preamble).empty()) return;
  text = std::make_unique<TextParts>();
  text->begin("", TextForm::Plain);
  text->feed(preamble);
  text->end(false);
}

Reading Reader::State::finish() {
  finishing = true;
  walker.finish();
  read_preamble();
  choose_recipients(reading);
  choose_returned(reading);
  if (text && !text->charset().empty()) header.settle_charset(text->charset());
  PhraseHits words = header.take_words();
  note_words(words);
  Findings found = findings(std::move(words));
  complete_bounce(reading, found);
  KindDecision decision = own_header_ended && !follow ? decide_ordinary(found) : decide_kind(found);
  reading.kind = decision.kind;
  reading.confidence = decision.confidence;
  reading.standard = decision.standard;
  reading.language = decision.language != "und"
                         ? std::move(decision.language)
                         : std::string(language_of(found.words, normal_words));
  reading.evidence = std::move(decision.evidence);
  reading.defects = walker.defects();
  describe_bounce(reading, found);
  header.give(reading);
  if (notice && !notice->original_message_id().empty())
    append_references(reading.references, {notice->original_message_id()});
  if (reading.kind == Kind::Ordinary || reading.kind == Kind::AggregateReport) {
    reading.returned = Returned{};
    reading.recipients.clear();
    reading.reporting_mta.clear();
    reading.envelope_id.clear();
  }
  all_words = std::move(found.words);
  return std::move(reading);
}

Reader::Reader() : state_(std::make_unique<State>()) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;

void Reader::set_envelope_sender(std::string_view path) {
  state_->header.set_envelope_sender(path);
}

void Reader::feed(std::string_view bytes) {
  state_->walker.feed(bytes);
}

void Reader::feed_field(std::string_view name, std::string_view raw) {
  state_->walker.feed_field(name, raw);
}

void Reader::end_header() {
  state_->walker.end_header();
}

bool Reader::settled() const {
  return state_->settled();
}

bool Reader::follows_body() const {
  return state_->follow;
}

Reading Reader::finish() {
  return state_->finish();
}

HeaderSigns Reader::signs() const {
  return state_->header.signs();
}

const PhraseHits& Reader::words() const {
  return state_->all_words;
}

ReadOutcome read_message(std::string_view bytes, std::optional<std::string_view> envelope_sender) {
  return Reader::read(bytes, envelope_sender);
}

ReadOutcome Reader::read(std::string_view bytes, std::optional<std::string_view> envelope_sender) {
  State state;
  if (envelope_sender) state.header.set_envelope_sender(*envelope_sender);
  state.walker.feed(bytes);
  const bool body_read = state.follow;
  return {.reading = state.finish(),
          .body_read = body_read,
          .signs = state.header.signs(),
          .words = std::move(state.all_words)};
}

Reading read_message(std::string_view bytes) {
  return read_message(bytes, std::nullopt).reading;
}

}  // namespace backstop::reading
