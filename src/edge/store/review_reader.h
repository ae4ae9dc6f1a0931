// Reads review.db beside its writer, and writes down what the operator answers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/review/sighting.h"
#include "edge/store/sqlite.h"

namespace backstop::store {

struct ReviewSample {
  Instant at{};
  std::string queue_id;
  std::vector<std::string> recipients;
  std::string decision;
  std::string text;
};

struct ReviewGroup {
  std::string name;
  watch::Fingerprint fingerprint;
  Instant first{};
  Instant last{};
  std::uint64_t count = 0;
  std::uint64_t refused = 0;  // Those that would be held, thrown away or refused in enforce.
  review::Hints hints = 0;
  std::vector<std::string> recipients;         // Of the last of them.
  std::string kind, verdict, reasons, source;  // Likewise.
  std::vector<std::string> domains;
  std::vector<std::string> paths;  // review::Sighting::paths
  review::Answer answer = review::Answer::Open;
  std::optional<Instant> answered_at;
  std::vector<std::string> answered_paths;  // That were said something of with the answer.
  // It was answered "not ours", and something speaks for it that was not known then: it is open.
  bool is_reopened = false;

  // Nobody has said yet whether it is ours.
  bool is_open() const { return answer == review::Answer::Open || answer == review::Answer::Later; }
};

// One thread.  No snapshot is held between two calls.  Errors of every function: as in sqlite.h.
class ReviewReader {
 public:
  // `directory`: the store's.  Errors, besides: Errc::NotFound when there is none yet;
  // Errc::Unsupported for another version's file.
  static Result<ReviewReader> open(const std::string& directory);

  // Those with a hint that nobody has answered first, then the open ones, the largest first; at
  // most `count_max`.
  Result<std::vector<ReviewGroup>> list(std::size_t count_max);
  // By its name, or the beginning of it (four digits at least) where there is one such only.
  // Errors, besides: Errc::NotFound, Errc::Invalid when several begin so.
  Result<ReviewGroup> find(std::string_view name);
  Result<std::vector<ReviewSample>> samples(const ReviewGroup& group);

  // Open takes an earlier answer back.  `seen`: the hints that who answers was shown; with another
  // one a group that is "not ours" opens again.  `paths`: those that were said something of.
  Result<void> answer(std::string_view name, review::Answer answer, Instant now, review::Hints seen,
                      const std::vector<std::string>& paths = {});

  // How many groups with a hint are open, for each domain of ours that has one.  Until there is
  // none, a domain should not be enforced.
  Result<std::map<std::string, std::uint64_t>> count_open_hints();

 private:
  explicit ReviewReader(Database database) : database_(std::move(database)) {}
  Result<std::vector<ReviewGroup>> read_groups(Statement& statement);
  Database database_;
};

}  // namespace backstop::store
