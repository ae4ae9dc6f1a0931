// Any bytes as a returned header and as keys: an answer, within bounds.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/assert.h"
#include "core/base/limits.h"
#include "core/proof/dkim_check.h"

namespace {

using namespace backstop;

// The keys of RFC 8463, and an RSA key of 8192 bits that nobody has.
const proof::DkimKeys& keys() {
  static const proof::DkimKeys kKeys = [] {
    proof::DkimKeys out;
    const auto add = [&](std::string_view selector, std::string_view record) {
      auto key = proof::parse_dkim_record(record);
      BS_ASSERT(key.has_value());
      out.add("football.example.com", selector, *std::move(key));
    };
    add("brisbane", "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    add("test",
        "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3id"
        "Y6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqM"
        "KrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB");
    return out;
  }();
  return kKeys;
}

// One field a line, as the text has them; lines that begin with a blank continue the one above.
mail::RawHeader header_of(std::string_view text) {
  mail::RawHeader header;
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    while (end != std::string_view::npos && end + 1 < text.size() &&
           (text[end + 1] == ' ' || text[end + 1] == '\t'))
      end = text.find('\n', end + 1);
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    header.append(line.substr(0, colon), line.substr(colon + 1));
  }
  return header;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const mail::RawHeader header = header_of(text);
  constexpr Seconds kLifetime = Days(21);
  const Instant now(Seconds(1'528'637'909));
  const auto is_ours = [](std::string_view domain) { return domain == "football.example.com"; };
  proof::DkimCheck check(header, is_ours, keys(), now, kLifetime);
  std::size_t asked = 0;
  while (check.question()) {
    BS_ASSERT(++asked <= limits::kDkimQuestionsPerMessage);
    if (size % 2 == 0) {
      check.on_answer(fail(Errc::Unavailable, "", ""));
    } else {
      check.on_answer(proof::DkimKeyAnswer{keys().find("football.example.com", "brisbane")});
    }
  }
  const proof::DkimResult& result = check.result();
  const bool proves =
      result.result == proof::ProofResult::Valid || result.result == proof::ProofResult::Late;
  BS_ASSERT(proves == !result.value.empty());
  BS_ASSERT(result.result != proof::ProofResult::Valid ||
            (result.signed_at && now < *result.signed_at + kLifetime));
  return 0;
}
