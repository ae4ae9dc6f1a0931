// Samples of what is refused, in files of a few megabytes that go round: the oldest makes room.
// docs/formats/samples.md.
//
// Each file is an mbox (mboxrd), so that `backstop read` and `scan` take it, and any mail reader.
// Nothing in here delivers, answers or forwards: a file is written, and dropped.
//
// Invariants
//   (1) Together the files take no more than what is configured, and a sample.
//   (2) Nothing is written while the disk has less than limits::kSampleFreeBytes free.
//   (3) After a crash at most the last sample of a file is cut; a new life begins a new file.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "core/base/time.h"
#include "core/transaction/effects.h"

namespace backstop::store {

struct SampleLimits {
  unsigned per_minute = 0;  // 0: none is kept.
  std::uint64_t bytes = 0;  // Of all files.
};

// The folder below the store's directory.
inline constexpr std::string_view kSampleDirectory = "samples";

// Any thread.
class SampleRing {
 public:
  // What is wrong, once, and then that it is over (""); not escaped.  Called by the writing thread.
  using OnTrouble = std::function<void(const std::string& sentence)>;
  // Bytes free on the disk of that directory; nothing when that cannot be asked.
  using FreeRoom = std::function<std::optional<std::uint64_t>(const std::string& directory)>;

  // `directory`: the store's; the folder in it is made when there is something to keep.
  SampleRing(const std::string& directory, SampleLimits limits, OnTrouble on_trouble,
             FreeRoom free_room = find_free_room);
  // Writes what waits, and ends.
  ~SampleRing();
  SampleRing(const SampleRing&) = delete;
  SampleRing& operator=(const SampleRing&) = delete;

  void limit(SampleLimits limits);
  // Whether one more could be kept in this minute.
  bool has_room(Instant now) const;
  // False when there is no room for it; never waits for the disk.
  bool keep(transaction::KeepSample sample, std::string_view queue_id, Instant now);
  // Drops what is older than limits::kSampleDays or too much, soon; never waits for the disk.
  void tidy(Instant now);
  // Waits until what was kept before is written or dropped.  For tests.
  void flush();
  // Since the start: samples that are in the files, or were.
  std::uint64_t kept() const;

  static std::optional<std::uint64_t> find_free_room(const std::string& directory);

 private:
  struct Waiting {
    transaction::KeepSample sample;
    std::string queue_id;
    Instant at{};
  };

  bool has_room_locked(Instant now) const;
  void run();
  void write(const Waiting& waiting, std::uint64_t bytes_max);
  bool open_file(Instant now);
  void drop_oldest(std::uint64_t bytes_max, Instant now);
  void tell(const std::string& trouble);

  const std::string directory_;
  const OnTrouble on_trouble_;
  const FreeRoom free_room_;

  mutable std::mutex mutex_;  // Guards what follows.
  std::condition_variable changed_;
  SampleLimits limits_;
  std::deque<Waiting> waiting_;
  Instant minute_{};
  unsigned in_minute_ = 0;
  std::uint64_t kept_ = 0;
  bool is_writing_ = false;
  bool is_stopping_ = false;
  std::optional<Instant> tidy_at_;
  bool is_full_ = false;  // The disk has too little room; looked at again with each minute.
  Instant full_minute_{};

  // Of the thread alone:
  std::string path_;  // Of the file that is written; "" none.
  std::uint64_t file_bytes_ = 0;
  Instant begun_{};
  std::string trouble_;
  std::thread thread_;
};

// One message of an mbox, with a field of ours at its top that says why it was refused.  Lines that
// begin as "From " are quoted (mboxrd).
std::string render_sample(const transaction::KeepSample& sample, std::string_view queue_id,
                          Instant at);

}  // namespace backstop::store
