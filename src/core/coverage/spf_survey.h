// Which places the SPF record of a domain lets send for it, and which of them are our own hosts
// (RFC 7208 §4.6.4, §5).  The record is the domain owner's own list of its paths.
//
// Pure: whoever asks DNS is brought along.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/ip.h"
#include "core/base/result.h"

namespace backstop::coverage {

// Each may wait.  Empty lists for names that do not exist; errors: Errc::Unavailable when nobody
// answers.
struct DnsSource {
  std::function<Result<std::vector<std::string>>(const std::string& name)> texts;
  std::function<Result<std::vector<IpAddress>>(const std::string& name)> addresses;
  std::function<Result<std::vector<std::string>>(const std::string& name)> exchangers;
};

// What is ours beyond doubt.
struct OwnPlaces {
  std::vector<IpNetwork> networks;  // Of the open internet.
  std::vector<std::string> names;   // Of hosts, lower case.
};

// One term that lets somebody send.
struct SpfPlace {
  std::string text;                 // "include:_spf.esp.example".
  bool is_own = false;              // Nobody but our own hosts.
  bool is_open = false;             // More may send by it than `networks`.
  std::vector<IpNetwork> networks;  // At most limits::kSpfNetworks.
  bool operator==(const SpfPlace& other) const;
};

struct SpfFindings {
  bool has_record = false;
  // The qualifier of "all" that ends it: '-', '~', '?' or '+'; ' ' where nothing does.
  char all = ' ';
  // In its order; those that only forbid are left out.  At most limits::kSpfPlaces, with at most
  // limits::kSpfDomainNetworks together.
  std::vector<SpfPlace> places;
  std::string fault;  // Why receivers take it for broken; "" if they do not.
  bool operator==(const SpfFindings&) const = default;
};

// A record that redirects is the one it redirects to.  Errors: Errc::Unavailable when any question
// could not be asked: what is known of the domain then stays as it was.
Result<SpfFindings> survey_spf(const std::string& domain, const DnsSource& source,
                               const OwnPlaces& own);

// True for an answer that takes away from what is known: the record is gone or broken, or a term of
// it is gone or lets others send than before.  Resolvers fail, and records are edited in steps, so
// that is asked again before it counts; what adds to it counts at once.
bool is_doubtful(const SpfFindings& known, const SpfFindings& answer);

}  // namespace backstop::coverage
