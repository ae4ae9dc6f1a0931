// The limits of what is learnt about the ways in which mail leaves.
#pragma once

#include <cstddef>

namespace backstop::limits {

// Of a path's name: a host name (RFC 1035 §3.1), or a term of an SPF record.
inline constexpr std::size_t kPathNameBytes = 253;
// Paths of one kind and domain.  Real domains have under ten; of names that strangers write there
// is one more, "*", for all further.
inline constexpr std::size_t kPathsPerKind = 32;
// Addresses of ours kept of one path; past these it may have been used by any.
inline constexpr std::size_t kPathAddresses = 64;
// Selectors that one returned original may name.
inline constexpr std::size_t kPathCandidates = 4;
// Domains with a book of their own, as many as a large provider guards.
inline constexpr std::size_t kCoverageDomains = 20'000;
// The file of what was seen: some 2 KiB a domain.
inline constexpr std::size_t kCoverageFileBytes = 64 * 1024 * 1024;
// Words of the operator, of all domains together, and the file that keeps them.
inline constexpr std::size_t kCoverageWords = 200'000;
inline constexpr std::size_t kCoverageWordBytes = 64 * 1024 * 1024;

// An SPF record as text: four strings of 255 are more than anybody publishes.
inline constexpr std::size_t kSpfRecordBytes = 4096;
// Terms taken of one record.
inline constexpr std::size_t kSpfTerms = 100;
// Questions to DNS that one record may lead to (RFC 7208 §4.6.4), and those of them that may find
// nothing.
inline constexpr unsigned kSpfLookups = 10;
inline constexpr unsigned kSpfVoidLookups = 2;
// Exchangers of one mx term (RFC 7208 §4.6.4), and networks of one term.
inline constexpr std::size_t kSpfExchangers = 10;
inline constexpr std::size_t kSpfNetworks = 256;
// What is kept of one domain's record, over all that it redirects to and includes: real ones have
// under twenty terms and, with the largest providers, some hundred networks.
inline constexpr std::size_t kSpfPlaces = 128;
inline constexpr std::size_t kSpfDomainNetworks = 1024;
// Terms of others that were once there and are gone; the newest.
inline constexpr std::size_t kSpfLeft = 32;

}  // namespace backstop::limits
