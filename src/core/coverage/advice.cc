#include "core/coverage/advice.h"

#include <fmt/format.h>

#include <algorithm>

namespace backstop::coverage {
namespace {

// Addresses named in a sentence; the list has them all.
constexpr std::size_t kNamedAddresses = 3;

std::string say_day(Instant at) {
  return render_instant(at).substr(0, 10);
}

// How our milter gets into the way of a service that takes mail in.
std::string say_service_step(std::string_view service, MailServer server) {
  const bool local = service.find("pickup") != std::string_view::npos;
  switch (server) {
    case MailServer::Postfix:
      if (local) return "put our milter into non_smtpd_milters of main.cf, as backstop setup does";
      return fmt::format(
          "put our milter into smtpd_milters of the service that logs as {} in master.cf (an "
          "empty or other -o smtpd_milters= there hides the one of main.cf)",
          service);
    case MailServer::Exim:
      return "add the lines of backstop setup to acl_smtp_data and acl_not_smtp of exim.conf";
    case MailServer::Sendmail:
      return "add INPUT_MAIL_FILTER for our milter to sendmail.mc and to submit.mc's host, as "
             "backstop setup does";
    case MailServer::Unknown:
      break;
  }
  return "put our milter on every service that takes mail in: backstop setup shows how";
}

// The words to choose from, for a path that only the operator can know.
std::string say_choice(const PathView& path, std::string_view domain) {
  const std::string name = path.name.text();
  return fmt::format(
      "say what it is: backstop coverage {} signs {} (it passes this server first), ours {} "
      "ADDRESS... (those addresses leave unsigned by it), or not-ours {}",
      domain, name, name, name);
}

std::string say_path_step(const PathView& path, std::string_view domain, MailServer server) {
  const std::string name = path.name.text();
  if (path.name.name == "*") {
    return fmt::format(
        "look at the others of this sort first, then say what the rest is: backstop "
        "coverage {} not-ours '{}'",
        domain, name);
  }
  switch (path.name.kind) {
    case PathKind::Service:
      return fmt::format("{}; then say: backstop coverage {} signs {}",
                         say_service_step(path.name.name, server), domain, name);
    case PathKind::Client:
      return fmt::format("{}; then say: backstop coverage {} signs {}",
                         say_service_step("smtpd", server), domain, name);
    case PathKind::Selector:
      return fmt::format(
          "if the service that signs with it is yours, have it send through this server; else take "
          "{}._domainkey.{} out of DNS. Then {}",
          path.name.name, domain, say_choice(path, domain));
    case PathKind::Spf:
      return fmt::format(
          "if nothing of yours leaves by it, take {} out of the SPF record of {}; else {}",
          path.name.name, domain, say_choice(path, domain));
    case PathKind::Here:
    case PathKind::MessageId:
    case PathKind::Relay:
      break;
  }
  return "if it is a service of yours, have it send through this server; " +
         say_choice(path, domain);
}

}  // namespace

std::string say_path(const PathView& path, std::string_view domain) {
  const std::string& name = path.name.name;
  if (name == "*") {
    return fmt::format("Further paths of the kind {}, more than are kept one by one",
                       name_of(path.name.kind));
  }
  switch (path.name.kind) {
    case PathKind::Here:
      return "Mail that passes Backstop on this server";
    case PathKind::Service:
      return fmt::format("Mail that this server's {} takes in", name);
    case PathKind::Client:
      return fmt::format("Mail that the host {} hands in here without a login", name);
    case PathKind::Selector:
      return fmt::format("Mail signed with the DKIM key {}._domainkey.{}", name, domain);
    case PathKind::Spf:
      return fmt::format("Mail of whoever may send by {} in the SPF record of {}", name, domain);
    case PathKind::MessageId:
      return fmt::format("Mail whose Message-IDs end in @{}", name);
    case PathKind::Relay:
      break;
  }
  return fmt::format("Mail that {} took in first", name);
}

std::string say_evidence(const PathView& path) {
  std::string out;
  const auto add = [&out](const std::string& text) { out += (out.empty() ? "" : ", ") + text; };
  if (path.unsigned_count > 0) {
    add(fmt::format("unsigned {} time{}, first {}, last {}", path.unsigned_count,
                    path.unsigned_count == 1 ? "" : "s", say_day(*path.first),
                    say_day(*path.last)));
  } else if (path.signed_count > 0) {
    add(fmt::format("signed {} time{}, last {}", path.signed_count,
                    path.signed_count == 1 ? "" : "s", say_day(*path.last)));
  } else {
    add("no mail was seen on it");
  }
  std::string names;
  for (std::size_t i = 0; i < std::min(path.addresses.size(), kNamedAddresses); ++i)
    names += (names.empty() ? "by " : " ") + path.addresses[i];
  if (path.addresses.size() > kNamedAddresses)
    names += fmt::format(" and {} more", path.addresses.size() - kNamedAddresses);
  if (path.more) names += ", perhaps others";
  if (!names.empty()) add(names);
  if (path.said.word != Word::None)
    add(fmt::format("you said {} on {}", name_of(path.said.word), say_day(path.said.at)));
  if (path.is_contradicted) add("but mail left unsigned since");
  return out;
}

std::string say_step(const PathView& path, std::string_view domain, MailServer server) {
  if (!path.is_open) return "";
  if (path.needs_addresses) {
    return fmt::format("say which addresses use it: backstop coverage {} ours {} ADDRESS...",
                       domain, path.name.text());
  }
  return say_path_step(path, domain, server);
}

std::string say_wholeness(const DomainView& view) {
  switch (view.wholeness) {
    case Wholeness::Said:
      return fmt::format("The list is whole: you said so on {}.", say_day(*view.whole_said));
    case Wholeness::Spf:
      return "The list is whole: the SPF record says who may send, and forbids all others.";
    case Wholeness::Lost:
      return "The list may miss a path: what was seen before was lost with a damaged file.";
    case Wholeness::NotAsked:
      return "The list may miss a path: DNS has not yet said what the SPF record is.";
    case Wholeness::NoRecord:
      return "The list may miss a path: the domain has no SPF record that would say who may send.";
    case Wholeness::OpenEnded:
      return "The list may miss a path: the SPF record ends in neither -all nor ~all.";
    case Wholeness::Broken:
      break;
  }
  return fmt::format("The list may miss a path: receivers cannot use the SPF record, since {}.",
                     view.spf_fault);
}

std::string say_wholeness_step(const DomainView& view) {
  const std::string say = fmt::format("backstop coverage {} whole", view.domain);
  switch (view.wholeness) {
    case Wholeness::Said:
    case Wholeness::Spf:
      return "";
    case Wholeness::Lost:
      return fmt::format("look through the list, then say that it has every path: {}", say);
    case Wholeness::NotAsked:
      return fmt::format("wait for an answer of DNS, or say that the list has every path: {}", say);
    case Wholeness::NoRecord:
      return fmt::format(
          "publish an SPF record that ends in ~all or -all, or say that the list has "
          "every path: {}",
          say);
    case Wholeness::OpenEnded:
      return fmt::format(
          "end the SPF record in ~all or -all, or say that the list has every path: "
          "{}",
          say);
    case Wholeness::Broken:
      break;
  }
  return fmt::format("mend the SPF record, or say that the list has every path: {}", say);
}

}  // namespace backstop::coverage
