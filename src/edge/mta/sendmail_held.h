// Sendmail's quarantine: its queue files, and its own programs for what changes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edge/mta/held_queue.h"

namespace backstop::mta {

// What an hf file says (Sendmail's operations guide, "The Queued Messages").  Total.
struct SendmailEnvelope {
  HeldMessage message;    // Without id and size.
  std::string reason;     // Of the quarantine.
  std::string header;     // Whole lines with LF, without the flags that stand in front of each.
  std::string_view time;  // The digits of its creation, of the text that was parsed.
};
// Nothing for what is no queue file, or not quarantined.
std::optional<SendmailEnvelope> parse_sendmail_envelope(std::string_view text);

// The values of QueueDirectory in sendmail.cf; the usual one where it says nothing.
std::vector<std::string> find_queue_directories(std::string_view sendmail_cf);

class SendmailHeld final : public HeldQueue {
 public:
  // Errors: Errc::NotFound where there is no Sendmail below `root`.
  static Result<SendmailHeld> find(const std::string& root);

  std::string_view server() const override { return "Sendmail"; }
  Result<HeldListing> list() override;
  Result<HeldText> read_header(const std::string& queue_id) override;
  Result<HeldText> read_message(const std::string& queue_id) override;
  // Its time in the queue begins anew, so that the first attempt that has to wait does not return
  // it to its sender.
  Result<void> release(const HeldMessage& message, Instant now) override;
  Result<void> drop(const HeldMessage& message) override;

 private:
  // Of one message: paths on this host.
  struct Files {
    std::string envelope;  // hf
    std::string content;   // df
  };

  SendmailHeld(std::string root, std::string program, std::vector<std::string> directories)
      : root_(std::move(root)),
        program_(std::move(program)),
        directories_(std::move(directories)) {}
  Result<Files> find_files(const std::string& queue_id) const;

  std::string root_;
  std::string program_;
  std::vector<std::string> directories_;  // On this host.
};

}  // namespace backstop::mta
