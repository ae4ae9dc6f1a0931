#include "core/watch/fingerprint.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/ascii.h"

namespace backstop::watch {
namespace {

constexpr std::size_t kHostLabels = 3;
constexpr int kSubjectMarks = 4;  // "Re: Fwd: Re:"

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

// Not within a character of UTF-8.
void cut(std::string& text) {
  if (text.size() <= kFingerprintTextBytes) return;
  std::size_t end = kFingerprintTextBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;
  text.resize(end);
}

std::string_view strip_mark(std::string_view text) {
  for (const std::string_view mark : {"re:", "fwd:", "fw:", "aw:", "wg:", "sv:", "tr:"}) {
    if (text.size() >= mark.size() && ascii::equals_folded(text.substr(0, mark.size()), mark))
      return ascii::trim(text.substr(mark.size()));
  }
  return text;
}

}  // namespace

std::string find_pattern(std::string_view local_part) {
  std::string out;
  for (const char c : local_part) {
    const char mark = is_digit(c) ? '0' : is_letter(c) ? 'x' : c;
    const bool repeats = (mark == '0' || mark == 'x') && !out.empty() && out.back() == mark;
    if (!repeats) out.push_back(mark);
  }
  cut(out);
  return out;
}

std::string normalise_subject(std::string_view subject) {
  subject = ascii::trim(subject);
  for (int i = 0; i < kSubjectMarks; ++i)
    subject = strip_mark(subject);
  std::string out;
  for (const char c : subject) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    const char mark = blank ? ' ' : is_digit(c) ? '0' : ascii::to_lower(c);
    const bool repeats = (mark == '0' || mark == ' ') && !out.empty() && out.back() == mark;
    if (!repeats) out.push_back(mark);
  }
  cut(out);
  return out;
}

std::string find_host_pattern(std::string_view host) {
  std::size_t end = host.size();
  for (std::size_t labels = 0; labels < kHostLabels; ++labels) {
    const std::size_t dot = end == 0 ? host.npos : host.rfind('.', end - 1);
    if (dot == host.npos) break;
    if (labels + 1 == kHostLabels) host.remove_prefix(dot + 1);
    end = dot;
  }
  std::string out;
  for (const char c : host) {
    const char mark = is_digit(c) ? '0' : ascii::to_lower(c);
    if (mark != '0' || out.empty() || out.back() != '0') out.push_back(mark);
  }
  cut(out);
  return out;
}

Fingerprint find_fingerprint(const reading::Reading& reading, const mail::Address& recipient) {
  const reading::Returned& returned = reading.returned;
  Fingerprint out;
  out.address = find_pattern(recipient.local) + "@" +
                find_host_pattern(mail::canonical_domain(recipient.domain));
  out.subject = normalise_subject(returned.subject);
  const std::string& id = returned.message_id;
  if (const std::size_t at = id.rfind('@'); at != id.npos)
    out.message_id = find_host_pattern(std::string_view(id).substr(at + 1));
  if (!out.subject.empty() || !out.message_id.empty()) return out;
  out.answer = fmt::format(
      "{} {}", reading::name_of(reading.kind),
      reading.product.empty() ? find_host_pattern(reading.reporting_mta) : reading.product);
  cut(out.answer);
  return out;
}

std::string Fingerprint::name() const {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const std::string* part : {&address, &subject, &message_id, &answer}) {
    for (const char c : *part)
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    hash = (hash ^ 0xffU) * 0x100000001b3ULL;
  }
  return fmt::format("{:016x}", hash);
}

}  // namespace backstop::watch
