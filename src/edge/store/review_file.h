// The open review.db of its one writer: sightings in, old groups out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/review/sighting.h"
#include "edge/store/ledger_place.h"
#include "edge/store/sqlite.h"

namespace backstop::store {

struct ReviewLimits {
  std::int64_t bytes_most = 0;  // 0: those of review_schema.h.
  std::int64_t bytes_kept = 0;
};

// One thread.  Errors of every function: as in sqlite.h.
class ReviewFile {
 public:
  // Makes the file when it is not there.  Errors: as in schema.h, besides.
  static Result<ReviewFile> open(const std::string& directory, ReviewLimits review_limits = {});

  // Somebody moved or removed the file: what is written now would be lost with it.
  bool is_replaced() const;
  // All in one transaction, or none.
  Result<void> write(const std::vector<review::Sighting>& sightings);
  // Drops what is too old and, the oldest first, what is too much.  A group with a hint that nobody
  // has answered outlives its samples; for want of room, and last, it goes into one group with
  // others (kReviewRest).
  Result<void> drop(Instant now);

 private:
  ReviewFile(Database database, FileIdentity identity, ReviewLimits review_limits)
      : database_(std::move(database)), identity_(identity), limits_(review_limits) {}
  Result<void> prepare();
  Result<void> write_one(const review::Sighting& sighting);
  Result<void> drop_group(std::int64_t id);
  Result<void> put_to_rest(std::int64_t id);
  Result<bool> drop_some(Statement& chosen);
  Result<bool> is_too_much();

  Database database_;
  FileIdentity identity_;
  ReviewLimits limits_;
  Statement raise_group_;
  Statement insert_domain_;
  Statement count_samples_;
  Statement insert_sample_;
  Statement too_old_;
  Statement too_much_;
};

}  // namespace backstop::store
