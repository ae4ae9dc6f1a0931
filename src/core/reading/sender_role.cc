// What a From field says of its writer: the local parts and display names of mail systems, in the
// languages their makers translate them to.
#include <array>

#include "core/base/ascii.h"
#include "core/mail/header_text.h"
#include "core/reading/kind.h"
#include "core/reading/normal_text.h"
#include "core/reading/word_search.h"
#include "core/reading/word_set.h"

namespace backstop::reading {
namespace {

// Only mail systems write under these.
constexpr WordSet<19> kAgentLocals{std::array<std::string_view, 19>{
    "mailer-daemon", "mailerdaemon", "mailer_daemon", "mail-daemon", "mail_daemon", "maildaemon",
    "mail.delivery.system", "mdaemon", "maildelivery", "mail-delivery", "mail_delivery",
    "maildeliverysystem", "mail-delivery-system", "delivery-system", "mail-delivery-subsystem",
    "maileragent", "mail-system", "mailsystem", "mailer.daemon"}};

// Programs and people do.
constexpr WordSet<15> kRoleLocals{std::array<std::string_view, 15>{
    "postmaster", "post_master", "post-master", "imss", "ndr", "mailadmin", "mail-administrator",
    "mailmaster", "system administrator", "mail-admin", "bounce", "bounces", "mta", "mailserver",
    "mail-server"}};

// In normal text, in the display name or comment.
constexpr std::array<std::string_view, 43> kAgentNames{"mail delivery",
                                                       "mail deliver system",
                                                       "mailer-daemon",
                                                       "mailer daemon",
                                                       "delivery subsystem",
                                                       "delivery system",
                                                       "mail daemon",
                                                       "courier mail server at",
                                                       "mail transport agent",
                                                       "mail transfer agent",
                                                       "mail system at",
                                                       "interscan mss",
                                                       "interscan notification",
                                                       "mailzustellsystem",
                                                       "mail-zustellsystem",
                                                       "zustellsystem",
                                                       "système de remise",
                                                       "sistema de entrega",
                                                       "sistema di recapito",
                                                       "sistema di consegna",
                                                       "mailbezorgsysteem",
                                                       "system dostarczania poczty",
                                                       "служба доставки",
                                                       "система доставки",
                                                       "メール配信システム",
                                                       "メール配送システム",
                                                       "邮件投递系统",
                                                       "邮件系统",
                                                       "郵件系統",
                                                       "메일 배달 시스템",
                                                       "mail system admin",
                                                       "mail administrator",
                                                       "delivery agent",
                                                       "delivery service agent",
                                                       "sistema de correo",
                                                       "sistema di posta",
                                                       "sistema de correio",
                                                       "système de messagerie",
                                                       "e-mail-zustell",
                                                       "почтовая система",
                                                       "почтовый демон",
                                                       "почтовой системы",
                                                       "メールシステム"};

// Exchange 5.5 and 2000 sign so in the language of the server.
constexpr std::array<std::string_view, 14> kRoleNames{"system administrator",
                                                      "systemadministrator",
                                                      "administrateur système",
                                                      "administrador del sistema",
                                                      "amministratore di sistema",
                                                      "amministratore del sistema",
                                                      "administrador do sistema",
                                                      "systeembeheerder",
                                                      "systemadministratör",
                                                      "administrator systemu",
                                                      "системный администратор",
                                                      "システム管理者",
                                                      "系统管理员",
                                                      "系統管理員"};

bool names_agent(std::string_view name) {
  static constexpr auto kSearch = make_word_search<3>(kAgentNames);
  return kSearch.any_in(name);
}
bool names_role(std::string_view name) {
  static constexpr auto kSearch = make_word_search<3>(kRoleNames);
  return kSearch.any_in(name);
}

}  // namespace

bool is_agent_local(std::string_view local) {
  // Exchange since 2007: "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@".
  return local.starts_with("microsoftexchange") || kAgentLocals.has(local);
}

SenderRole sender_role(std::string_view raw_from) {
  const auto addresses = mail::parse_address_list(raw_from, 1);
  return sender_role(mail::decode_text(raw_from), addresses.empty() ? nullptr : &addresses.front());
}

SenderRole sender_role(std::string_view text, const mail::Address* address) {
  const std::string local = address == nullptr ? "" : ascii::lower(address->local);
  if (is_agent_local(local)) return SenderRole::DeliveryAgent;
  std::string_view shown = text;
  if (const std::size_t bracket = text.find('<'); bracket != std::string_view::npos) {
    shown = shown.substr(0, bracket);
    if (ascii::trim(text.substr(bracket)) == "<>") return SenderRole::DeliveryAgent;
  } else if (const std::size_t comment = text.find('('); comment != std::string_view::npos) {
    shown = shown.substr(comment);
  } else if (address != nullptr) {
    // An address may be any word.
    shown = {};
  }
  const std::string name = render_normal_line(shown);
  if (names_agent(name)) return SenderRole::DeliveryAgent;
  if (kRoleLocals.has(local) || local.starts_with("postmaster") || names_role(name)) {
    return SenderRole::Postmaster;
  }
  return SenderRole::Other;
}

}  // namespace backstop::reading
