#include "core/reading/returned.h"

#include <algorithm>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "core/mail/header_text.h"

namespace backstop::reading {
namespace {

constexpr std::size_t kHopsUsual = 4;

enum class Name {
  From,
  To,
  Date,
  Sender,
  Subject,
  Received,
  MessageId,
  ReturnPath,
  DkimSignature,
  Token,
  Other,
};

Name name_of_field(std::string_view name) {
  const auto is = [name](std::string_view known) { return ascii::equals_folded(name, known); };
  switch (name.size()) {
    case 2:
      return is("to") ? Name::To : Name::Other;
    case 4:
      return is("from") ? Name::From : is("date") ? Name::Date : Name::Other;
    case 6:
      return is("sender") ? Name::Sender : Name::Other;
    case 7:
      return is("subject") ? Name::Subject : Name::Other;
    case 8:
      return is("received") ? Name::Received : Name::Other;
    case 10:
      return is("message-id") ? Name::MessageId : Name::Other;
    case 11:
      return is("return-path") ? Name::ReturnPath : Name::Other;
    case 14:
      return is("dkim-signature")      ? Name::DkimSignature
             : is(kReturnedTokenField) ? Name::Token
                                       : Name::Other;
    default:
      return Name::Other;
  }
}
static_assert(kReturnedTokenField.size() == 14);

std::optional<mail::Address> first_address(std::string_view raw) {
  auto addresses = mail::parse_address_list(raw, 1);
  if (addresses.empty()) return std::nullopt;
  return std::move(addresses.front());
}

std::string without_space(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!ascii::is_space(c)) out += c;
  }
  return out;
}

// RFC 6890, RFC 6598, RFC 4193, RFC 4291.
bool is_of_open_internet(const IpAddress& address) {
  const auto& bytes = address.bytes();
  if (address.family() == IpAddress::Family::V4) {
    const unsigned first = bytes[0];
    const unsigned second = bytes[1];
    if (first == 0 || first == 10 || first == 127 || first >= 224) return false;
    if (first == 100 && second >= 64 && second < 128) return false;
    if (first == 169 && second == 254) return false;
    if (first == 172 && second >= 16 && second < 32) return false;
    return !(first == 192 && second == 168);
  }
  // Global unicast is 2000::/3; all else is loopback, link-local, unique local or multicast.
  return (bytes[0] & 0xe0) == 0x20;
}

}  // namespace

void ReturnedCollector::on_field(std::string_view name, std::string_view raw, bool cut) {
  ++fields_;
  returned_.header_bytes += name.size() + 1 + raw.size() + 2;
  if (cut) {
    lossless_ = false;
  } else {
    returned_.raw.append(name, raw);
  }
  if (ascii::starts_with_folded(name, "List-")) returned_.is_list = true;
  const Name which = name_of_field(name);
  if (which != Name::Other) identity_ = true;
  switch (which) {
    case Name::From:
      if (!returned_.from) returned_.from = first_address(raw);
      break;
    case Name::To:
      if (returned_.to.empty()) returned_.to = mail::parse_address_list(raw);
      break;
    case Name::Date:
      if (!returned_.date) returned_.date = mail::parse_date(raw);
      break;
    case Name::Sender:
      if (!returned_.sender) returned_.sender = first_address(raw);
      break;
    case Name::Subject:
      if (returned_.subject.empty()) returned_.subject = mail::decode_text(raw);
      break;
    case Name::Received: {
      ++returned_.received_count;
      // The bottommost that names a client is the first hop.
      const mail::Trace trace = mail::parse_trace(raw);
      note_client(trace.from_ip);
      if (returned_.hops.empty()) returned_.hops.reserve(kHopsUsual);
      if (returned_.hops.size() < limits::kReturnedHops) {
        returned_.hops.push_back(Hop{.by = std::string(trace.by),
                                     .id = std::string(trace.id),
                                     .from_ip = trace.from_ip,
                                     .date = trace.date});
      }
      break;
    }
    case Name::MessageId:
      if (returned_.message_id.empty()) {
        if (auto ids = mail::parse_message_ids(raw, 1); !ids.empty()) {
          returned_.message_id = std::move(ids.front());
        }
      }
      break;
    case Name::ReturnPath:
      if (!returned_.return_path) {
        if (auto path = mail::parse_path(ascii::trim(raw)))
          returned_.return_path = *std::move(path);
      }
      break;
    case Name::DkimSignature:
      note_signature(raw);
      break;
    case Name::Token:
      if (returned_.tokens.size() < limits::kTokenCandidates) {
        returned_.tokens.push_back(mail::unfold(raw.substr(0, limits::kTokenFieldBytes)));
      }
      break;
    case Name::Other:
      break;
  }
}

// A client inside of the sender's own network says nothing to anybody else: it counts only as long
// as no other was named.
void ReturnedCollector::note_client(const std::optional<IpAddress>& client) {
  if (!client) return;
  const bool open = is_of_open_internet(*client);
  if (!open && first_is_open_) return;
  returned_.received_first_ip = client;
  first_is_open_ = open;
}

// RFC 6376 §3.5: the d= and s= tags; white space inside a value is folding.
void ReturnedCollector::note_signature(std::string_view raw) {
  if (returned_.dkim.size() >= limits::kReturnedSignatures) return;
  DkimReference reference;
  const std::string text = mail::unfold(raw);
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    const std::string_view tag = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t equals = tag.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = ascii::trim(tag.substr(0, equals));
    if (name == "d") reference.domain = ascii::lower(without_space(tag.substr(equals + 1)));
    if (name == "s") reference.selector = ascii::lower(without_space(tag.substr(equals + 1)));
  }
  if (!reference.domain.empty()) returned_.dkim.push_back(std::move(reference));
}

Returned ReturnedCollector::take() {
  const bool within_limits = fields_ < limits::kHeaderFieldsPerBlock &&
                             returned_.header_bytes < limits::kHeaderBytesPerBlock;
  returned_.read_to_end = ended_ && lossless_ && within_limits;
  if (returned_.dkim.empty()) returned_.raw.clear();
  if (fields_ == 0) {
    returned_ = Returned{};
  } else if (!ended_ || !within_limits || returned_.received_count == 0) {
    returned_.form = ReturnForm::Fragment;
  } else {
    returned_.form = has_body_ ? ReturnForm::Full : ReturnForm::Headers;
  }
  return std::move(returned_);
}

}  // namespace backstop::reading
