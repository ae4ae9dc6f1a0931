// Structured values with parameters: RFC 2045 §5.1, RFC 2183, RFC 2231.
#include "core/mail/structured.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/ascii.h"
#include "core/base/char_set.h"
#include "core/base/limits.h"
#include "core/mail/comment.h"
#include "core/mail/header_text.h"
#include "core/mail/transfer_decoder.h"
#include "core/mail/utf8.h"

namespace backstop::mail {
namespace {

// A parameter as it stands: name*section* = value.
struct Section {
  std::string name;
  std::optional<unsigned> number;  // RFC 2231 §3.
  bool encoded = false;            // RFC 2231 §4: percent-encoded, a charset in the first section.
  std::string value;
};

struct RawParameter {
  std::string name;
  std::string charset;  // Of RFC 2231; "" if none was given.
  bool extended = false;
  std::string value;
};

// What ends a word: white space, ';' and '(' always, and one more.
enum class Ends : std::uint8_t { Always = 1, Slash = 2, Equals = 4 };

constexpr auto kEnds = [] {
  std::array<std::uint8_t, 256> ends{};
  for (const char c : std::string_view(" \t\r\n\v\f;(")) {
    ends[static_cast<unsigned char>(c)] = 0xff;
  }
  ends['/'] = static_cast<std::uint8_t>(Ends::Slash);
  ends['='] = static_cast<std::uint8_t>(Ends::Equals);
  return ends;
}();

// What a quoted string does not hold as it stands.
constexpr CharSet kStopsQuoted("\"\\\r\n");

class StructuredScanner {
 public:
  explicit StructuredScanner(std::string_view text) : text_(text) {}

  bool done() const { return at_ >= text_.size(); }
  char peek() const { return text_[at_]; }
  void skip() { ++at_; }

  // White space and comments.
  void skip_blanks() {
    while (!done()) {
      if (ascii::is_space(peek())) {
        ++at_;
      } else if (peek() == '(') {
        skip_comment();
      } else {
        return;
      }
    }
  }

  std::string_view take_until(Ends ends) {
    const std::size_t begin = at_;
    while (!done() &&
           (kEnds[static_cast<unsigned char>(peek())] & static_cast<std::uint8_t>(ends)) == 0)
      ++at_;
    return text_.substr(begin, at_ - begin);
  }

  std::string take_any_value() { return !done() && peek() == '"' ? take_quoted() : take_value(); }

  void skip_to_semicolon() {
    while (!done() && peek() != ';') {
      if (peek() == '(') {
        skip_comment();
      } else {
        ++at_;
      }
    }
  }

 private:
  std::string take_quoted() {
    ++at_;
    // Nearly always there is nothing to undo up to the quote.
    const std::size_t stop = kStopsQuoted.find_in(text_, at_);
    std::string out(text_.substr(at_, stop - at_));
    at_ = stop;
    while (!done() && peek() != '"') {
      if (peek() == '\\' && at_ + 1 < text_.size()) ++at_;
      // Line ends of a fold are not part of the value.
      if (peek() != '\r' && peek() != '\n') out.push_back(peek());
      ++at_;
    }
    if (!done()) ++at_;
    return out;
  }

  // An unquoted value.  Mailers leave out the quotes of values with blanks, and the semicolon
  // before the next parameter.
  std::string take_value() {
    std::string out;
    while (true) {
      out.append(take_until(Ends::Always));
      const std::size_t blanks = at_;
      skip_blanks();
      if (done() || peek() == ';' || at_ == blanks || next_is_parameter() || out.empty()) break;
      out.append(ascii::trim(text_.substr(blanks, 1)).empty() ? " " : "");
    }
    return out;
  }

  void skip_comment() { at_ = std::min(comment_end(text_, at_) + 1, text_.size()); }

  bool next_is_parameter() const {
    std::size_t i = at_;
    while (i < text_.size() && (ascii::is_alnum(text_[i]) || text_[i] == '-' || text_[i] == '*'))
      ++i;
    return i != at_ && i < text_.size() && text_[i] == '=';
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

constexpr std::size_t kSectionsUsual = 3;

// "name", "name*", "name*0", "name*0*".
Section parse_section_name(std::string_view text) {
  Section section;
  const std::size_t star = text.find('*');
  section.name = ascii::lower(text.substr(0, star));
  if (star == text.npos) return section;
  std::string_view rest = text.substr(star + 1);
  if (rest.empty()) {
    section.encoded = true;
    return section;
  }
  if (rest.ends_with('*')) {
    section.encoded = true;
    rest.remove_suffix(1);
  }
  unsigned number = 0;
  for (const char c : rest) {
    if (!ascii::is_digit(c) || number > limits::kParametersPerField) return {};
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  section.number = number;
  return section;
}

// NAME=VALUE as it stands between semicolons.
struct NameAndValue {
  std::string_view name;  // May be empty.
  std::string value;
};

// The next one, past what is none; nothing at the end.
std::optional<NameAndValue> take_parameter(StructuredScanner& in) {
  for (in.skip_blanks(); !in.done(); in.skip_blanks()) {
    if (in.peek() == ';') {
      in.skip();
      continue;
    }
    const std::string_view name = in.take_until(Ends::Equals);
    in.skip_blanks();
    if (in.done() || in.peek() != '=') {
      // What stopped the name is passed over, so that each turn gets on.
      if (!in.done() && in.peek() != ';') in.skip_to_semicolon();
      continue;
    }
    in.skip();
    in.skip_blanks();
    return NameAndValue{.name = name, .value = in.take_any_value()};
  }
  return std::nullopt;
}

std::vector<Section> parse_sections(StructuredScanner& in) {
  std::vector<Section> sections;
  sections.reserve(kSectionsUsual);
  while (sections.size() < limits::kParametersPerField) {
    auto parameter = take_parameter(in);
    if (!parameter) break;
    Section section = parse_section_name(parameter->name);
    section.value = std::move(parameter->value);
    if (!section.name.empty()) sections.push_back(std::move(section));
  }
  return sections;
}

std::string decode_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
        hex_digit(text[i + 2]) >= 0) {
      out.push_back(static_cast<char>(hex_digit(text[i + 1]) << 4 | hex_digit(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

void append_section(RawParameter& parameter, const Section& section) {
  std::string_view text = section.value;
  if (!section.encoded) {
    parameter.value.append(text);
    return;
  }
  if (section.number.value_or(0) == 0) {
    // charset'language'text
    const std::size_t first = text.find('\'');
    const std::size_t second = first == text.npos ? first : text.find('\'', first + 1);
    if (second != text.npos) {
      parameter.charset = text.substr(0, first);
      text.remove_prefix(second + 1);
    }
  }
  parameter.value.append(decode_percent(text));
}

// Joins the sections of each parameter in their numbers' order, up to the first that is missing.
std::vector<RawParameter> join(std::vector<Section> sections) {
  std::vector<RawParameter> out;
  out.reserve(sections.size());
  for (Section& section : sections) {
    const bool extended = section.encoded || section.number.has_value();
    const auto known = std::find_if(out.begin(), out.end(), [&section](const RawParameter& p) {
      return p.name == section.name;
    });
    // RFC 6266 §4.3's rule for both forms of one name: the extended one is meant.
    if (known != out.end() && (known->extended || !extended)) continue;
    RawParameter parameter;
    parameter.extended = extended;
    if (!extended) {
      parameter.name = std::move(section.name);
      parameter.value = std::move(section.value);
      out.push_back(std::move(parameter));
      continue;
    }
    parameter.name = section.name;
    if (!section.number) {
      append_section(parameter, section);
    } else {
      for (unsigned next = 0; next < sections.size(); ++next) {
        const auto found =
            std::find_if(sections.begin(), sections.end(), [&section, next](const Section& s) {
              return s.number == next && s.name == section.name;
            });
        if (found == sections.end()) break;
        append_section(parameter, *found);
      }
    }
    if (known != out.end()) {
      *known = std::move(parameter);
    } else {
      out.push_back(std::move(parameter));
    }
  }
  return out;
}

std::string decode_value(const RawParameter& parameter) {
  std::string out;
  if (!parameter.charset.empty()) {
    out = decode_charset(parameter.value, parameter.charset);
  } else if (!parameter.extended) {
    return decode_text(parameter.value);
  } else {
    out = is_utf8(parameter.value) ? parameter.value
                                   : decode_charset(parameter.value, "windows-1252");
  }
  cut_utf8(out, limits::kDecodedFieldBytes);
  return out;
}

// Without these, a value is plain.
constexpr CharSet kMayTell = [] {
  CharSet set("=");
  for (unsigned c = 0x80; c <= 0xff; ++c)
    set.add(static_cast<char>(c));
  return set;
}();

// Nothing in it is to be decoded, as in nearly all.
bool is_plain(std::string_view value) {
  if (value.size() > limits::kDecodedFieldBytes || ascii::trim(value).size() != value.size()) {
    return false;
  }
  if (!kMayTell.any_in(value)) return true;
  return value.find("=?") == std::string_view::npos && is_ascii(value);
}

// "text/plain", also with blanks around the slash; what stands before the first parameter.
std::string parse_value(StructuredScanner& in) {
  in.skip_blanks();
  std::string value(in.take_until(Ends::Slash));
  in.skip_blanks();
  if (!in.done() && in.peek() == '/') {
    in.skip();
    in.skip_blanks();
    value.push_back('/');
    value.append(in.take_until(Ends::Always));
  }
  ascii::lower_into(value.data(), value);
  return value;
}

// Takes parameters that stand whole; of each name the first.
struct SimpleParameters {
  StructuredWithRaw& out;
  std::string_view raw_name;

  void take(std::string_view raw, std::string value) {
    auto& parameters = out.structured.parameters;
    std::string name = ascii::lower(raw);
    const auto is_known = [&name](const auto& known) { return known.first == name; };
    if (name.empty() || std::ranges::any_of(parameters, is_known)) return;
    if (!raw_name.empty() && name == raw_name) out.raw = value;
    if (parameters.empty()) parameters.reserve(kSectionsUsual);
    parameters.emplace_back(std::move(name), std::move(value));
  }
};

// Parameters without sections or anything to decode, as nearly all are: the first of a name counts.
// False for others; what was taken up to them means nothing.
bool take_simple(StructuredScanner in, SimpleParameters into) {
  for (std::size_t sections = 0; sections < limits::kParametersPerField;) {
    auto parameter = take_parameter(in);
    if (!parameter) break;
    const std::string_view name = parameter->name;
    if (name.empty()) continue;
    if (name.find('*') != name.npos || !is_plain(parameter->value)) return false;
    into.take(name, std::move(parameter->value));
    ++sections;
  }
  return true;
}

}  // namespace

StructuredValue parse_structured(std::string_view raw) {
  return parse_structured(raw, {}).structured;
}

StructuredWithRaw parse_structured(std::string_view raw, std::string_view raw_name) {
  StructuredScanner in(raw);
  StructuredWithRaw out;
  out.structured.value = parse_value(in);
  if (in.done()) return out;
  if (take_simple(in, {out, raw_name})) return out;
  out.structured.parameters.clear();
  out.raw.clear();
  std::vector<Section> sections = parse_sections(in);
  std::vector<RawParameter> parameters = join(std::move(sections));
  out.structured.parameters.reserve(parameters.size());
  for (RawParameter& parameter : parameters) {
    const bool is_raw_wanted = !raw_name.empty() && parameter.name == raw_name;
    if (is_raw_wanted) out.raw = parameter.value;
    if (parameter.extended || !is_plain(parameter.value)) parameter.value = decode_value(parameter);
    out.structured.parameters.emplace_back(std::move(parameter.name), std::move(parameter.value));
  }
  return out;
}

}  // namespace backstop::mail
