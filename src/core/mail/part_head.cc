#include "core/mail/part_head.h"

#include "core/base/ascii.h"
#include "core/mail/header_text.h"
#include "core/mail/structured.h"

namespace backstop::mail {

std::string_view PartHead::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return {};
}

void DescribingFields::note(std::string_view name, std::string_view raw) {
  // "Content-" and the shortest of the three names behind it.
  if (name.size() < 12 || (name.front() | 0x20) != 'c') return;
  Field* field = nullptr;
  if (ascii::equals_folded(name, "content-type")) field = &type_;
  if (ascii::equals_folded(name, "content-transfer-encoding")) field = &encoding_;
  if (ascii::equals_folded(name, "content-disposition")) field = &disposition_;
  if (field == nullptr) return;
  field->seen = true;
  field->raw = raw;
}

void DescribingFields::clear() {
  for (Field* field : {&type_, &encoding_, &disposition_}) {
    field->seen = false;
    field->raw.clear();
  }
}

PartHead DescribingFields::head(bool in_digest, std::string& boundary) const {
  PartHead head;
  head.type = "text";
  head.subtype = "plain";
  if (type_.seen) {
    auto [type, raw_boundary] = parse_structured(type_.raw, "boundary");
    const std::size_t slash = type.value.find('/');
    if (slash != std::string::npos && slash != 0 && slash + 1 < type.value.size()) {
      head.type = type.value.substr(0, slash);
      head.subtype = type.value.substr(slash + 1);
    }
    head.parameters = std::move(type.parameters);
    boundary = std::move(raw_boundary);
  } else if (in_digest) {
    head.type = "message";
    head.subtype = "rfc822";
  }
  if (disposition_.seen) head.disposition = parse_structured(disposition_.raw).value;
  return head;
}

TransferEncoding DescribingFields::encoding(Defects& defects) const {
  if (!encoding_.seen) return TransferEncoding::Identity;
  const std::string parsed = parse_structured(encoding_.raw).value;
  const std::string_view value = parsed;
  if (value == "base64") return TransferEncoding::Base64;
  if (value == "quoted-printable") return TransferEncoding::QuotedPrintable;
  if (value != "7bit" && value != "8bit" && value != "binary" && !value.empty()) {
    defects.add(Defect::EncodingUnknown);
  }
  return TransferEncoding::Identity;
}

Inside inside_of(const PartHead& head) {
  const std::string_view type = head.type;
  const std::string_view subtype = head.subtype;
  // RFC 2046 §5.2.1, RFC 6532 §3.7 and the forerunner of message/rfc822 for news.
  if (type == "message") {
    if (subtype == "rfc822" || subtype == "global" || subtype == "news") {
      return Inside::Message;
    }
    // RFC 6533 §6.3, and a name that some gateways give to RFC 6522 §4's type.
    if (subtype == "global-headers" || subtype == "rfc822-headers") {
      return Inside::Headers;
    }
  }
  if (type == "text" && subtype == "rfc822-headers") return Inside::Headers;
  return Inside::Nothing;
}

}  // namespace backstop::mail
