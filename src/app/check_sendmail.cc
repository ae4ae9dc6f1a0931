// Sendmail: whether its configuration is what setup would make of it.
#include <string>

#include "app/check_parts.h"
#include "app/setup_sendmail.h"
#include "app/unix_socket.h"
#include "edge/mta/other_server.h"
#include "edge/mta/rooted_file.h"
#include "edge/mta/sendmail_recipe.h"

namespace backstop::app {
namespace {

constexpr const char* kMade = "/etc/mail/sendmail.cf";
constexpr const char* kMake = "make -C /etc/mail && systemctl restart sendmail";
constexpr const char* kSetUp = "backstop setup --mta sendmail --apply";

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Where Sendmail asks whom mail for a tagged address is for.
void check_map(const mta::SendmailSite& site, const config::Config& config, const std::string& root,
               Findings& findings) {
  const std::string what = mta::render_sendmail_socket(site.map);
  const std::string why = "mail for tagged addresses is deferred until somebody does";
  if (lacks_map(config, root)) {
    findings.wrong(what, "is where Sendmail asks about tagged addresses, and is not ours", why,
                   "write doors.socketmap into backstop.toml and restart backstopd");
    return;
  }
  if (site.map.kind != config::Endpoint::Kind::Unix) return;  // Only our own socket is asked.
  if (accepts_connections(below(root, site.map.path)))
    findings.good(what, "takes tags off for Sendmail");
  else
    findings.wrong(what, "nobody answers where Sendmail asks about tagged addresses", why,
                   "start the daemon: systemctl start backstopd");
}

}  // namespace

void check_sendmail(const config::Config& config, const std::string& root, Findings& findings) {
  if (mta::find_other_server(root) != mta::OtherServer::Sendmail) return;
  const mta::SendmailNames names = mta::sendmail_names_us(root);
  const std::string file = mta::read_rooted(root, std::string(mta::kSendmailFile)).value_or("");
  const mta::SendmailSite site = sendmail_site(config, root, {}, file);
  if (names == mta::SendmailNames::Nothing) {
    findings.wrong("sendmail", std::string(mta::kSendmailMacros) + " names Backstop nowhere",
                   "mail goes out unsigned and comes in not judged", kSetUp);
    return;
  }
  if (site.tags && (names == mta::SendmailNames::OurMilter || !mta::knows_tags(file))) {
    findings.wrong("sendmail", "does not know tagged recipients",
                   "bounces of tagged mail are refused as mail for nobody", kSetUp);
  } else if (names == mta::SendmailNames::OurFile && file != mta::render_sendmail_recipe(site)) {
    findings.advice("sendmail",
                    std::string(mta::kSendmailFile) + " is not what setup would write now",
                    "it was written for another configuration", kSetUp);
  }
  const std::string made = mta::read_rooted(root, kMade).value_or("");
  if (!holds(made, "\nXbackstop, ")) {
    findings.wrong("sendmail", std::string(kMade) + " does not name our milter",
                   "mail goes out unsigned and comes in not judged", kMake);
  } else if (site.tags && !holds(made, "\nKunsign ")) {
    findings.wrong("sendmail", std::string(kMade) + " does not know tagged recipients",
                   "bounces of tagged mail are refused as mail for nobody", kMake);
  } else {
    findings.good("sendmail", std::string(kMade) + " names our milter" +
                                  (site.tags ? ", and takes tags off" : ""));
  }
  if (site.tags) check_map(site, config, root, findings);
}

}  // namespace backstop::app
