// What a command knows of the way of each domain to enforce: keys, queue, what was learnt, what is
// still to be looked at.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "app/enforce_conditions.h"
#include "app/modes_in_force.h"
#include "core/base/result.h"
#include "core/config/config.h"
#include "core/coverage/domain_view.h"

namespace backstop::app {

class EnforceOutlook {
 public:
  // Reads the keys, the store's files and the mail server below `root`.  What cannot be read counts
  // as not met, and is told in trouble().
  explicit EnforceOutlook(const config::Config& config, const std::string& root = "/");

  // `domain` is one of the configuration, or null for one that it does not guard.  Lives as long as
  // this.
  EnforceQuestion question(const config::Domain* domain) const;
  // A domain of the configuration with what was learnt where it says nothing itself.
  config::Domain in_force(const config::Domain& domain) const;
  // The modes that may be in force under the configuration.
  ModesInForce modes(const config::Config& config, Instant now) const;
  // What judges messages of it.
  std::shared_ptr<const coverage::CoverageList> list() const;
  bool signs() const { return signs_; }
  Seconds queue_lifetime() const { return queue_lifetime_; }
  // In sentences; empty when all could be read.
  const std::vector<std::string>& trouble() const { return trouble_; }

 private:
  void count_open_groups(const std::string& directory);

  bool signs_ = false;
  Seconds queue_lifetime_{};
  coverage::MailServer server_ = coverage::MailServer::Unknown;
  std::map<std::string, coverage::DomainView> learnt_;
  std::map<std::string, std::size_t> open_groups_;
  std::vector<std::string> trouble_;
};

// Which mail server this host has, for the words of advice.
coverage::MailServer find_mail_server(const std::string& root);

}  // namespace backstop::app
