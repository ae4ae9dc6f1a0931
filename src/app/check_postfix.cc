// What the mail server says about itself: whether it asks us, can reach us, and fails open.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "app/check_parts.h"
#include "app/setup_socket.h"
#include "app/setup_tags.h"
#include "core/base/ascii.h"
#include "edge/dns/txt_lookup.h"
#include "edge/mta/dkim_signer.h"
#include "edge/mta/milter_list.h"
#include "edge/mta/postfix_plan.h"
#include "edge/mta/rooted_file.h"

namespace backstop::app {
namespace {

constexpr std::string_view kScheme = "unix:";

// May the user postfix do this with what `status` describes?  `bit`: 4 read, 2 write, 1 enter.
bool may(const std::string& root, const struct stat& status, mode_t bit) {
  const auto account = mta::find_user(root, "postfix");
  if (account && account->uid == status.st_uid) return (status.st_mode & (bit << 6)) != 0;
  if (mta::is_member(root, "postfix", status.st_gid)) return (status.st_mode & (bit << 3)) != 0;
  return (status.st_mode & bit) != 0;
}

// The first directory on the way to `path` that the user postfix may not enter, or the socket that
// it may not write to; "" when it gets there.
std::string find_obstacle(const mta::Postfix& postfix, const std::string& path) {
  const std::string& root = postfix.root();
  // A chrooted server begins in the queue directory.
  const std::string start = postfix.queue_directory();
  for (std::size_t at = path.starts_with(start + "/") ? start.size() : 0;;) {
    at = path.find('/', at + 1);
    const std::string part = path.substr(0, at);
    struct stat status{};
    if (stat(below(root, part).c_str(), &status) != 0) return "";  // Said elsewhere.
    if (!may(root, status, S_ISDIR(status.st_mode) ? 1 : 2)) return part;
    if (at == std::string::npos) return "";
  }
}

void check_reach(const mta::Postfix& postfix, const config::Config& config,
                 const std::string& socket, Findings& findings) {
  if (!socket.starts_with(kScheme)) return;
  const std::string why = "mail goes out unsigned and comes in not judged";
  std::string path = socket.substr(kScheme.size());
  if (!path.starts_with('/')) path = postfix.queue_directory() + "/" + path;
  const bool listened =
      std::any_of(config.milter_listen.begin(), config.milter_listen.end(),
                  [&](const config::Endpoint& endpoint) { return endpoint.path == path; });
  if (!listened && !config.milter_listen.empty()) {
    findings.wrong("milter.listen", fmt::format("does not name {}, where Postfix asks", path), why,
                   fmt::format("add \"unix:{}\" to milter.listen and restart backstopd", path));
  }
  struct stat status{};
  if (stat(below(postfix.root(), path).c_str(), &status) != 0) {
    findings.wrong(socket, fmt::format("Postfix asks at {}, where no socket is", path), why,
                   "start the daemon: systemctl start backstopd");
    return;
  }
  if (const std::string obstacle = find_obstacle(postfix, path); !obstacle.empty()) {
    findings.wrong(
        socket, fmt::format("the user postfix may not use {}", obstacle), why,
        "backstop setup --apply sets the directory right (group postfix, mode 2750); the "
        "socket takes its mode from milter.socket_mode, usually 0660");
    return;
  }
  if (is_answered(postfix, socket))
    findings.good(socket, "Postfix reaches it, from inside its chroot as well");
  else
    findings.wrong(socket, fmt::format("nobody answers at {}", path), why,
                   "start the daemon: systemctl start backstopd");
}

// What setup would change is what is not as it should be.
void check_settings(const mta::Postfix& postfix, const mta::PostfixText& text,
                    const config::Config& config, const std::string& socket, Findings& findings) {
  const auto tags = choose_tags(config, postfix, text, {});
  const auto plan = tags ? mta::plan_setup(postfix, text, socket, *tags, canary_of(config))
                         : Result<mta::Plan>(tl::unexpected<Error>(tags.error()));
  if (!plan) {
    findings.wrong("postfix", plan.error().text(), "it cannot be told whether mail passes Backstop",
                   "mend what is said there, then run: backstop setup");
    return;
  }
  const std::string todo = "backstop setup shows the line, backstop setup --apply writes it";
  const bool asks =
      std::none_of(plan->changes.begin(), plan->changes.end(),
                   [](const mta::Change& change) { return change.setting == "smtpd_milters"; });
  if (!asks) {
    findings.wrong("smtpd_milters", fmt::format("Postfix does not ask Backstop first ({})", socket),
                   "nothing is signed and nothing judged", todo);
  } else {
    findings.good("smtpd_milters", fmt::format("Postfix asks {} first", socket));
  }
  for (const mta::Change& change : plan->changes) {
    if (change.setting == "smtpd_milters" && !asks) continue;
    if (change.file != postfix.main_path() && change.file != postfix.master_path()) {
      findings.wrong(change.file, change.before ? "is of another configuration" : "is not there",
                     change.why, todo);
      continue;
    }
    const std::string now = change.before ? "is \"" + *change.before + "\"" : "is not set";
    findings.wrong(change.setting, fmt::format("{}, want \"{}\"", now, change.after.value_or("")),
                   change.why, todo);
  }
  if (plan->changes.empty())
    findings.good("fail open", "mail flows on every service while Backstop is down");
  for (const std::string& note : plan->notes)
    findings.advice("postfix", note, "what passes there may be seen twice or not at all",
                    "look whether it is meant so");
  for (const std::string& service : plan->second_passes) {
    if (!config.relays.reinject.empty()) break;
    findings.wrong(
        "relays.reinject",
        fmt::format("names nobody, and {} passes to Backstop what a content filter hands back",
                    service),
        "spam in your name from outside is signed on its way back, and your own mail twice",
        "name the filter's address there, as in reinject = [\"127.0.0.1\"]");
  }
}

// Where Postfix asks whom mail for a tagged address is for.
void check_tags(const mta::Postfix& postfix, const mta::PostfixText& text,
                const config::Config& config, Findings& findings) {
  const mta::PostfixTags there = mta::find_tags(postfix, text);
  if (!there.prvs) return;
  const auto socket = choose_map_socket(postfix, text, config);
  if (!socket) return;  // Said of the settings.
  if (!is_answered(postfix, *socket)) {
    findings.wrong(*socket, "nobody answers where Postfix asks about tagged addresses",
                   "answers to tagged senders are deferred until somebody does",
                   "start the daemon: systemctl start backstopd");
    return;
  }
  findings.good(*socket, there.strict ? "takes tags off, before Postfix looks for the user"
                                      : "takes tags off for Postfix");
  if (there.strict) return;
  findings.advice("tags", "mail for a tagged sender who is gone is taken, and bounces here",
                  "Postfix finds a tagged address by its tag and looks for the user too late",
                  "backstop setup --tag prvs --strict --apply lets it look first");
}

// Our own networks are what Postfix relays for.
void check_networks(const mta::Postfix& postfix, const config::Config& config, Findings& findings) {
  const auto value = postfix.value("mynetworks");
  if (!value) return;
  for (std::string text : mta::split_list(*value)) {
    std::erase_if(text, [](char c) { return c == '[' || c == ']'; });
    const auto address = IpAddress::parse(text.substr(0, text.find('/')));
    if (!address || config.is_own(*address)) continue;
    findings.advice("networks.own", fmt::format("lacks {}, which Postfix has in mynetworks", text),
                    "what those hosts send from a guarded domain is not signed, and its bounces "
                    "cannot be proved",
                    fmt::format("add \"{}\" to networks.own, or take it out of mynetworks", text));
  }
}

void check_dkim(const mta::Postfix& postfix, const std::string& socket, Findings& findings) {
  const auto signers = mta::find_dkim_signers(postfix.root());
  for (const mta::DkimSigner& signer : signers) {
    if (!signer.signs_message_id) {
      findings.advice(
          "dkim", fmt::format("{} does not sign Message-ID", signer.name),
          "a returned header proves less: a forger may put any Message-ID under our signature",
          signer.name == "opendkim"
              ? fmt::format("write 'SignHeaders *,+Message-ID' into {}", signer.file)
              : fmt::format("add message-id to sign_headers in {}", signer.file));
    }
    if (signer.signs_token) {
      findings.advice("dkim", fmt::format("{} signs Backstop-Token", signer.name),
                      "a gateway that takes the token away breaks our signature",
                      fmt::format("leave it out of the signed fields in {}", signer.file));
    }
  }
  const auto others = postfix.value("non_smtpd_milters");
  if (!others) return;
  const auto list = mta::split_list(*others);
  const bool has_signer = std::any_of(list.begin(), list.end(), [&](const std::string& element) {
    return !mta::is_same_socket(mta::socket_of(element), socket, postfix.queue_directory());
  });
  const auto classes = postfix.value("internal_mail_filter_classes");
  if (!has_signer || !classes || classes->find("bounce") != std::string::npos) return;
  findings.advice(
      "own bounces", "leave without a DKIM signature",
      "Gmail and Microsoft refuse mail from <> that neither DKIM nor SPF vouches for, so "
      "our genuine bounces get lost",
      "postconf -e internal_mail_filter_classes=bounce");
}

void check_greeting(const mta::Postfix& postfix, Findings& findings) {
  const auto name = postfix.value("smtp_helo_name");
  if (!name || name->find('.') == std::string::npos || name->ends_with(".localdomain")) return;
  const auto records = dns::lookup_txt(*name);
  if (!records) return;  // Could not be asked.
  const bool has = std::any_of(records->begin(), records->end(), [](const std::string& text) {
    const std::string lowered = ascii::lower(text);
    return lowered == "v=spf1" || lowered.starts_with("v=spf1 ");
  });
  if (has) {
    findings.good("helo", fmt::format("{} has an SPF record", *name));
    return;
  }
  findings.advice(
      "helo", fmt::format("{}, the name Postfix greets with, has no SPF record", *name),
      "bounces of ours carry no sender, so SPF looks at this name; without a record they "
      "count as unauthenticated",
      fmt::format("put into the DNS: {}. IN TXT \"v=spf1 a -all\"", *name));
}

}  // namespace

void check_postfix(const config::Config& config, const std::string& root, bool asks_dns,
                   Findings& findings) {
  const auto postfix = mta::Postfix::find(root);
  if (!postfix) {
    if (postfix.error().where != "postconf" || postfix.error().code != Errc::NotFound)
      findings.wrong("postfix", postfix.error().text(), "Postfix cannot run like that",
                     "mend it: postfix check says more");
    else
      check_sendmail(config, root, findings);
    return;
  }
  const auto text = postfix->read();
  if (!text) {
    findings.wrong("postfix", text.error().text(), "Postfix cannot run like that",
                   "mend it: postfix check says more");
    return;
  }
  const auto socket = choose_socket(*postfix, *text, config);
  if (!socket) {
    findings.wrong("milter.listen", socket.error().text(),
                   "mail goes out unsigned and comes in not judged", "backstop setup says more");
    return;
  }
  check_settings(*postfix, *text, config, socket->text, findings);
  check_tags(*postfix, *text, config, findings);
  check_reach(*postfix, config, socket->text, findings);
  check_networks(*postfix, config, findings);
  check_dkim(*postfix, socket->text, findings);
  check_canary(config, root, findings);
  if (asks_dns) check_greeting(*postfix, findings);
}

}  // namespace backstop::app
