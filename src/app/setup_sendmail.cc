#include "app/setup_sendmail.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "app/exit_code.h"
#include "app/settings.h"
#include "app/usual_sockets.h"
#include "edge/mta/other_server.h"
#include "edge/mta/rooted_file.h"
#include "edge/mta/unified_diff.h"

namespace backstop::app {
namespace {

constexpr const char* kMilter = "/run/backstop/milter.sock";
constexpr const char* kMap = "/run/backstop/map.sock";
constexpr const char* kFolder = "/etc/mail/m4";
constexpr std::string_view kRestart = "make -C /etc/mail && systemctl restart backstopd sendmail";

struct Report {
  std::string state;  // "nothing-to-do", "proposed", "done", or "by-hand".
  std::string file;   // What our file is to hold; "" when it is to go.
  std::string diff;
  bool line_is_missing = false;  // In sendmail.mc.
  std::vector<std::string> next;
};

std::string our_file() {
  return std::string(mta::kSendmailFile);
}

// The first that Sendmail can be told of; a socket that systemd opens has no place we know.
config::Endpoint place_of(const std::vector<config::Endpoint>& endpoints, const char* usual) {
  for (const config::Endpoint& endpoint : endpoints) {
    const bool unix_path = endpoint.kind == config::Endpoint::Kind::Unix;
    if (unix_path || (endpoint.kind == config::Endpoint::Kind::Inet && endpoint.port != 0))
      return endpoint;
  }
  return {.kind = config::Endpoint::Kind::Unix, .path = usual, .address = {}, .port = 0};
}

// What backstop.toml lacks for it.
std::vector<std::string> say_next(const config::Config& config, const SendmailSetup& setup,
                                  const mta::SendmailSite& site) {
  const TagsAsked& tags = setup.tags;
  std::vector<std::string> next;
  if (site.tags && lacks_map(config, setup.root))
    next.push_back(fmt::format("Write doors.socketmap = [\"unix:{}\"] into backstop.toml", kMap));
  for (const auto& [name, domain] : config.domains) {
    if (!tags.named || domain.tag == tags.style) continue;
    if (!tags.style) {
      next.push_back(fmt::format("Take tag out of [domains.\"{}\"] in backstop.toml", name));
      continue;
    }
    const bool prvs = tags.style == proof::TagStyle::Prvs;
    next.push_back(fmt::format("Write tag = \"{}\" into [domains.\"{}\"] in backstop.toml",
                               prvs ? "prvs" : "subaddress", name));
  }
  return next;
}

void print_json(const Report& report) {
  const nlohmann::json line = {
      {"v", 1},
      {"mta", "sendmail"},
      {"state", report.state},
      {"file", {{"path", mta::kSendmailFile}, {"text", report.file}}},
      {"diff", report.diff},
      {"line", report.line_is_missing ? nlohmann::json(mta::kSendmailInclude) : nlohmann::json()},
      {"next", report.next}};
  fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void print_text(const Report& report) {
  fmt::print("{}", report.diff);
  if (report.state == "proposed")
    fmt::print("\nNothing is written without --apply.\n");
  else if (report.state == "done")
    fmt::print("\n{} is {}.\n", mta::kSendmailFile, report.file.empty() ? "removed" : "written");
  else if (report.state == "nothing-to-do")
    fmt::print("Nothing to do: Sendmail is as it is to be.\n");
  for (const std::string& sentence : report.next)
    fmt::print("{}\n", sentence);
}

int finish(const Report& report, bool json) {
  if (json)
    print_json(report);
  else
    print_text(report);
  return report.state == "nothing-to-do" || report.state == "done" ? kExitGood : kExitFound;
}

}  // namespace

bool lacks_map(const config::Config& config, const std::string& root) {
  // With usual sockets it is there once their directory is.
  return !config.milter_listen.empty() && map_endpoints(config, root).empty();
}

mta::SendmailSite sendmail_site(const config::Config& config, const std::string& root,
                                const TagsAsked& tags, std::string_view before) {
  mta::SendmailSite site;
  site.milter = place_of(milter_endpoints(config, root), kMilter);
  site.map = place_of(map_endpoints(config, root), kMap);
  site.tags = mta::knows_tags(before) || wants_tags(config, tags, proof::TagStyle::Prvs) ||
              wants_tags(config, tags, proof::TagStyle::SubAddress);
  for (const auto& [name, domain] : config.domains)
    site.domains.push_back(name);
  return site;
}

int set_up_sendmail(const SendmailSetup& setup) {
  Settings settings;
  settings.config_path = setup.config_path;
  const auto config = load_config(settings);
  if (!config) return report_error(config.error(), kExitBadConfig);
  if (config->domains.empty()) {
    return report_error(Error{Errc::Invalid, "domains",
                              "names no domain yet; write [domains.\"example.com\"] into "
                              "backstop.toml, then come again"},
                        kExitBadConfig);
  }
  Report report;
  const std::string before = mta::read_rooted(setup.root, our_file()).value_or("");
  const mta::SendmailSite site = sendmail_site(*config, setup.root, setup.tags, before);
  report.file = mta::render_sendmail_recipe(site);
  report.diff = mta::unified_diff(before, report.file, mta::kSendmailFile);
  report.next = say_next(*config, setup, site);
  const mta::SendmailNames names = mta::sendmail_names_us(setup.root);
  report.line_is_missing = names != mta::SendmailNames::OurFile;
  if (names == mta::SendmailNames::OurMilter) {
    report.next.push_back(fmt::format("Take the INPUT_MAIL_FILTER(`backstop', ...) line out of {}",
                                      mta::kSendmailMacros));
  }
  if (report.line_is_missing) {
    report.next.push_back(
        fmt::format("Put this line into {}, before MAILER_DEFINITIONS and before other mail "
                    "filters: {}",
                    mta::kSendmailMacros, mta::kSendmailInclude));
  }
  const bool nothing = report.diff.empty() && report.next.empty();
  report.state = nothing ? "nothing-to-do" : report.diff.empty() ? "by-hand" : "proposed";
  if (!report.diff.empty() && setup.writes) {
    const auto written = [&]() -> Result<void> {
      BS_TRY_VOID(mta::make_directory(setup.root, kFolder, 0755));
      return mta::replace_rooted(setup.root, our_file(), report.file);
    }();
    if (!written) return report_error(written.error(), kExitFound);
    report.state = "done";
  }
  if (!nothing) report.next.push_back(fmt::format("Then make it work: {}", kRestart));
  return finish(report, setup.json);
}

int remove_from_sendmail(const SendmailSetup& setup) {
  Report report;
  const mta::SendmailNames names = mta::sendmail_names_us(setup.root);
  const auto before = mta::read_rooted(setup.root, our_file());
  const bool tags_too = setup.tags.named && !setup.tags.style;
  if (before && !tags_too) report.file = mta::without_filter(*before);
  const bool tags_stay = !report.file.empty();
  if (names == mta::SendmailNames::OurMilter ||
      (names == mta::SendmailNames::OurFile && !tags_stay)) {
    // Without the file that it includes, sendmail.mc could not be made any more.
    report.state = "by-hand";
    report.next.push_back(fmt::format(
        "Take the line with {} out of {}, then run: make -C /etc/mail && systemctl restart "
        "sendmail",
        names == mta::SendmailNames::OurFile ? mta::kSendmailFile : "INPUT_MAIL_FILTER(`backstop'",
        mta::kSendmailMacros));
    if (before) {
      report.next.push_back(fmt::format("Then come again: backstop setup --mta sendmail --remove{}",
                                        tags_too ? " --tag none" : ""));
    }
    return finish(report, setup.json);
  }
  if (before) report.diff = mta::unified_diff(*before, report.file, mta::kSendmailFile);
  report.state = report.diff.empty() ? "nothing-to-do" : "proposed";
  if (!report.diff.empty() && setup.writes) {
    const auto done = tags_stay ? mta::replace_rooted(setup.root, our_file(), report.file)
                                : mta::remove_rooted(setup.root, our_file());
    if (!done) return report_error(done.error(), kExitFound);
    report.state = "done";
  }
  if (tags_stay) {
    report.next.push_back(
        "What knows of tags stays, since mail for tagged addresses still comes; --remove --tag "
        "none takes it out");
    if (!report.diff.empty())
      report.next.push_back("Then make it work: make -C /etc/mail && systemctl restart sendmail");
  }
  return finish(report, setup.json);
}

}  // namespace backstop::app
