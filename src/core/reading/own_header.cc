#include "core/reading/own_header.h"

#include <algorithm>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/char_set.h"
#include "core/base/limits.h"
#include "core/mail/header_text.h"
#include "core/mail/utf8.h"
#include "core/reading/bounce_fields.h"
#include "core/reading/normal_text.h"
#include "core/reading/notice_charset.h"

namespace backstop::reading {
namespace {

// Addresses of one field that are held against those of the text.
constexpr std::size_t kParties = 10;

std::string first_keyword(std::string_view raw) {
  static constexpr CharSet kEndsWord(" \t;(");
  std::string text = ascii::lower(mail::unfold(raw));
  text.resize(kEndsWord.find_in(text));
  return text;
}

std::string shown_text(std::string_view raw) {
  std::string text = mail::decode_text(raw);
  mail::cut_utf8(text, limits::kShownFieldBytes);
  return text;
}

}  // namespace

void append_references(std::vector<std::string>& references, std::vector<std::string> more) {
  for (std::string& entry : more) {
    if (references.size() >= limits::kReferences) return;
    if (std::ranges::find(references, entry) == references.end())
      references.push_back(std::move(entry));
  }
}

void OwnHeader::set_envelope_sender(std::string_view path) {
  const auto address = mail::parse_path(path);
  if (!address) {
    envelope_is_daemon_ = false;
    return;
  }
  envelope_is_postmaster_ = ascii::equals_folded(address->local, "postmaster");
  envelope_is_daemon_ = address->is_null() || envelope_is_postmaster_ ||
                        ascii::equals_folded(address->local, "mailer-daemon");
}

void OwnHeader::on_field(std::string_view name, std::string_view raw) {
  signs_.on_field(name, raw);
  const auto is = [name](std::string_view known) { return ascii::equals_folded(name, known); };
  if (product_.empty()) product_ = product_of_field(name, raw);
  switch (name.size()) {
    case 2:
      if (is("to") && to_.empty()) to_ = raw.substr(0, limits::kShownFieldBytes);
      break;
    case 4:
      if (is("from")) {
        on_from(raw);
      } else if (is("date") && !date_) {
        date_ = mail::parse_date(raw);
      }
      break;
    case 7:
      if (is("subject") && subject_.empty()) on_subject(raw);
      break;
    case 8:
      if (is("reply-to") && reply_to_.empty()) reply_to_ = raw.substr(0, limits::kShownFieldBytes);
      break;
    case 10:
      if (is("references")) append_references(references_, mail::parse_message_ids(raw));
      break;
    case 11:
      if (is("in-reply-to")) append_references(references_, mail::parse_message_ids(raw));
      break;
    case 14:
      if (is("auto-submitted") && auto_submitted_.empty()) auto_submitted_ = first_keyword(raw);
      break;
    case 19:
      if (is("x-failed-recipients")) on_failed_recipients(raw);
      break;
    default:
      break;
  }
}

// Bytes that are no UTF-8 outside of encoded words, whose charset only the text can tell.
void OwnHeader::keep_undecided(std::string_view raw, std::string& kept) {
  if (kept.empty() && !mail::is_utf8(raw)) kept = raw.substr(0, limits::kShownFieldBytes);
}

void OwnHeader::settle_charset(std::string_view label) {
  if (undecided_from_.empty() && undecided_subject_.empty()) return;
  const std::string charset =
      decide_notice_charset(undecided_subject_ + "\n" + undecided_from_, label);
  words_ = {};
  if (!undecided_from_.empty()) {
    has_from_ = false;
    on_from(decode_notice_line(undecided_from_, charset));
  } else {
    find_phrases(normal_from_name_, Where::From, words_);
  }
  if (!undecided_subject_.empty()) {
    on_subject(decode_notice_line(undecided_subject_, charset));
  } else {
    find_phrases(normal_subject_, Where::Subject, words_);
  }
}

void OwnHeader::on_from(std::string_view raw) {
  std::string text = mail::decode_text(raw);
  auto addresses = mail::parse_address_list(raw, 1);
  role_ = std::max(role_, sender_role(text, addresses.empty() ? nullptr : &addresses.front()));
  if (std::exchange(has_from_, true)) return;
  keep_undecided(raw, undecided_from_);
  from_ = std::move(text);
  mail::cut_utf8(from_, limits::kShownFieldBytes);
  if (!addresses.empty()) {
    from_address_ = std::move(addresses.front());
    from_address_.local = ascii::lower(from_address_.local);
    from_address_.domain = ascii::lower(from_address_.domain);
  }
  normal_from_name_ = render_normal_line(from_);
  find_phrases(normal_from_name_, Where::From, words_);
  normal_from_name_.resize(std::min(normal_from_name_.find('@'), normal_from_name_.size()));
}

void OwnHeader::on_subject(std::string_view raw) {
  keep_undecided(raw, undecided_subject_);
  subject_ = shown_text(raw);
  aggregate_subject_ = is_aggregate_subject(subject_);
  normal_subject_ = render_normal_line(subject_);
  find_phrases(normal_subject_, Where::Subject, words_);
}

void OwnHeader::on_failed_recipients(std::string_view raw) {
  for (const mail::Address& address : mail::parse_address_list(raw, limits::kReportRecipients)) {
    if (failed_recipients_.size() >= limits::kReportRecipients) return;
    failed_recipients_.push_back(address.text());
  }
}

std::vector<std::string> OwnHeader::parties() const {
  std::vector<std::string> parties;
  if (!from_address_.is_null()) parties.push_back(from_address_.text());
  for (const std::string& field : {reply_to_, to_}) {
    for (const mail::Address& address : mail::parse_address_list(field, kParties))
      parties.push_back(address.text());
  }
  return parties;
}

void OwnHeader::describe(Findings& findings) const {
  findings.signs = signs_;
  findings.envelope_is_daemon = envelope_is_daemon_;
  findings.envelope_is_postmaster = envelope_is_postmaster_;
  findings.from = role_;
  findings.from_local = from_address_.local;
  findings.from_name = normal_from_name_;
  findings.to = to_;
  findings.subject = normal_subject_;
  findings.aggregate_subject = aggregate_subject_;
  findings.answers_mail = !references_.empty();
}

void OwnHeader::give(Reading& reading) {
  reading.from = std::move(from_);
  reading.subject = std::move(subject_);
  reading.date = date_;
  reading.auto_submitted = std::move(auto_submitted_);
  reading.references = std::move(references_);
}

}  // namespace backstop::reading
