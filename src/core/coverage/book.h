// What was seen of the ways in which mail of our domains leaves, and since when it is signed: the
// evidence alone, without what the operator says of it.  docs/formats/coverage.md.
//
// Pure; not thread-safe.
//
// Invariants
//   (1) Nothing that came from outside makes a path sign, or makes one be forgotten.
//   (2) A domain has at most limits::kPathsPerKind paths of a kind, and one more, "*", for all
//       further ones; of those one is never dropped that left mail unsigned.
//   (3) What is written is read the same; what cannot be read of one domain loses that domain
//   alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/coverage/path.h"
#include "core/coverage/spf_survey.h"

namespace backstop::coverage {

// Signing that rested for longer begins anew; shorter rests are signing gaps.
inline constexpr std::chrono::hours kSigningPause{24};
// A path of the log that once left mail unsigned signs again after so many signed messages in a
// row, over so long.
inline constexpr unsigned kSignedAgain = 10;
inline constexpr Days kSignedAgainFor{3};
// An original that only answers a known correspondent names a path from the first on while the
// domain is so young; later it takes so many of one path, over so long: in a run that forges an
// address book some of them will.
inline constexpr Days kLearningDays{42};
inline constexpr unsigned kPairSightings = 3;
inline constexpr std::chrono::hours kPairSpan{24};

// What speaks for a returned original that has no token.
enum class Weight : std::uint8_t {
  Weak,    // Its Received lines lead through a network of our SPF record; whoever knows us can
           // write them.
  Pair,    // It came back from somebody we are known to write to.
  Strong,  // A signature of ours over it is right.
};
std::string_view name_of(Weight weight);

// A returned original of ours, as it seems, that left without a token.
struct Sighting {
  PathName path;
  std::string address;  // Of ours that it came back to; canonical.
  Instant at{};
  Instant sent{};  // When the original was, as far as it says.
  Weight weight = Weight::Weak;
};

struct Path {
  Instant first{};
  Instant last{};
  std::uint64_t signed_count = 0;
  std::uint64_t unsigned_count = 0;
  std::uint64_t pair_count = 0;        // Of these: Weight::Pair.
  std::optional<Instant> opened;       // Since when what speaks for it is enough.
  std::optional<Instant> last_proved;  // The newest of the unsigned that is more than Weak.
  std::optional<Instant> signed_from;  // Since when all were signed.
  std::uint64_t signed_row = 0;        // How many since then.
  std::vector<std::string> addresses;  // That left mail unsigned by it; sorted.
  bool more = false;                   // Further addresses did.
  bool operator==(const Path&) const = default;
};

// Of a loss that nobody looked at yet: no word of the operator is newer.
inline constexpr Instant kNeverSeen = Instant::max();

// True once a path of the log has left mail unsigned, and then signed for long enough.
bool signs_again(const Path& path);

struct DomainBook {
  std::optional<Instant> signing_since;
  std::optional<Instant> last_signed;
  bool resting = false;  // Mail has left unsigned for longer than a pause: signing begins anew.
  std::optional<Instant> spf_asked;  // When DNS last answered.
  SpfFindings spf;
  // Terms that let others send, by their text: since when, where they were not in the first record
  // that was heard of.
  std::map<std::string, Instant> spf_since;
  // Terms that did, and do no longer: since when.  At most limits::kSpfLeft, the newest.
  std::map<std::string, Instant> spf_left;
  std::map<PathName, Path> paths;
  std::optional<Instant> lost;  // What was known of it was lost then, as Book::lost() is of all.
  bool operator==(const DomainBook&) const = default;
};

// The text of a file that has no room for all.
struct BookText {
  std::string text;
  std::vector<std::string> left_out;  // Domains that it says are lost.
};

class Book {
 public:
  // Each returns true when more than a count has changed: what is in force is to be found anew.
  // `domain` is canonical.

  // Our milter let a message of the domain go, with a token or without.
  bool on_outgoing(std::string_view domain, bool is_signed, Instant at);
  // Nothing was signed in that span: one longer than kSigningPause makes signing begin anew.
  bool on_rest(Instant from, Instant to);
  // What the mail server's log shows of one message.
  bool on_logged(std::string_view domain, const PathName& path, std::string_view address,
                 bool is_signed, Instant at);
  // `is_settled`: the operator has spoken of that path.  Then what is Weak counts for nothing.
  bool on_sighting(std::string_view domain, const Sighting& sighting, bool is_settled);
  bool on_spf(std::string_view domain, SpfFindings findings, Instant at);

  // Everything was lost at that time, and may have been more than is known now.
  void on_loss(Instant at) { lost_ = at; }
  std::optional<Instant> lost() const { return lost_; }
  // The same of one domain: nothing is known of it any more.
  void on_loss(std::string_view domain, Instant at);

  // Null where nothing is known of it.
  const DomainBook* find(std::string_view domain) const;
  const std::map<std::string, DomainBook, std::less<>>& domains() const { return domains_; }

  // The text of the file that keeps it.
  std::string render() const;
  // The same in at most so many bytes, as long as one line for each domain has room in them: the
  // domains that take most are written as lost at `now`.
  BookText render_within(std::size_t bytes_max, Instant now) const;
  // Nothing for a text with a line of no domain.  A domain with a line of no form is damaged(), and
  // lost at kNeverSeen until on_loss says when.
  static std::optional<Book> parse(std::string_view text);
  std::vector<std::string> damaged() const;
  bool operator==(const Book&) const = default;

 private:
  DomainBook* open(std::string_view domain);
  static Path& path_of(DomainBook& book, PathName name, Instant at, bool& is_new);
  static bool add_address(Path& path, std::string_view address);

  std::map<std::string, DomainBook, std::less<>> domains_;
  std::optional<Instant> lost_;
};

}  // namespace backstop::coverage
