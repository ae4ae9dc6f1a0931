// What Exim has frozen in its queue, by its own program.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "edge/mta/held_queue.h"

namespace backstop::mta {

// One entry of `exim -bpr` that is frozen.
struct EximEntry {
  std::string queue_id;
  std::uint64_t bytes = 0;  // As it is rounded there: "2.9K".
};
struct EximEntries {
  std::vector<EximEntry> entries;  // At most limits::kHeldMessages.
  bool cut = false;
};
// Total.
EximEntries parse_exim_queue(std::string_view text);

// The envelope file of a message, as `exim -Mvh` prints it (Exim's specification, "Format of spool
// files").  Total.
struct EximEnvelope {
  HeldMessage message;  // Without id and size.
  bool frozen = false;
  std::string header;     // Whole lines with LF; fields that Exim took out are not among them.
  std::string_view time;  // The digits of its arrival, of the text that was parsed.
};
std::optional<EximEnvelope> parse_exim_envelope(std::string_view text);

// What Exim does by itself to what is frozen; nothing where it does not say.
struct EximPatience {
  std::optional<Seconds> without_sender;  // ignore_bounce_errors_after: it is thawed and delivered.
  std::optional<Seconds> with_sender;     // timeout_frozen_after: it is returned; 0: never.
  std::optional<Seconds> thaw;            // auto_thaw: it is thawed; 0: never.
};
// "1w2d3h4m5s".  Nothing for other text.
std::optional<Seconds> parse_exim_time(std::string_view text);

// The envelopes of the listed messages that are still frozen, out of the files in `input`, a
// directory of this host: the spool's, flat or split.  An entry whose file is not there is gone;
// one that cannot be understood is counted.  Errors: Errc::Denied when files cannot be read.
Result<HeldListing> read_exim_envelopes(const std::string& input, const EximEntries& queue);

class EximHeld final : public HeldQueue {
 public:
  // Errors: Errc::NotFound where there is no Exim below `root`.
  static Result<EximHeld> find(const std::string& root);

  std::string_view server() const override { return "Exim"; }
  Result<HeldListing> list() override;
  // Errors: as list().
  Result<EximPatience> patience() const;
  Result<HeldText> read_header(const std::string& queue_id) override;
  Result<HeldText> read_message(const std::string& queue_id) override;
  // Its time in the queue begins anew, as by the other servers.
  Result<void> release(const HeldMessage& message, Instant now) override;
  Result<void> drop(const HeldMessage& message) override;

 private:
  EximHeld(std::string root, std::string program)
      : root_(std::move(root)), program_(std::move(program)) {}
  Result<std::string> ask(const std::vector<std::string>& words, std::size_t bytes_max) const;
  Result<std::string> find_input() const;
  Result<EximEnvelope> read_envelope(const std::string& queue_id);
  void renew(const std::string& queue_id, Instant arrived) const;

  std::string root_;
  std::string program_;
};

}  // namespace backstop::mta
