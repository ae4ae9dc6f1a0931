// How mail of the guarded domains leaves, as `backstop coverage` shows it.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/config/config.h"
#include "core/coverage/advice.h"
#include "core/coverage/domain_view.h"

namespace backstop::app {

// What is shown of one domain.
struct CoveragePage {
  config::Domain domain;  // As the configuration has it.
  coverage::DomainView view;
  coverage::MailServer server = coverage::MailServer::Unknown;
};

// Every path, and for each that is open the one step that fixes it.
std::string render_coverage_page(const CoveragePage& page);
// One JSON object on one line, without its end.
std::string render_coverage_json(const std::vector<CoveragePage>& pages);

// "signing since 2026-11-21T00:00:00Z, learnt"
std::string say_signing_since(const CoveragePage& page);

}  // namespace backstop::app
