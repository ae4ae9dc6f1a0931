// Whether the ring is still the one under which mail was sent.  A ring that was lost and made anew
// proves nothing of what left before: for a lifetime from then every domain only observes.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/time.h"
#include "core/proof/sent.h"
#include "ports/alarms.h"

namespace backstop::app {

// The file of the store's directory that tells one ring from another: a keyed hash of the ring, and
// since when it took another's place ("-" for the first).
inline constexpr std::string_view kRingMarkFile = "ring";

struct RingMark {
  std::string mark;
  std::optional<Instant> remade_at;  // Nothing for the first ring.
};
// What the file says; nothing when it is not there or says nothing.
std::optional<RingMark> read_ring_mark(const std::string& directory);

class RingWatch {
 public:
  // `alarms` outlives this.
  RingWatch(const std::string& directory, ports::Alarms& alarms);

  // Compares the ring in force with the last one, and keeps it.  Null without keys: then there is
  // nothing to compare.  One thread; cheap when nothing changed.
  void look(const proof::SentHasher* hasher, Instant now);
  // Any thread.
  bool is_remade(Instant now, Seconds lifetime) const;

 private:
  std::string path_;
  ports::Alarms& alarms_;
  std::string mark_;  // Of the last ring; "" for none.
  bool unwritten_ = false;
  std::string trouble_;
  std::atomic<std::int64_t> remade_at_{-1};  // Seconds; -1: never.
};

}  // namespace backstop::app
