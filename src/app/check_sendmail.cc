// Sendmail: whether its configuration is what setup would make of it.
#include <string>

#include "app/check_parts.h"
#include "app/setup_sendmail.h"
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

}  // namespace

void check_sendmail(const config::Config& config, const std::string& root, Findings& findings) {
  if (mta::find_other_server(root) != mta::OtherServer::Sendmail) return;
  const mta::SendmailNames names = mta::sendmail_names_us(root);
  const mta::SendmailSite site = sendmail_site(config, {});
  const bool tags = site.tags.prvs || site.tags.subaddress;
  if (names == mta::SendmailNames::Nothing) {
    findings.wrong("sendmail", std::string(mta::kSendmailMacros) + " names Backstop nowhere",
                   "mail goes out unsigned and comes in not judged", kSetUp);
    return;
  }
  const std::string file = mta::read_rooted(root, std::string(mta::kSendmailFile)).value_or("");
  if (tags && (names == mta::SendmailNames::OurMilter || mta::without_filter(file).empty())) {
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
  } else if (tags && !holds(made, "\nKunsign ")) {
    findings.wrong("sendmail", std::string(kMade) + " does not know tagged recipients",
                   "bounces of tagged mail are refused as mail for nobody", kMake);
  } else {
    findings.good("sendmail",
                  std::string(kMade) + " names our milter" + (tags ? ", and takes tags off" : ""));
  }
}

}  // namespace backstop::app
