// What the message's own header says, field by field: who writes, about what, and whether it is
// automatic.  Runs for all mail.
//
// Not thread-safe; one object per message.  Holds the text of From and Subject, the Message-IDs it
// answers, and a few bits.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/mail/address.h"
#include "core/reading/header_signs.h"
#include "core/reading/kind.h"
#include "core/reading/phrases.h"
#include "core/reading/reading.h"

namespace backstop::reading {

class OwnHeader {
 public:
  // The envelope sender, as of Reader::set_envelope_sender.
  void set_envelope_sender(std::string_view path);
  // One field; `raw` as in mail::FieldView.
  void on_field(std::string_view name, std::string_view raw);

  // Reads From and Subject once more where they have bytes that are no UTF-8 as they stand: in the
  // charset of the text, `label` (may be empty), unless they look like another.
  void settle_charset(std::string_view label);

  // Fills what the header alone tells; views stay valid as long as this object does not change.
  void describe(Findings& findings) const;
  // Of Subject and From.
  const PhraseHits& words() const { return words_; }
  PhraseHits take_words() { return std::move(words_); }
  // Moves what is shown of it.  REQUIRES: called once, and describe not afterwards.
  void give(Reading& reading);
  // X-Failed-Recipients, as addresses.
  const std::string& subject() const { return subject_; }
  const std::vector<std::string>& failed_recipients() const { return failed_recipients_; }
  // From, Reply-To and To, as addresses: who takes part in the notice itself.
  std::vector<std::string> parties() const;
  // Of a field by which one product marks what it writes (bounce_fields.h); "" if there is none.
  const std::string& product() const { return product_; }
  HeaderSigns signs() const { return signs_; }

 private:
  void on_from(std::string_view raw);
  void on_subject(std::string_view raw);
  void on_failed_recipients(std::string_view raw);
  static void keep_undecided(std::string_view raw, std::string& kept);

  HeaderSigns signs_;
  std::optional<bool> envelope_is_daemon_;
  bool envelope_is_postmaster_ = false;
  SenderRole role_ = SenderRole::Other;
  bool has_from_ = false;
  std::string from_;
  std::string normal_from_name_;  // Without the domain.
  mail::Address from_address_;    // Lower case.
  std::string subject_;
  std::string normal_subject_;
  bool aggregate_subject_ = false;
  std::optional<Instant> date_;
  std::string auto_submitted_;
  std::vector<std::string> references_;
  std::vector<std::string> failed_recipients_;
  std::string to_;        // Raw, at most limits::kShownFieldBytes.
  std::string reply_to_;  // Likewise.
  std::string product_;
  std::string undecided_from_;     // Raw; empty when it is UTF-8.
  std::string undecided_subject_;  // Likewise.
  PhraseHits words_;
};

// Adds Message-IDs that are not there yet; at most limits::kReferences in all.
void append_references(std::vector<std::string>& references, std::vector<std::string> more);

}  // namespace backstop::reading
