// core/mail held to GMime 3.2: the same tree, the same fields, the same content, the same values.
//
// Where the two differ on purpose, the difference has a reason, and the reason a bound.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>

#include "core/base/ascii.h"
#include "tests/differential/gmime_oracle.h"
#include "tests/differential/header_text_comparison.h"
#include "tests/differential/walked_message.h"

namespace backstop::differential {
namespace {

using mail::Defect;

// A header block is not entered by GMime, nor a transfer-encoded message (RFC 2046 §5.2.1 forbids
// to encode one; bouncers do).  What stands below such a part is left out of the comparison.
WalkedMessage without_entered(const WalkedMessage& message) {
  WalkedMessage out;
  out.defects = message.defects;
  std::optional<std::size_t> below;
  for (const Part& part : message.parts) {
    if (below && part.depth > *below) continue;
    below.reset();
    Part kept = part;
    const bool encoded = part.encoding == "base64" || part.encoding == "quoted-printable";
    if (!part.leaf && part.type.starts_with("message/") && encoded) below = part.depth;
    if (!part.leaf && part.type.ends_with("-headers")) below = part.depth;
    out.parts.push_back(std::move(kept));
  }
  return out;
}

// Two delimiter lines with nothing between: a part by one reading of RFC 2046 §5.1.1's grammar,
// none by another.
WalkedMessage without_empty(WalkedMessage message) {
  std::vector<Part> kept;
  for (std::size_t i = 0; i < message.parts.size(); ++i) {
    Part& part = message.parts[i];
    const bool has_children =
        i + 1 < message.parts.size() && message.parts[i + 1].depth > part.depth;
    if (i != 0 && part.fields.empty() && part.content.empty() && !has_children) continue;
    kept.push_back(std::move(part));
  }
  message.parts = std::move(kept);
  return message;
}

std::string tree_of(const WalkedMessage& message) {
  std::string out;
  for (const Part& part : message.parts)
    out += std::to_string(part.depth) + ":" + part.type + " ";
  return out;
}

std::string field_of(const Part& part, std::string_view name) {
  for (auto field = part.fields.rbegin(); field != part.fields.rend(); ++field) {
    if (ascii::equals_folded(field->first, name)) return field->second;
  }
  return {};
}

bool has_blank_fold(const WalkedMessage& message) {
  for (const Part& part : message.parts) {
    for (const auto& [name, raw] : part.raw_fields) {
      for (std::size_t at = raw.find('\n'); at != raw.npos; at = raw.find('\n', at + 1)) {
        const std::size_t text = raw.find_first_not_of(" \t\r", at + 1);
        if (text == raw.npos || raw[text] == '\n') return true;
      }
    }
  }
  return false;
}

// A message with no field in its header.
bool has_headless_message(const WalkedMessage& message) {
  for (std::size_t i = 1; i < message.parts.size(); ++i) {
    if (message.parts[i].fields.empty() && message.parts[i - 1].type.starts_with("message/") &&
        message.parts[i].depth == message.parts[i - 1].depth + 1) {
      return true;
    }
  }
  return false;
}

// Why the trees may differ.
std::string_view tree_reason(const WalkedMessage& ours, const WalkedMessage& theirs) {
  // Empty lines and mbox lines before a returned header: we pass over them, since bouncers write
  // them; GMime takes the header for the body.
  if (has_headless_message(theirs) && !has_headless_message(ours)) {
    return "lines before a returned header";
  }
  for (const Part& part : ours.parts) {
    // RFC 2045 §5.2: a Content-Type that cannot be read is text/plain.
    const std::string type = field_of(part, "content-type");
    if (part.type == "text/plain" && !type.empty() &&
        ascii::find_folded(type.substr(0, type.find(';')), "text/plain") == type.npos) {
      return "type outside the grammar";
    }
    // RFC 2045 §5.1 wants a semicolon and values; we read on without.
    if (type.find(';') == type.npos && ascii::find_folded(type, "boundary") != type.npos) {
      return "type outside the grammar";
    }
    if (type.find("; protected;") != type.npos) return "type outside the grammar";
  }
  if (ours.defects.has(Defect::DepthExceeded) || ours.defects.has(Defect::PartsExceeded)) {
    return "limit of ours";
  }
  // RFC 5322 §4.2 (obs-FWS): a line of blanks continues the field; GMime ends the header there.
  if (has_blank_fold(ours)) return "line of blanks in a header";
  if (has_headless_message(ours)) return "message without a header";
  // A line that is no field: we read on behind it, GMime begins the body.
  if (ours.defects.has(Defect::HeaderLineNotAField)) return "header line that is no field";
  if (ours.defects.has(Defect::BoundaryNotClosed)) return "cut off in a header";
  return {};
}

std::string_view content_reason(const Part& part, const Part& theirs, const WalkedMessage& ours) {
  const std::string_view a = part.content;
  const std::string_view b = theirs.content;
  const bool theirs_without_fields = theirs.fields.empty() && !part.fields.empty();
  if (part.type.starts_with("multipart/")) return "multipart without a boundary";
  if (part.encoding == "x-uuencode" || part.encoding == "uuencode") return "uuencode";
  // RFC 2045 §6.7 and §6.8 leave open what a reader makes of what does not decode.
  if (ours.defects.has(Defect::EncodingBroken)) return "encoding broken";
  // RFC 2045 §6.7 (5), (3): blanks behind the '=' of a soft line break are added by transport.
  if (part.encoding == "quoted-printable") return "blanks behind a soft line break";
  if (part.fields.empty() || ours.defects.has(Defect::HeaderLineNotAField)) {
    return "message without a header";
  }
  // RFC 2046 §5.1.1: the line end before a delimiter is the delimiter's.  GMime thinks that all of
  // them are alike.
  if ((b.size() == a.size() + 1 && b.starts_with(a) && b.back() == '\r') ||
      (a.size() == b.size() + 1 && a.starts_with(b))) {
    return "mixed line ends before a delimiter";
  }
  if (theirs_without_fields) return "lines before a returned header";
  // GMime ends a header only at LF or CRLF; we also at CRs and LF.
  if (a.find("\r\r\n") != a.npos) return "line ends of CR CR LF";
  return {};
}

// The fields in order, those of the content behind the others, as GMime has them.
std::string fields_of(const Part& part) {
  std::string content;
  std::string others;
  for (const auto& [name, value] : part.fields) {
    std::string& to = ascii::starts_with_folded(name, "content-") ? content : others;
    to += name + ": " + value + "\n";
  }
  return others + content;
}

std::string_view fields_reason(const Part& part, const Part& theirs, const WalkedMessage& ours) {
  if (has_blank_fold(ours)) return "line of blanks in a header";
  if (ours.defects.has(Defect::NulByte)) return "NUL in a header";
  if (ours.defects.has(Defect::HeaderLineNotAField)) return "header line that is no field";
  if (ours.defects.has(Defect::TooManyHeaderFields) ||
      ours.defects.has(Defect::HeaderFieldTooLong)) {
    return "limit of ours";
  }
  if (has_headless_message(ours)) return "message without a header";
  if (theirs.fields.empty()) return "lines before a returned header";
  for (const auto& [name, raw] : part.raw_fields) {
    // RFC 5322 §2.2: a CR alone is no line end.  GMime's unfolding drops it.
    for (std::size_t at = raw.find('\r'); at != raw.npos; at = raw.find('\r', at + 1)) {
      if (raw.compare(at, 2, "\r\n") != 0) return "bare CR in a field";
    }
  }
  return {};
}

// GMime knows no line end of CR alone; it gets such a message with LF.
std::string with_line_feeds(const std::string& bytes) {
  const std::size_t end = bytes.find_first_of("\r\n");
  if (end == bytes.npos || end + 1 >= bytes.size() || bytes[end] == '\n' ||
      bytes[end + 1] == '\r' || bytes[end + 1] == '\n') {
    return bytes;
  }
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const bool pair = bytes[i] == '\n' && i != 0 && bytes[i - 1] == '\r';
    if (!pair) out.push_back(bytes[i] == '\r' ? '\n' : bytes[i]);
  }
  return out;
}

class Comparison {
 public:
  void compare(const std::string& where, const std::string& bytes) {
    ++messages;
    const WalkedMessage walked = walk_ours(bytes);
    for (const Part& part : walked.parts) {
      for (const auto& [name, raw] : part.raw_fields)
        compare_value(where, name, raw);
    }
    const auto theirs = gmime::walk(with_line_feeds(bytes));
    if (!theirs) {
      // Ours is total; GMime wants a first line that is a field.
      const bool odd = bytes.empty() || walked.defects.has(Defect::HeaderLineNotAField);
      return differ(where, odd ? "no message for GMime" : "", tree_of(walked), "");
    }
    const WalkedMessage a = without_empty(without_entered(walked));
    const WalkedMessage b = without_empty(*theirs);
    if (tree_of(a) != tree_of(b)) {
      return differ(where, tree_reason(walked, b), tree_of(a), tree_of(b));
    }
    for (std::size_t i = 0; i < a.parts.size(); ++i)
      compare_part(where, a, i, b.parts[i]);
  }

  std::size_t of(std::string_view reason) const {
    const auto found = differences.find(reason);
    return found == differences.end() ? 0 : found->second;
  }

  std::size_t messages = 0, parts = 0, leaves = 0, values = 0;
  std::map<std::string, std::size_t, std::less<>> differences;

 private:
  void compare_value(const std::string& where, const std::string& name, const std::string& raw) {
    const FieldAnswer answer = compare_field(name, raw);
    if (answer.question.empty()) return;
    ++values;
    if (answer.ours == answer.theirs) return;
    differ(where + " " + name, answer.reason, answer.ours, answer.theirs);
  }

  void compare_part(const std::string& where, const WalkedMessage& ours, std::size_t i,
                    const Part& theirs) {
    const Part& part = ours.parts[i];
    ++parts;
    if (fields_of(part) != fields_of(theirs)) {
      differ(where + " fields", fields_reason(part, theirs, ours), fields_of(part),
             fields_of(theirs));
    }
    if (!part.leaf || !theirs.leaf) return;
    ++leaves;
    if (part.content == theirs.content) return;
    differ(where + " content", content_reason(part, theirs, ours), part.content, theirs.content);
  }

  void differ(const std::string& where, std::string_view reason, const std::string& ours,
              const std::string& theirs) {
    ++differences[std::string(reason)];
    if (!reason.empty() && std::getenv("BACKSTOP_SHOW_DIFFERENCES") == nullptr) return;
    std::size_t at = 0;
    while (at < ours.size() && at < theirs.size() && ours[at] == theirs[at])
      ++at;
    at -= std::min<std::size_t>(at, 20);
    std::printf("%s: %s\n  ours  %s\n  GMime %s\n", where.c_str(), std::string(reason).c_str(),
                ::testing::PrintToString(ours.substr(at, 160)).c_str(),
                ::testing::PrintToString(theirs.substr(std::min(at, theirs.size()), 160)).c_str());
  }
};

void compare_tree(const std::filesystem::path& folder, Comparison& comparison) {
  gmime::start();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".eml") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    comparison.compare(entry.path().filename().string(), bytes);
  }
  for (const auto& [reason, count] : comparison.differences) {
    std::printf("%5zu  %s\n", count, reason.empty() ? "without a reason" : reason.c_str());
  }
}

TEST(GMime, ReadsOurFixturesAsWeDo) {
  Comparison comparison;
  compare_tree("testdata/mail", comparison);
  EXPECT_GE(comparison.messages, 30U);
  EXPECT_GE(comparison.parts, 60U);
  const std::map<std::string, std::size_t, std::less<>> want = {
      {"NUL in a header", 1},
      {"bare CR in a field", 1},
      {"encoding broken", 2},
      {"identifier without brackets", 1},
      {"line ends of CR CR LF", 1},
      {"lines before a returned header", 2},
      {"mixed line ends before a delimiter", 1},
      {"no message for GMime", 2},
      {"type outside the grammar", 1},
  };
  EXPECT_EQ(comparison.differences, want);
}

// How many differences of each reason are borne, for a thousand messages.  The reasons themselves
// stand where they are given.
struct Bound {
  std::string_view reason;
  double per_thousand;
};
constexpr Bound kBounds[] = {
    {"8-bit bytes without a charset", 3},
    {"address as the name of a group", 1},
    {"address outside the grammar", 4},
    {"bare CR in a field", 1},
    {"blank in a boundary", 2},
    {"blanks behind a soft line break", 1},
    {"bytes that are not of their charset", 2},
    {"cut off in a header", 1},
    {"empty identifier", 1},
    {"encoding broken", 10},
    {"header line that is no field", 2},
    {"identifier without brackets", 10},
    {"identifiers outside the grammar", 18},
    {"ISO-2022-JP beyond RFC 1468", 1},
    {"limit of ours", 1},
    {"line ends of CR CR LF", 1},
    {"line of blanks in a header", 1},
    {"lines before a returned header", 1},
    {"message without a header", 8},
    {"mixed line ends before a delimiter", 1},
    {"multipart without a boundary", 4},
    {"no message for GMime", 5},
    {"NUL in a header", 1},
    {"padding inside adjacent words", 8},
    {"parameters outside the grammar", 4},
    {"plain and extended form of one parameter", 1},
    {"three-digit year", 1},
    {"time or day that is none", 1},
    {"twelve hours", 3},
    {"type outside the grammar", 4},
    {"uuencode", 1},
    {"zone outside RFC 5322", 3},
};

TEST(GMime, ReadsACorpusAsWeDoButForDifferencesWithAReason) {
  const char* folder = std::getenv("BACKSTOP_CORPUS");
  if (folder == nullptr || *folder == '\0') GTEST_SKIP() << "skipped: no corpus";
  Comparison comparison;
  compare_tree(folder, comparison);
  std::printf("%zu messages, %zu parts, %zu leaves, %zu values compared\n", comparison.messages,
              comparison.parts, comparison.leaves, comparison.values);
  ASSERT_GT(comparison.messages, 0U);
  EXPECT_GE(comparison.parts, comparison.messages / 2);
  EXPECT_EQ(comparison.of(""), 0U) << "differences without a reason";
  const double thousands = static_cast<double>(comparison.messages) / 1000;
  for (const auto& [reason, count] : comparison.differences) {
    const auto* bound = std::find_if(std::begin(kBounds), std::end(kBounds),
                                     [&](const Bound& b) { return b.reason == reason; });
    ASSERT_TRUE(reason.empty() || bound != std::end(kBounds)) << reason;
    if (reason.empty()) continue;
    // One message may hold a few of a kind, however small the corpus.
    EXPECT_LE(static_cast<double>(count), 3 + bound->per_thousand * thousands) << reason;
  }
}

}  // namespace
}  // namespace backstop::differential
