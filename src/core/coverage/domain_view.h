// What was seen and what the operator said, together: is every path of a domain known to sign?
//
// Pure; any thread.
//
// Invariants
//   (1) Covered needs a path that signs, no path that is open, and a list known to be whole.
//   (2) No passing of time makes a domain or an address covered.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/config/config.h"
#include "core/coverage/book.h"
#include "core/coverage/path.h"
#include "core/policy/policy.h"

namespace backstop::coverage {

enum class PathState : std::uint8_t {
  Signs,
  Unsigned,     // Ours, and its mail leaves unsigned.
  Unconfirmed,  // Nobody knows yet whether it is ours and signs.
  Foreign,      // Not ours, said the operator.
};
std::string_view name_of(PathState state);  // "unconfirmed"

struct PathView {
  PathName name;
  PathState state = PathState::Unconfirmed;
  bool is_open = false;  // It keeps the domain from being covered.
  // Nothing but what whoever knows us can write speaks for it: it keeps the domain from going to
  // enforce, and takes none out of it.
  bool is_weak = false;
  bool is_contradicted = false;  // Said to sign, but unsigned mail was seen since.
  bool needs_addresses = false;  // Ours and unsigned, but nobody knows of which addresses.
  Said said = {};
  std::optional<Instant> first = {};  // Nothing where no mail was seen on it.
  std::optional<Instant> last = {};
  std::uint64_t signed_count = 0;
  std::uint64_t unsigned_count = 0;
  std::vector<std::string> addresses = {};  // Of ours that leave unsigned by it; canonical, sorted.
  bool more = false;                        // Others may.
};

// Why a list is whole, or is not.
enum class Wholeness : std::uint8_t {
  Said,       // The operator said so.
  Spf,        // The SPF record ends in -all or ~all, and says who may send.
  Lost,       // What was seen was lost, and nobody has looked since.
  NotAsked,   // DNS was not heard yet.
  NoRecord,   // There is no SPF record.
  OpenEnded,  // It lets anybody send.
  Broken,     // Receivers cannot read it.
};
bool is_whole(Wholeness wholeness);

struct DomainView {
  std::string domain;
  policy::Coverage coverage = policy::Coverage::Unknown;
  std::optional<Instant> signing_since;
  Wholeness wholeness = Wholeness::NotAsked;
  std::optional<Instant> whole_said;
  std::optional<Instant> spf_asked;
  std::string spf_fault;
  std::vector<PathView> paths;  // The open ones first.
};

// `book` and `words` may be null.  `lost`: Book::lost().
DomainView find_coverage(std::string_view domain, const DomainBook* book, const DomainWords* words,
                         std::optional<Instant> lost);

// The same for an address of the domain (canonical).
policy::Coverage coverage_of(const DomainView& view, std::string_view address);

// What is in force for each message: by canonical domain.
class CoverageList {
 public:
  void add(const DomainView& view);
  // Where nothing is known: Unknown, and nothing.
  policy::Coverage coverage(std::string_view domain, std::string_view address) const;
  std::optional<Instant> signing_since(std::string_view domain) const;

 private:
  struct Entry {
    policy::Coverage coverage = policy::Coverage::Unknown;
    std::optional<Instant> signing_since;
    std::set<std::string, std::less<>> partly;  // Addresses.
  };
  std::map<std::string, Entry, std::less<>> domains_;
};

// What judges a message to that address: the configuration's word where it has one, else what was
// learnt; while it is forced (forced_until is set), Unknown counts as Covered.  `list` may be null.
policy::Coverage coverage_in_force(const config::Domain& domain, const CoverageList* list,
                                   const mail::Address& address);
std::optional<Instant> signing_since_in_force(const config::Domain& domain,
                                              const CoverageList* list);
// The domain as both together have it; its coverage is the one of an address that never sent.
config::Domain domain_in_force(const config::Domain& domain, const DomainView& view);

}  // namespace backstop::coverage
