#include "app/address_use.h"

#include <fmt/format.h>

#include <array>

#include "app/run_containment.h"
#include "app/sealed_file.h"
#include "core/base/base32.h"
#include "core/base/escape.h"
#include "core/watch/sender_book.h"
#include "edge/os/entropy.h"
#include "edge/os/service.h"

namespace backstop::app {
namespace {

Result<bool> ask(smtp::Client& client, const smtp::Server& server, const std::string& recipient) {
  for (const std::string& command : {std::string("RSET"), std::string("MAIL FROM:<>")}) {
    BS_TRY(const smtp::Reply reply, client.command(command));
    if (!reply.positive())
      return fail(Errc::Unavailable, server.text(),
                  fmt::format("answers {} with {}", command, escape_terminal(reply.text())));
  }
  BS_TRY(const smtp::Reply reply, client.command(fmt::format("RCPT TO:<{}>", recipient)));
  if (reply.code / 100 == 4)
    return fail(
        Errc::Unavailable, server.text(),
        fmt::format("puts off {}: {}", escape_terminal(recipient), escape_terminal(reply.text())));
  return reply.positive();
}

// Nobody has an address of eighty random bits.
std::string invent_local_part(ports::Entropy& entropy) {
  std::array<std::uint8_t, 10> bytes{};
  entropy.fill(bytes);
  return "nobody-" + encode_base32(bytes);
}

}  // namespace

Result<AddressUse> find_address_use(const config::Config& config, const mail::Address& address,
                                    const smtp::Server& server, Instant now) {
  AddressUse out;
  const auto senders = read_sealed(config.store_directory, kSendersFile, limits::kSenderFileBytes);
  if (senders) {
    const auto book = watch::SenderBook::parse(*senders);
    out.sends = book && book->sends(address, now);
    if (out.sends) return out;
  } else if (senders.error().code != Errc::NotFound) {
    return tl::unexpected<Error>(senders.error());
  }
  BS_TRY(smtp::Client client, smtp::Client::connect(server));
  BS_TRY(const smtp::Reply hello, client.command("EHLO " + os::host_name()));
  if (!hello.positive())
    return fail(Errc::Unavailable, server.text(),
                fmt::format("answers EHLO with {}", escape_terminal(hello.text())));
  // Every domain has a postmaster (RFC 5321 §4.5.1): a server that does not take it refuses us, and
  // says nothing of a mailbox.
  BS_TRY(const bool takes_mail, ask(client, server, "postmaster@" + address.domain));
  BS_TRY(const bool taken, ask(client, server, address.text()));
  os::KernelEntropy entropy;
  const mail::Address nobody{.local = invent_local_part(entropy), .domain = address.domain};
  BS_TRY(const bool takes_anybody, ask(client, server, nobody.text()));
  if (takes_mail && !takes_anybody) out.exists = taken;
  return out;
}

}  // namespace backstop::app
