#include "app/enforce_outlook.h"

#include "app/check_parts.h"
#include "app/coverage_file.h"
#include "edge/mta/other_server.h"
#include "edge/mta/postfix.h"
#include "edge/os/key_store.h"
#include "edge/store/review_reader.h"

namespace backstop::app {

coverage::MailServer find_mail_server(const std::string& root) {
  if (mta::Postfix::find(root)) return coverage::MailServer::Postfix;
  const auto other = mta::find_other_server(root);
  if (!other) return coverage::MailServer::Unknown;
  return *other == mta::OtherServer::Exim ? coverage::MailServer::Exim
                                          : coverage::MailServer::Sendmail;
}

EnforceOutlook::EnforceOutlook(const config::Config& config, const std::string& root)
    : queue_lifetime_(mta::queue_lifetime(root)), server_(find_mail_server(root)) {
  if (const auto loaded = os::KeyStore(below(root, config.keys_directory)).load())
    signs_ = loaded->ring->emitting() != nullptr;
  if (config.store_directory.empty()) return;
  config::Config there = config;
  there.store_directory = below(root, config.store_directory);
  if (auto learnt = read_coverage(there)) {
    learnt_ = *std::move(learnt);
  } else {
    trouble_.push_back("What is known of the ways in which mail leaves cannot be read: " +
                       learnt.error().text());
  }
  count_open_groups(there.store_directory);
}

void EnforceOutlook::count_open_groups(const std::string& directory) {
  auto reader = store::ReviewReader::open(directory);
  // Nothing was kept yet, so there is nothing to look at.
  if (!reader && reader.error().code == Errc::NotFound) return;
  if (reader) {
    if (auto counted = reader->count_open_hints()) {
      open_groups_.insert(counted->begin(), counted->end());
      return;
    } else {
      reader = tl::unexpected<Error>(std::move(counted).error());
    }
  }
  trouble_.push_back("What waits for backstop review cannot be read: " + reader.error().text());
}

EnforceQuestion EnforceOutlook::question(const config::Domain* domain) const {
  EnforceQuestion out{.domain = domain,
                      .learnt = nullptr,
                      .server = server_,
                      .signs = signs_,
                      .queue_lifetime = queue_lifetime_};
  if (domain == nullptr) return out;
  if (const auto learnt = learnt_.find(domain->name); learnt != learnt_.end())
    out.learnt = &learnt->second;
  if (const auto groups = open_groups_.find(domain->name); groups != open_groups_.end())
    out.open_groups = groups->second;
  return out;
}

config::Domain EnforceOutlook::in_force(const config::Domain& domain) const {
  const auto learnt = learnt_.find(domain.name);
  return learnt == learnt_.end() ? domain : coverage::domain_in_force(domain, learnt->second);
}

ModesInForce EnforceOutlook::modes(const config::Config& config, Instant now) const {
  return find_modes_in_force(
      config, [this](const config::Domain& domain) { return question(&domain); }, now);
}

std::shared_ptr<const coverage::CoverageList> EnforceOutlook::list() const {
  auto out = std::make_shared<coverage::CoverageList>();
  for (const auto& [name, view] : learnt_)
    out->add(view);
  return out;
}

}  // namespace backstop::app
