// Notices of virus scanners and content filters.
#include "core/reading/kind.h"
#include "core/reading/kind_words.h"
#include "core/reading/subject_marks.h"

namespace backstop::reading {
namespace {

constexpr Kind kNotices[] = {Kind::VirusNotice, Kind::ContentNotice};

bool has_words(const Findings& f, Where where) {
  return f.words.has(Kind::VirusNotice, where) || f.words.has(Kind::ContentNotice, where);
}

unsigned fixed_words(const Findings& f, Where where) {
  return f.words.count_fixed(Kind::VirusNotice, where) +
         f.words.count_fixed(Kind::ContentNotice, where);
}

// What a program fixes counts twice.
unsigned weight(const Findings& f, Kind kind) {
  unsigned sum = 0;
  for (const Where where : {Where::Subject, Where::From, Where::Text}) {
    sum += f.words.count(kind, where) + f.words.count_fixed(kind, where);
  }
  return sum;
}

void note_words(const Findings& f, KindDecision& decision) {
  for (const Where where : {Where::Text, Where::Subject}) {
    for (const Kind kind : kNotices) {
      const Phrase* phrase = f.words.first(kind, where);
      if (phrase == nullptr) continue;
      decision.language = phrase->language;
      decision.evidence.push_back(
          (where == Where::Text ? "The text says \"" : "The subject says \"") +
          std::string(phrase->literal) + "\", as mail filters do.");
      return;
    }
  }
}

// A filter by its field, name or role, and its words.  A subject alone is what spam says too; worms
// send such notices with a file, which filters do not.
std::optional<KindDecision> decide_known_filter(const Findings& f) {
  const bool field = f.signs.has(HeaderSign::FilterField);
  const bool name = has_words(f, Where::From);
  const bool role = f.signs.has(HeaderSign::FilterSender);
  const bool system = has_daemon_sender(f);
  const bool subject = has_words(f, Where::Subject);
  const bool text = has_words(f, Where::Text);
  if (!field && f.product != Product::None && f.product_states_outcome) return std::nullopt;
  if (!field && (is_reply_or_forward(f.subject) ||
                 (f.signs.has(HeaderSign::List) && !has_daemon_envelope(f)))) {
    return std::nullopt;
  }
  const bool sender = name || role || system || f.signs.has(HeaderSign::AutoSubmitted);
  // A gateway also returns what it could not deliver.
  const bool bounces = system && (!f.recipients->empty() || f.product != Product::None ||
                                  f.words.has(Kind::Bounce, Where::Text));
  const bool structure = system || f.returned != ReturnForm::None;
  const bool marked = field && (name || text || subject || role || (structure && !bounces));
  const bool firm =
      fixed_words(f, Where::Text) > 0 ||
      (text && subject &&
       (fixed_words(f, Where::Subject) > 0 || name || role || has_daemon_envelope(f)));
  if (!marked && !(sender && text && firm)) return std::nullopt;
  // Digests of a quarantine have pictures.
  const bool digest = (name || role) && text && f.words.has(Kind::ContentNotice, Where::Subject) &&
                      !f.words.has(Kind::VirusNotice, Where::Subject);
  if (f.parts.attachment && !field && !digest) return std::nullopt;
  const bool content =
      names_content_alone(f) || (field && names_no_virus(f)) ||
      (weight(f, Kind::ContentNotice) > weight(f, Kind::VirusNotice) && !names_virus_alone(f));
  KindDecision decision{.kind = content ? Kind::ContentNotice : Kind::VirusNotice,
                        .confidence = marked || subject ? 0.97 : 0.9};
  if (field) decision.evidence.emplace_back("A header field says that a mail filter wrote it.");
  if (name || role) decision.evidence.emplace_back("The From field names a mail filter.");
  note_words(f, decision);
  if (system) note_sender(f, decision.evidence);
  note_returned(f, decision.evidence);
  return decision;
}

}  // namespace

std::optional<KindDecision> decide_content_notice(const Findings& f) {
  if (auto decision = decide_known_filter(f)) return decision;
  return decide_unknown_filter(f);
}

}  // namespace backstop::reading
