// Asks DNS once a day for the SPF record of every guarded domain, in a thread that may wait, and
// tells the coverage watch.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "app/coverage_watch.h"
#include "edge/dns/record_lookup.h"
#include "ports/clock.h"
#include "ports/surroundings.h"

namespace backstop::app {

class SpfRounds {
 public:
  // Begins at once.  REQUIRES: all outlive this.
  SpfRounds(CoverageWatch& watch, const ports::SurroundingsSource& surroundings,
            const ports::Clock& clock, dns::RecordLookupOptions options = {});
  // Ends the question that is open.
  ~SpfRounds();
  SpfRounds(const SpfRounds&) = delete;
  SpfRounds& operator=(const SpfRounds&) = delete;

 private:
  void run();
  void go_round(const config::Config& config);
  bool is_stopping();

  CoverageWatch& watch_;
  const ports::SurroundingsSource& surroundings_;
  const ports::Clock& clock_;
  dns::RecordLookup lookup_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // Guarded by mutex_.
  std::thread thread_;
};

// How DNS is asked by a survey.  `lookup` outlives what is returned.
coverage::DnsSource make_dns_source(dns::RecordLookup& lookup);

// This host's addresses of the open internet and its names, and what of them the configuration
// adds: our own networks, and the names of our hosts.
coverage::OwnPlaces find_own_places(const config::Config& config);

}  // namespace backstop::app
