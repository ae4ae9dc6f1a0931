#include "core/coverage/spf_survey.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/coverage_limits.h"
#include "core/coverage/networks.h"
#include "core/coverage/path.h"
#include "core/coverage/spf_record.h"
#include "core/mail/address.h"

namespace backstop::coverage {
namespace {

// One survey: what was asked, and where it broke.
class Surveyor {
 public:
  Surveyor(const DnsSource& source, const OwnPlaces& own) : source_(source), own_(own) {}

  Result<SpfFindings> survey(std::string domain) {
    SpfFindings out;
    for (;;) {
      BS_TRY(const auto record, find_record(domain));
      if (!record) {
        if (out.has_record)
          fail_record(fmt::format("redirect= leads to {}, which has none", domain));
        break;
      }
      out.has_record = true;
      BS_TRY_VOID(take_terms(*record, domain, out));
      if (out.all != ' ' || record->redirect.empty() || !fault_.empty()) break;
      if (has_spf_macros(record->redirect)) {
        add_place({.text = clean_path_name("redirect=" + record->redirect),
                   .is_own = false,
                   .is_open = true,
                   .networks = {}},
                  out);
        break;
      }
      if (!count_lookup()) break;
      domain = record->redirect;
    }
    out.fault = fault_;
    return out;
  }

 private:
  void fail_record(std::string why) {
    if (fault_.empty()) fault_ = std::move(why);
  }
  bool count_lookup() {
    if (++lookups_ <= limits::kSpfLookups) return true;
    fail_record(fmt::format("it leads to more than {} questions to DNS", limits::kSpfLookups));
    return false;
  }
  void count_void(bool is_empty) {
    if (is_empty && ++voids_ > limits::kSpfVoidLookups)
      fail_record(fmt::format("more than {} of its names do not exist", limits::kSpfVoidLookups));
  }

  // What is no name can never be answered: that is the record's fault, and no time-out.
  template <class T>
  Result<T> answered(Result<T> answer, const std::string& name) {
    if (answer || answer.error().code != Errc::Invalid) return answer;
    fail_record(fmt::format("{} is no name", name));
    return T{};
  }

  Result<std::optional<SpfRecord>> find_record(const std::string& domain) {
    BS_TRY(const auto texts, answered(source_.texts(domain), domain));
    const auto count = std::ranges::count_if(texts, is_spf_record);
    if (count > 1) fail_record(fmt::format("{} has more than one SPF record", domain));
    if (count == 0) return std::optional<SpfRecord>();
    SpfRecord record = parse_spf_record(*std::ranges::find_if(texts, is_spf_record));
    if (!record.fault.empty()) fail_record(record.fault);
    return std::optional(std::move(record));
  }

  Result<void> take_terms(const SpfRecord& record, const std::string& domain, SpfFindings& out) {
    for (const SpfTerm& term : record.terms) {
      if (term.mechanism == SpfMechanism::All) {
        out.all = term.qualifier;
        return {};
      }
      SpfPlace place;
      place.text = clean_path_name(term.text);
      BS_TRY_VOID(expand(term, domain, place));
      if (term.qualifier == '-' || term.qualifier == '~') continue;
      place.is_own = !place.is_open && !place.networks.empty() &&
                     std::ranges::all_of(place.networks,
                                         [&](const IpNetwork& network) { return is_own(network); });
      if (!add_place(std::move(place), out)) return {};
      if (!fault_.empty()) return {};
    }
    return {};
  }

  // False where there is no room.
  bool add_place(SpfPlace place, SpfFindings& out) {
    if (out.places.size() < limits::kSpfPlaces) {
      out.places.push_back(std::move(place));
      return true;
    }
    fail_record(
        fmt::format("it and what it redirects to have more than {} terms", limits::kSpfPlaces));
    return false;
  }

  bool is_own(const IpNetwork& network) const {
    return std::ranges::any_of(own_.networks,
                               [&](const IpNetwork& own) { return holds(own, network); });
  }

  void add(SpfPlace& place, const IpNetwork& network) {
    if (place.networks.size() < limits::kSpfNetworks &&
        network_count_ < limits::kSpfDomainNetworks) {
      place.networks.push_back(network);
      ++network_count_;
    } else {
      place.is_open = true;
    }
  }

  // The networks of one term; `domain` is the one whose record it stands in.
  Result<void> expand(const SpfTerm& term, const std::string& domain, SpfPlace& place) {
    const std::string name = term.domain.empty() ? domain : term.domain;
    switch (term.mechanism) {
      case SpfMechanism::Ip4:
      case SpfMechanism::Ip6:
        add(place, *term.network);
        return {};
      case SpfMechanism::All:
        place.is_open = true;
        return {};
      case SpfMechanism::Ptr:
      case SpfMechanism::Exists:
        // Whoever they let send is known only with the sender at hand; receivers ask for them.
        count_lookup();
        place.is_open = true;
        return {};
      case SpfMechanism::Include:
      case SpfMechanism::A:
      case SpfMechanism::Mx:
        break;
    }
    if (!count_lookup()) return {};
    if (has_spf_macros(name)) {
      place.is_open = true;
      return {};
    }
    if (term.mechanism == SpfMechanism::Include) return expand_include(name, place);
    if (term.mechanism == SpfMechanism::A) return expand_host(name, term, place);
    BS_TRY(const auto exchangers, answered(source_.exchangers(name), name));
    count_void(exchangers.empty());
    if (exchangers.size() > limits::kSpfExchangers)
      fail_record(fmt::format("{} has more than {} mail exchangers", name, limits::kSpfExchangers));
    for (std::size_t i = 0; i < std::min(exchangers.size(), limits::kSpfExchangers); ++i)
      BS_TRY_VOID(expand_host(exchangers[i], term, place));
    return {};
  }

  Result<void> expand_host(const std::string& name, const SpfTerm& term, SpfPlace& place) {
    BS_TRY(const auto addresses, answered(source_.addresses(name), name));
    if (term.mechanism == SpfMechanism::A) count_void(addresses.empty());
    for (const IpAddress& address : addresses) {
      const bool v4 = address.family() == IpAddress::Family::V4;
      add(place, network_around(address, v4 ? term.v4_bits : term.v6_bits));
    }
    return {};
  }

  Result<void> expand_include(const std::string& name, SpfPlace& place) {
    BS_TRY(const auto record, find_record(name));
    if (!record) {
      count_void(true);
      fail_record(fmt::format("{} has no SPF record to include", name));
      return {};
    }
    for (const SpfTerm& term : record->terms) {
      if (!fault_.empty()) return {};
      if (term.mechanism == SpfMechanism::All && term.qualifier != '+') return {};
      // What an included record forbids first is taken as let in: that only widens the place.
      if (term.qualifier == '+') BS_TRY_VOID(expand(term, name, place));
      if (term.mechanism == SpfMechanism::All) return {};
    }
    if (record->redirect.empty()) return {};
    if (has_spf_macros(record->redirect)) {
      place.is_open = true;
      return {};
    }
    if (!count_lookup()) return {};
    return expand_include(record->redirect, place);
  }

  const DnsSource& source_;
  const OwnPlaces& own_;
  unsigned lookups_ = 0;
  unsigned voids_ = 0;
  std::size_t network_count_ = 0;
  std::string fault_;
};

}  // namespace

bool SpfPlace::operator==(const SpfPlace& other) const {
  return text == other.text && is_own == other.is_own && is_open == other.is_open &&
         is_same(networks, other.networks);
}

bool is_doubtful(const SpfFindings& known, const SpfFindings& answer) {
  if (!answer.has_record) return known.has_record;
  if (!answer.fault.empty()) return known.fault.empty() && known.has_record;
  return std::ranges::any_of(known.places, [&](const SpfPlace& place) {
    return std::ranges::none_of(answer.places, [&](const SpfPlace& other) {
      return other.text == place.text && other.is_own == place.is_own;
    });
  });
}

Result<SpfFindings> survey_spf(const std::string& domain, const DnsSource& source,
                               const OwnPlaces& own) {
  // The names of our hosts stand for their addresses, whatever record those are in.
  OwnPlaces all = own;
  for (const std::string& name : own.names) {
    const auto addresses = source.addresses(mail::canonical_domain(name));
    if (!addresses && addresses.error().code == Errc::Invalid) continue;
    if (!addresses) return tl::unexpected<Error>(addresses.error());
    for (const IpAddress& address : *addresses) {
      if (is_global(address)) all.networks.push_back(network_around(address, 128));
    }
  }
  return Surveyor(source, all).survey(domain);
}

}  // namespace backstop::coverage
