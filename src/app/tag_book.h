// The domains that refuse tagged senders, as the file `tag-exempt` of the store directory keeps
// them: learnt by the daemon, listed and removed from by `backstop tags`.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/proof/tag_exemption.h"
#include "core/transaction/sender_tag.h"
#include "ports/log_sink.h"

namespace backstop::app {

inline constexpr std::string_view kTagFile = "tag-exempt";

// Nothing is exempt where there is no file.  Errors: as read_text_file and write_text_file
// (edge/os/text_file.h); the file is replaced whole, and flushed.
Result<proof::TagExemptions> read_tag_file(const std::string& directory);
Result<void> write_tag_file(const std::string& directory, const proof::TagExemptions& exemptions);

class TagBook {
 public:
  // `log` outlives this.
  TagBook(std::string directory, ports::LogSink& log);

  // One thread: a tagged sender was refused; and every second or so, for what a command changed and
  // what is over.  Both may write to the disk; what cannot be written is kept, and tried again.
  void learn(const proof::TagRefusal& refusal);
  void beat(Instant now);
  // Any thread; never null.
  std::shared_ptr<const transaction::TagExemptDomains> domains() const { return domains_.load(); }

 private:
  // What tells one state of the file from another.
  struct Mark {
    std::filesystem::file_time_type written{};
    std::uintmax_t bytes = 0;
    bool operator==(const Mark&) const = default;
  };

  Mark mark() const;
  void read_again();
  void write();
  void publish();
  void tell(const std::string& trouble);

  const std::string directory_;
  ports::LogSink& log_;
  proof::TagExemptions exemptions_;
  Mark known_;
  bool unwritten_ = false;
  std::string trouble_;
  std::atomic<std::shared_ptr<const transaction::TagExemptDomains>> domains_;
};

}  // namespace backstop::app
