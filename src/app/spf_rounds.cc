#include "app/spf_rounds.h"

#include <chrono>
#include <utility>

#include "core/coverage/networks.h"
#include "edge/os/own_addresses.h"
#include "edge/os/service.h"

namespace backstop::app {
namespace {

// How often is looked for domains that are due, new ones of a reload among them.
constexpr std::chrono::seconds kLook{5};

bool is_asked_for(const config::Domain& domain) {
  return domain.mode != policy::Mode::Off && domain.sends_mail;
}

}  // namespace

coverage::DnsSource make_dns_source(dns::RecordLookup& lookup) {
  return {.texts = [&lookup](const std::string& name) { return lookup.texts(name); },
          .addresses = [&lookup](const std::string& name) { return lookup.addresses(name); },
          .exchangers = [&lookup](const std::string& name) { return lookup.exchangers(name); }};
}

coverage::OwnPlaces find_own_places(const config::Config& config) {
  coverage::OwnPlaces out;
  for (const IpAddress& address : os::own_addresses()) {
    if (is_global(address)) out.networks.push_back(coverage::network_around(address, 128));
  }
  out.names = config.relays.names;
  out.names.push_back(os::host_name());
  return out;
}

SpfRounds::SpfRounds(CoverageWatch& watch, const ports::SurroundingsSource& surroundings,
                     const ports::Clock& clock, dns::RecordLookupOptions options)
    : watch_(watch),
      surroundings_(surroundings),
      clock_(clock),
      lookup_(std::move(options)),
      thread_([this] { run(); }) {}

SpfRounds::~SpfRounds() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  lookup_.cancel();
  wake_.notify_all();
  thread_.join();
}

bool SpfRounds::is_stopping() {
  const std::scoped_lock lock(mutex_);
  return stopping_;
}

void SpfRounds::run() {
  for (;;) {
    const auto config = surroundings_.current().config;
    if (config != nullptr) go_round(*config);
    std::unique_lock lock(mutex_);
    if (wake_.wait_for(lock, kLook, [this] { return stopping_; })) return;
  }
}

void SpfRounds::go_round(const config::Config& config) {
  const coverage::DnsSource source = make_dns_source(lookup_);
  const coverage::OwnPlaces own = find_own_places(config);
  watch_.set_own_places(own);
  for (const auto& [name, domain] : config.domains) {
    if (is_stopping()) return;
    const Instant now = clock_.now();
    if (!is_asked_for(domain) || now < watch_.spf_due(name)) continue;
    const auto findings = coverage::survey_spf(name, source, own);
    if (!is_stopping()) watch_.on_spf(name, findings, now);
  }
}

}  // namespace backstop::app
