#include "core/reading/subject_marks.h"

#include <algorithm>
#include <array>

#include "core/base/ascii.h"

namespace backstop::reading {
namespace {

struct Row {
  std::string_view mark;  // In normal text, without the colon.
  SubjectMark kind;
};

// Outlook's in the languages it is translated to, Notes', Eudora's and those of web mail.
constexpr std::array kRows{
    Row{"re", SubjectMark::Reply},             // English, and most others
    Row{"aw", SubjectMark::Reply},             // German
    Row{"antw", SubjectMark::Reply},           // Dutch, Notes in German
    Row{"antwort", SubjectMark::Reply},        // Notes in German
    Row{"réf", SubjectMark::Reply},            // Notes in French
    Row{"réf.", SubjectMark::Reply},           // the same
    Row{"rép", SubjectMark::Reply},            // French
    Row{"sv", SubjectMark::Reply},             // Swedish, Danish, Norwegian, Icelandic
    Row{"res", SubjectMark::Reply},            // Portuguese
    Row{"r", SubjectMark::Reply},              // Italian
    Row{"rif", SubjectMark::Reply},            // Italian
    Row{"ris", SubjectMark::Reply},            // Italian
    Row{"odp", SubjectMark::Reply},            // Polish, Czech, Slovak
    Row{"ynt", SubjectMark::Reply},            // Turkish
    Row{"yan", SubjectMark::Reply},            // Turkish
    Row{"vá", SubjectMark::Reply},             // Hungarian
    Row{"vl", SubjectMark::Either},            // Finnish: forward
    Row{"vs", SubjectMark::Either},            // Finnish: reply; Danish: forward
    Row{"betr", SubjectMark::Reply},           // Dutch
    Row{"atb", SubjectMark::Reply},            // Welsh, Latvian
    Row{"ats", SubjectMark::Reply},            // Lithuanian
    Row{"hb", SubjectMark::Reply},             // Belarusian
    Row{"bls", SubjectMark::Reply},            // Indonesian
    Row{"trl", SubjectMark::Reply},            // Vietnamese
    Row{"ha", SubjectMark::Reply},             // Russian, in Latin letters
    Row{"на", SubjectMark::Reply},             // Russian
    Row{"отв", SubjectMark::Reply},            // Russian
    Row{"ответ", SubjectMark::Reply},          // Russian
    Row{"відп", SubjectMark::Reply},           // Ukrainian
    Row{"отг", SubjectMark::Reply},            // Bulgarian
    Row{"απ", SubjectMark::Reply},             // Greek
    Row{"σχετ", SubjectMark::Reply},           // Greek
    Row{"השב", SubjectMark::Reply},            // Hebrew
    Row{"תשובה", SubjectMark::Reply},          // Hebrew
    Row{"رد", SubjectMark::Reply},             // Arabic
    Row{"回复", SubjectMark::Reply},           // Chinese
    Row{"回覆", SubjectMark::Reply},           // Chinese
    Row{"答复", SubjectMark::Reply},           // Chinese
    Row{"答覆", SubjectMark::Reply},           // Chinese
    Row{"返信", SubjectMark::Reply},           // Japanese
    Row{"회신", SubjectMark::Reply},           // Korean
    Row{"답장", SubjectMark::Reply},           // Korean
    Row{"fw", SubjectMark::Forward},           // English
    Row{"fwd", SubjectMark::Forward},          // English
    Row{"wg", SubjectMark::Forward},           // German
    Row{"wtr", SubjectMark::Forward},          // Notes in German
    Row{"tr", SubjectMark::Forward},           // French
    Row{"rv", SubjectMark::Forward},           // Spanish
    Row{"reenv", SubjectMark::Forward},        // Spanish
    Row{"enc", SubjectMark::Forward},          // Portuguese
    Row{"i", SubjectMark::Forward},            // Italian
    Row{"inoltra", SubjectMark::Forward},      // Italian
    Row{"doorst", SubjectMark::Forward},       // Dutch
    Row{"vb", SubjectMark::Forward},           // Swedish
    Row{"vbs", SubjectMark::Forward},          // Swedish
    Row{"fs", SubjectMark::Forward},           // Portuguese, Icelandic
    Row{"pd", SubjectMark::Forward},           // Polish
    Row{"przek", SubjectMark::Forward},        // Polish
    Row{"ilt", SubjectMark::Forward},          // Turkish
    Row{"továbbítás", SubjectMark::Forward},   // Hungarian
    Row{"redir", SubjectMark::Forward},        // Romanian
    Row{"prosl", SubjectMark::Forward},        // Croatian
    Row{"trs", SubjectMark::Forward},          // Indonesian
    Row{"пересл", SubjectMark::Forward},       // Russian
    Row{"препр", SubjectMark::Forward},        // Bulgarian
    Row{"πρθ", SubjectMark::Forward},          // Greek
    Row{"προθ", SubjectMark::Forward},         // Greek
    Row{"הועבר", SubjectMark::Forward},        // Hebrew
    Row{"إعادة توجيه", SubjectMark::Forward},  // Arabic
    Row{"转发", SubjectMark::Forward},         // Chinese
    Row{"轉寄", SubjectMark::Forward},         // Chinese
    Row{"轉發", SubjectMark::Forward},         // Chinese
    Row{"転送", SubjectMark::Forward},         // Japanese
    Row{"전달", SubjectMark::Forward},         // Korean
};

// The longest, with a count ("re[0]") and a space before the colon.
constexpr std::size_t kMarkBytes = 28;

}  // namespace

SubjectMark subject_mark(std::string_view normal_subject) {
  // "[Fwd: subject]" of Netscape and Mozilla.
  if (normal_subject.starts_with('[')) normal_subject.remove_prefix(1);
  const std::size_t colon = normal_subject.substr(0, kMarkBytes).find(':');
  if (colon == std::string_view::npos) return SubjectMark::None;
  std::string_view mark = ascii::trim(normal_subject.substr(0, colon));
  for (const std::string_view count : {"[0]", "(0)", "^0", "*0"}) {
    if (mark.ends_with(count)) mark.remove_suffix(count.size());
  }
  const auto* row = std::ranges::find(kRows, mark, &Row::mark);
  return row == kRows.end() ? SubjectMark::None : row->kind;
}

bool is_reply_or_forward(std::string_view normal_subject) {
  return subject_mark(normal_subject) != SubjectMark::None;
}

bool is_forward(std::string_view normal_subject) {
  const SubjectMark mark = subject_mark(normal_subject);
  return mark == SubjectMark::Forward || mark == SubjectMark::Either;
}

std::string_view without_tags(std::string_view subject) {
  constexpr std::size_t kTagBytes = 24;
  while (subject.starts_with('[')) {
    const std::size_t end = subject.substr(0, kTagBytes).find(']');
    if (end == std::string_view::npos) break;
    subject = ascii::trim(subject.substr(end + 1));
  }
  return subject;
}

}  // namespace backstop::reading
