// What an operator may look at before anything is refused, in SQLite: review.db in the store's
// directory (docs/formats/review.md), with a thread of its own.
//
// Nothing waits for it and nothing needs it: what finds no room in its queue, or cannot be written,
// is left out and counted.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/review/sighting.h"
#include "edge/store/review_file.h"
#include "ports/clock.h"

namespace backstop::store {

class ReviewStore {
 public:
  // What is wrong, once, and then that it is over (""); not escaped.  Called by the writing thread.
  using OnTrouble = std::function<void(const std::string& sentence)>;

  // Nothing is opened here.  `clock` outlives this.
  ReviewStore(std::string directory, const ports::Clock& clock, OnTrouble on_trouble,
              ReviewLimits review_limits = {});
  // Writes what waits, once, and ends.
  ~ReviewStore();

  // Any thread.
  void add(review::Sighting sighting);
  // Waits until what was added before is written or left out.  For tests.  Any thread.
  void flush();
  // Left out since the start.  Any thread.
  std::uint64_t left_out() const;

 private:
  class Writer;
  std::unique_ptr<Writer> writer_;
};

}  // namespace backstop::store
