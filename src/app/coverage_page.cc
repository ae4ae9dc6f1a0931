#include "app/coverage_page.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "app/json_instant.h"
#include "app/text_page.h"

namespace backstop::app {
namespace {

using coverage::PathState;
using coverage::PathView;

Tone tone_of(policy::Coverage value) {
  switch (value) {
    case policy::Coverage::Covered:
      return Tone::Good;
    case policy::Coverage::Partly:
      return Tone::Bad;
    case policy::Coverage::Unknown:
      break;
  }
  return Tone::Warning;
}

Tone tone_of(const PathView& path) {
  if (path.is_open) return path.state == PathState::Unsigned ? Tone::Bad : Tone::Warning;
  return path.state == PathState::Signs ? Tone::Good : Tone::Plain;
}

std::string say_coverage(const CoveragePage& page, policy::Coverage value) {
  if (page.domain.says_coverage())
    return fmt::format("{}, by the configuration; what was learnt is {}", policy::name_of(value),
                       policy::name_of(page.view.coverage));
  return std::string(policy::name_of(value));
}

nlohmann::json json_of_path(const PathView& path, const CoveragePage& page) {
  nlohmann::json out = {{"path", path.name.text()},
                        {"state", coverage::name_of(path.state)},
                        {"open", path.is_open},
                        {"contradicted", path.is_contradicted},
                        {"what", coverage::say_path(path, page.view.domain)},
                        {"evidence", coverage::say_evidence(path)},
                        {"step", coverage::say_step(path, page.view.domain, page.server)},
                        {"first", json_of(path.first)},
                        {"last", json_of(path.last)},
                        {"signed", path.signed_count},
                        {"unsigned", path.unsigned_count},
                        {"addresses", path.addresses},
                        {"more", path.more},
                        {"word", coverage::name_of(path.said.word)}};
  if (path.said.word != coverage::Word::None) {
    out["said"] = render_instant(path.said.at);
    out["said_addresses"] = path.said.addresses;
  }
  return out;
}

}  // namespace

std::string say_signing_since(const CoveragePage& page) {
  const auto since = coverage::domain_in_force(page.domain, page.view).signing_since;
  if (!since) return "not signing yet";
  return fmt::format("signing since {}, {}", render_instant(*since),
                     page.domain.signing_since ? "by the configuration" : "learnt");
}

std::string render_coverage_page(const CoveragePage& page) {
  TextPage out = TextPage::for_stdout();
  const auto value = coverage::domain_in_force(page.domain, page.view).coverage;
  out.title(fmt::format("{}: {}; {}", page.view.domain, say_coverage(page, value),
                        say_signing_since(page)),
            tone_of(value));
  out.line("list", coverage::say_wholeness(page.view),
           coverage::is_whole(page.view.wholeness) ? Tone::Good : Tone::Warning);
  out.line("to do", coverage::say_wholeness_step(page.view));
  if (page.view.paths.empty()) out.line("paths", "none was seen yet");
  for (const PathView& path : page.view.paths) {
    out.title(fmt::format("{}  {}", path.name.text(),
                          path.is_open && path.state == PathState::Unconfirmed
                              ? "unconfirmed"
                              : std::string(coverage::name_of(path.state))),
              tone_of(path));
    out.line("what", coverage::say_path(path, page.view.domain));
    out.line("seen", coverage::say_evidence(path));
    out.line("to do", coverage::say_step(path, page.view.domain, page.server));
  }
  return out.take();
}

std::string render_coverage_json(const std::vector<CoveragePage>& pages) {
  nlohmann::json domains = nlohmann::json::array();
  for (const CoveragePage& page : pages) {
    const config::Domain in_force = coverage::domain_in_force(page.domain, page.view);
    nlohmann::json paths = nlohmann::json::array();
    for (const PathView& path : page.view.paths)
      paths.push_back(json_of_path(path, page));
    domains.push_back({{"domain", page.view.domain},
                       {"coverage", policy::name_of(in_force.coverage)},
                       {"learnt", policy::name_of(page.view.coverage)},
                       {"signing_since", json_of(in_force.signing_since)},
                       {"whole", coverage::is_whole(page.view.wholeness)},
                       {"list", coverage::say_wholeness(page.view)},
                       {"step", coverage::say_wholeness_step(page.view)},
                       {"said_whole", json_of(page.view.whole_said)},
                       {"spf_asked", json_of(page.view.spf_asked)},
                       {"paths", paths}});
  }
  const nlohmann::json all = {{"v", 1}, {"domains", domains}};
  return all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace backstop::app
