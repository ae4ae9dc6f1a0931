// The limits of what is watched for attacks.
#pragma once

#include <cstddef>

namespace backstop::limits {

// Domains of ours with a state of their own, as many as a large provider guards; further ones
// share one, "*".
inline constexpr std::size_t kWatchDomains = 20'000;
// What attackers choose is kept in sketches and in tables of a fixed size.
// Features of returned mail (subjects, hosts of links and Message-IDs) that are counted one by one.
inline constexpr std::size_t kWatchFeatures = 8192;
// Mailboxes whose ticket acknowledgements are counted one by one.
inline constexpr std::size_t kWatchMailboxes = 512;
// Runs that have not ended; a new one beyond that takes the place of the one that was seen last the
// longest ago.
inline constexpr std::size_t kWatchRuns = 64;
// Runs that have ended and are still told of.
inline constexpr std::size_t kWatchEndedRuns = 64;
// Different names of one sort that are counted for one run: servers, domains.
inline constexpr std::size_t kWatchRunNames = 256;
// Forged addresses, and pairs of one and a server, that are remembered one by one of a run.
inline constexpr std::size_t kWatchRunAddresses = 1024;
// Entries of each list that is told of a run.
inline constexpr std::size_t kWatchListed = 20;
// Features by which one run is told, of each sort.
inline constexpr std::size_t kWatchRunFeatures = 16;
// Hosts of links taken of one returned message.
inline constexpr std::size_t kWatchLinks = 4;
// Changes that wait to be taken; further ones are counted only.
inline constexpr std::size_t kWatchChanges = 10'000;
// Bytes of one text that is kept: a host name, a subject.
inline constexpr std::size_t kWatchTextBytes = 253;
// Judged messages that wait for the watch, which takes them each second; of a flood that is larger
// the rest adds nothing.  What waits holds its reading, some 10 KB.
inline constexpr std::size_t kWatchQueue = 4000;
// The file that keeps it: 1.8 KB for each domain with a baseline, 200 KB at most for a run.
inline constexpr std::size_t kWatchFileBytes = 64 * 1024 * 1024;

}  // namespace backstop::limits
