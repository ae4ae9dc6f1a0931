// RSPAMC/1.3, as Exim's `spam` condition sends it (spamd_address with variant=rspamd): a head of
// lines with the envelope, then the message.  docs/formats/doors.md has it.
//
// Pure and total.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/mail/boundary.h"
#include "core/mail/header_block.h"
#include "edge/mta/line_reader.h"

namespace backstop::mta {

struct RspamcHead {
  std::uint64_t content_length = 0;
  std::string queue_id;
  std::string sender;                   // With its brackets.
  std::vector<std::string> recipients;  // With theirs; the first limits::kTransactionRecipients.
  std::size_t more_recipients = 0;      // Beyond those.
  std::string helo;
  std::string host_name;  // As the server looked it up; "" unknown.
  std::string client;     // An IP address; "" for mail that a program on the host hands in.
  std::string user;       // The login; "" without one.
};

class RspamcHeadReader {
 public:
  RspamcHeadReader();
  // Takes the head off the front of `input`; nothing when input is used up, or when there is a
  // complaint.  REQUIRES: not called again once the head is there.
  std::optional<RspamcHead> next(std::string_view& input);

  // As NetstringReader::complaint.  Lines have up to limits::kRspamcLineBytes, all together up to
  // limits::kRspamcHeadBytes.
  std::string_view complaint() const { return complaint_; }
  // Nothing that begins a request has come.
  bool fresh() const { return !begun_; }
  bool within_head() const { return begun_ || lines_.within_line(); }

 private:
  void take(std::string_view line);

  LineReader lines_;
  RspamcHead head_;
  bool begun_ = false;
  bool has_length_ = false;
  std::size_t bytes_ = 0;
  std::string_view complaint_;
};

// Who is told of the message behind the head.
class MessageSink {
 public:
  // `raw` as in mail::FieldView.
  virtual void on_field(std::string_view name, std::string_view raw) = 0;
  // The Received field of the server that asks, before any other.
  virtual void on_own_received(std::string_view /*raw*/) {}
  virtual void on_header_end() = 0;
  virtual void on_body(std::string_view bytes) = 0;

 protected:
  ~MessageSink() = default;
};

// Splits the message into what a transaction is told.  Exim puts four things of its own on top: a
// line as an mbox begins with, X-Envelope-From (but for the null sender), X-Envelope-To, and its
// Received field: these are left out, each once, only there and only in that order.
class RspamcMessage : private mail::FieldSink {
 public:
  enum class Top : std::uint8_t {
    OfExim,  // With those four.
    AsItIs,  // Without: nothing is left out.
  };
  // REQUIRES: `sink` outlives the message.
  explicit RspamcMessage(MessageSink& sink, Top top = Top::OfExim)
      : sink_(sink), above_(top == Top::OfExim ? Above::EnvelopeFrom : Above::Nothing) {}

  // REQUIRES: until finish().
  void feed(std::string_view bytes);
  // All has come.
  void finish();

 private:
  enum class Above : std::uint8_t { EnvelopeFrom, EnvelopeTo, Received, Nothing };

  void on_field_text(std::string_view text, std::size_t colon, bool cut) override;
  bool is_exims_own(std::string_view name);
  void end_header();

  MessageSink& sink_;
  mail::HeaderBlock block_;
  mail::BoundarySet boundaries_;
  mail::Defects defects_;
  bool begun_ = false;
  bool in_body_ = false;
  Above above_;
};

// What is answered.
enum class RspamcAction : std::uint8_t { None, AddHeader, Quarantine, SoftReject, Reject, Discard };

// The whole answer: score and action as Exim reads them, then `lines`, which it hands on in
// $spam_report: "Backstop-Verdict: forged; …".
std::string render_rspamc_reply(RspamcAction action, const std::vector<std::string>& lines);

}  // namespace backstop::mta
