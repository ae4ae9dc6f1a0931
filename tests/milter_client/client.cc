#include "milter_client/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace backstop::milter_client {
namespace {

constexpr std::size_t kChunkBytes = 65535;
// Stages, SMFIM_*.
constexpr std::uint32_t kConnect = 0;
constexpr std::uint32_t kMail = 2;
constexpr std::uint32_t kRecipient = 3;
constexpr std::uint32_t kData = 4;
constexpr std::uint32_t kEndOfMessage = 5;
constexpr std::uint32_t kEndOfHeaders = 6;

// What Postfix shows a filter that has no wish.
const char* default_list(std::uint32_t stage) {
  switch (stage) {
    case kConnect:
      return "j {daemon_name} {daemon_addr} v _";
    case kMail:
      return "i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} {mail_mailer}";
    case kRecipient:
      return "i {rcpt_addr} {rcpt_host} {rcpt_mailer}";
    case kData:
    case kEndOfMessage:
    case kEndOfHeaders:
      return "i";
    default:
      return "";
  }
}

int open_socket(const config::Endpoint& endpoint) {
  if (endpoint.kind == config::Endpoint::Kind::Unix) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    endpoint.path.copy(address.sun_path, sizeof address.sun_path - 1);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
    ::close(fd);
    return -1;
  }
  const bool v6 = endpoint.address.family() == IpAddress::Family::V6;
  sockaddr_storage address{};
  socklen_t bytes = 0;
  if (v6) {
    auto* in6 = reinterpret_cast<sockaddr_in6*>(&address);
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons(endpoint.port);
    std::memcpy(&in6->sin6_addr, endpoint.address.bytes().data(), 16);
    bytes = sizeof(sockaddr_in6);
  } else {
    auto* in = reinterpret_cast<sockaddr_in*>(&address);
    in->sin_family = AF_INET;
    in->sin_port = htons(endpoint.port);
    std::memcpy(&in->sin_addr, endpoint.address.bytes().data(), 4);
    bytes = sizeof(sockaddr_in);
  }
  const int fd = ::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), bytes) == 0) return fd;
  ::close(fd);
  return -1;
}

std::uint32_t read_number(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4 && i < bytes.size(); ++i) {
    value = (value << 8) | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

HeaderChange read_change(std::string_view payload, bool indexed) {
  HeaderChange change;
  if (indexed) {
    change.index = read_number(payload);
    payload.remove_prefix(std::min<std::size_t>(4, payload.size()));
  }
  const auto end = payload.find('\0');
  change.name = payload.substr(0, end);
  if (end != std::string_view::npos) {
    change.value = payload.substr(end + 1, payload.find('\0', end + 1) - end - 1);
  }
  return change;
}

std::string with_line_ends(std::string_view text, std::string_view end) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (text[i] == '\n') {
      out += end;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

Result<Client> Client::connect(const config::Endpoint& endpoint, const Offer& offer) {
  const int fd = open_socket(endpoint);
  if (fd < 0) return fail(Errc::Unavailable, endpoint.text(), std::strerror(errno));
  return over(fd, offer);
}

Result<Client> Client::over(int socket, const Offer& offer) {
  const timeval patience{.tv_sec = 30, .tv_usec = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  Client client(socket);
  if (!client.negotiate_with(offer)) return fail(Errc::Unavailable, "", "no negotiation");
  return client;
}

Client::~Client() {
  if (socket_ >= 0) ::close(socket_);
}

Client::Client(Client&& other) noexcept
    : macro_values(std::move(other.macro_values)),
      socket_(std::exchange(other.socket_, -1)),
      closed_(other.closed_),
      received_(std::move(other.received_)),
      version_(other.version_),
      actions_(other.actions_),
      steps_(other.steps_),
      macro_lists_(std::move(other.macro_lists_)),
      queue_id_(std::move(other.queue_id_)),
      settled_(other.settled_),
      skip_body_(other.skip_body_),
      data_begun_(other.data_begun_),
      outcome_(std::move(other.outcome_)) {}

bool Client::negotiate_with(const Offer& offer) {
  write_raw(negotiate(offer.version, offer.actions, offer.steps));
  const auto reply = read_reply();
  if (!reply || reply->command != 'O' || reply->payload.size() < 12) return false;
  version_ = read_number(reply->payload);
  actions_ = read_number(std::string_view(reply->payload).substr(4));
  steps_ = read_number(std::string_view(reply->payload).substr(8));
  std::string_view lists = std::string_view(reply->payload).substr(12);
  while (lists.size() > 4) {
    const auto end = lists.find('\0', 4);
    if (end == std::string_view::npos) return false;
    macro_lists_[read_number(lists)] = lists.substr(4, end - 4);
    lists.remove_prefix(end + 1);
  }
  // A filter that asks for more than was offered is refused by Postfix.
  return (actions_ & ~offer.actions) == 0 && version_ <= offer.version;
}

void Client::write_raw(std::string_view bytes) {
  while (!bytes.empty() && !closed()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) {
      closed_ = true;
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::optional<Reply> Client::read_reply() {
  while (true) {
    if (auto reply = take_reply(received_)) return reply;
    char buffer[16384];
    const ssize_t got = closed() ? 0 : ::recv(socket_, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      closed_ = true;
      return std::nullopt;
    }
    received_.append(buffer, static_cast<std::size_t>(got));
  }
}

bool Client::awaits_close() {
  while (!closed()) {
    char buffer[4096];
    const ssize_t got = ::recv(socket_, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return false;
    if (got <= 0) closed_ = true;
  }
  return true;
}

void Client::send_macros(char command, std::uint32_t stage) {
  // Once a filter has set lists, a stage it did not name has none.
  std::string names = default_list(stage);
  if (!macro_lists_.empty()) {
    const auto wished = macro_lists_.find(stage);
    names = wished == macro_lists_.end() ? "" : wished->second;
  }
  MacroPairs pairs;
  std::string_view rest = names;
  while (!rest.empty()) {
    const std::string name(rest.substr(0, rest.find(' ')));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    const auto value = macro_values.find(name);
    if (value != macro_values.end()) pairs.emplace_back(name, value->second);
  }
  if (!pairs.empty()) write_raw(macros(command, pairs));
}

void Client::send_command(char command, std::string_view payload, std::uint32_t no_reply_step) {
  write_raw(packet(command, payload));
  if (no_reply_step == 0 || (steps_ & no_reply_step) == 0) await_reply(command);
}

void Client::take_change(const Reply& reply) {
  switch (reply.command) {
    case 'i':
      outcome_.inserted.push_back(read_change(reply.payload, true));
      return;
    case 'h':
      outcome_.inserted.push_back(read_change(reply.payload, false));
      return;
    case 'm': {
      HeaderChange change = read_change(reply.payload, true);
      (change.value.empty() ? outcome_.removed : outcome_.changed).push_back(std::move(change));
      return;
    }
    case 'q':
      outcome_.quarantine = reply.payload.substr(0, reply.payload.find('\0'));
      return;
    case 'e':
      outcome_.sender = reply.payload.substr(0, reply.payload.find('\0'));
      outcome_.sender_arguments = reply.payload.substr(outcome_.sender->size() + 1);
      return;
    default:
      return;
  }
}

void Client::await_reply(char command) {
  while (const auto reply = read_reply()) {
    switch (reply->command) {
      case 'c':
        if (command == 'E') outcome_.reply = 'c';
        outcome_.at = command;
        return;
      case 's':
        skip_body_ = true;
        return;
      case 'p':
        continue;
      case 'y':
        for (std::size_t i = 0; i < reply->payload.size() && reply->payload[i] != '\0'; ++i) {
          if (reply->payload[i] == '%' && reply->payload[i + 1] == '%') ++i;
          outcome_.text += reply->payload[i];
        }
        [[fallthrough]];
      case 'a':
      case 'r':
      case 't':
      case 'd':
        if (command == 'R' && reply->command != 'a') {
          // Of that recipient alone.
          recipient_reply_ = std::exchange(outcome_.text, {});
          return;
        }
        outcome_.reply = reply->command;
        outcome_.at = command;
        settled_ = true;
        return;
      default:
        take_change(*reply);
    }
  }
  settled_ = true;
  outcome_.reply = 0;
}

void Client::begin(const SmtpClient& client) {
  macro_values["{daemon_name}"] = client.daemon_name;
  macro_values["{daemon_addr}"] = "192.0.2.25";
  macro_values["j"] = "mx.example.com";
  macro_values["v"] = "Postfix 3.7.11";
  settled_ = false;
  send_macros('C', kConnect);
  if ((steps_ & 0x1) == 0) {
    send_command('C',
                 std::string_view(milter_client::connect(client.host, client.address)).substr(5),
                 0x1000);
  }
  if ((steps_ & 0x2) == 0) send_command('H', string("helo.example.net"), 0x2000);
}

void Client::mail(std::string_view sender, std::string_view authenticated,
                  std::string_view queue_id, std::string_view envelope_id) {
  outcome_ = {};
  settled_ = false;
  skip_body_ = false;
  data_begun_ = false;
  queue_id_ = queue_id;
  macro_values["i"] = "-";
  macro_values.erase("{auth_authen}");
  if (!authenticated.empty()) macro_values["{auth_authen}"] = authenticated;
  send_macros('M', kMail);
  std::string payload = string(sender);
  if (!envelope_id.empty()) payload += string("ENVID=" + std::string(envelope_id));
  send_command('M', payload, 0x4000);
}

std::string Client::rcpt(std::string_view recipient, std::string_view original) {
  if (settled_) return {};
  recipient_reply_.clear();
  send_macros('R', kRecipient);
  std::string payload = string(recipient);
  if (!original.empty()) payload += string("ORCPT=" + std::string(original));
  send_command('R', payload, 0x8000);
  macro_values["i"] = queue_id_;
  return recipient_reply_;
}

void Client::begin_data() {
  if (settled_ || std::exchange(data_begun_, true)) return;
  // DATA came with protocol version 4.
  if (version_ >= 4 && (steps_ & 0x200) == 0) send_command('T', {}, 0x10000);
}

void Client::header(std::string_view name, std::string_view value) {
  begin_data();
  if (settled_ || (steps_ & 0x20) != 0) return;
  send_command('L', string(name) + string(value), 0x80);
}

void Client::eoh() {
  if (settled_ || (steps_ & 0x40) != 0) return;
  begin_data();
  if (settled_) return;
  send_macros('N', kEndOfHeaders);
  send_command('N', {}, 0x40000);
}

void Client::body(std::string_view bytes) {
  while (!bytes.empty() && !settled_ && !skip_body_ && (steps_ & 0x10) == 0) {
    send_command('B', bytes.substr(0, kChunkBytes), 0x80000);
    bytes.remove_prefix(std::min(bytes.size(), kChunkBytes));
  }
}

Outcome Client::eom() {
  if (!settled_) {
    send_macros('E', kEndOfMessage);
    send_command('E', {}, 0);
  } else if (!closed()) {
    write_raw(milter_client::abort());
  }
  return outcome_;
}

Outcome Client::send(std::string_view sender, const std::vector<std::string>& recipients,
                     std::string_view message, std::string_view authenticated) {
  mail(sender, authenticated);
  for (const std::string& recipient : recipients)
    rcpt(recipient);
  const std::string text = with_line_ends(message, "\n");
  std::string_view rest = text;
  while (!rest.empty() && rest.front() != '\n') {
    std::size_t end = rest.find('\n');
    while (end != std::string_view::npos && end + 1 < rest.size() &&
           (rest[end + 1] == ' ' || rest[end + 1] == '\t')) {
      end = rest.find('\n', end + 1);
    }
    const std::string_view line = rest.substr(0, end);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) break;
    std::string_view value = line.substr(colon + 1);
    if (value.starts_with(' ') && (steps_ & 0x100000) == 0) value.remove_prefix(1);
    header(line.substr(0, colon), value);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  if (rest.starts_with('\n')) rest.remove_prefix(1);
  eoh();
  body(with_line_ends(rest, "\r\n"));
  return eom();
}

void Client::abort() {
  write_raw(milter_client::abort());
  settled_ = false;
}

void Client::end_client() {
  write_raw(quit_new_connection());
}

void Client::quit() {
  write_raw(milter_client::quit());
}

}  // namespace backstop::milter_client
