#include "core/reading/plain_bounce.h"

#include <algorithm>
#include <array>

#include "core/base/ascii.h"
#include "core/base/assert.h"
#include "core/base/char_set.h"
#include "core/base/limits.h"
#include "core/reading/delivery_status.h"
#include "core/reading/word_search.h"

namespace backstop::reading {
namespace {

enum class Says : std::uint8_t {
  Writer,   // Which product wrote it.
  Failed,   // Which product, and that delivery failed.
  Delayed,  // Which product, and that delivery is late.
};

// A line that holds `words` (lower case) is of that product.  Lines of these texts are fixed by the
// product's source, so that one line is enough to tell it.
struct Phrase {
  std::string_view words;
  Product product;
  Says says;
};

constexpr std::array kPhrases{
    // Postfix, conf/bounce.cf.default and bounce/bounce_templates.c.
    Phrase{"this is the mail system at host ", Product::Postfix, Says::Writer},
    Phrase{"this is the postfix program at host ", Product::Postfix, Says::Writer},
    Phrase{"i'm sorry to have to inform you that ", Product::Postfix, Says::Failed},
    Phrase{"# this is a warning only.  you do not need to resend your", Product::Postfix,
           Says::Delayed},
    Phrase{"your message could not be delivered for more than ", Product::Postfix, Says::Delayed},
    // Exim, deliver.c.
    Phrase{"this message was created automatically by mail delivery software", Product::Exim,
           Says::Writer},
    Phrase{"a message that you sent could not be delivered to ", Product::Exim, Says::Failed},
    Phrase{"could not be delivered to one or more of its recipients.", Product::Exim, Says::Failed},
    Phrase{"a message that you sent has not yet been delivered to ", Product::Exim, Says::Delayed},
    Phrase{"a message that you sent has not been delivered to ", Product::Exim, Says::Delayed},
    Phrase{"has not yet been delivered to one or more of its recipients", Product::Exim,
           Says::Delayed},
    // Exim, moan.c: what is told at once to a local sender.  Behind the delays, which begin alike.
    Phrase{"a message that you sent was rejected by ", Product::Exim, Says::Failed},
    Phrase{"a message that you sent contained ", Product::Exim, Says::Failed},
    Phrase{"a message that you sent was longer than the maximum size", Product::Exim, Says::Failed},
    Phrase{"a message that you sent using ", Product::Exim, Says::Failed},
    // OpenSMTPD, smtpd/bounce.c.
    Phrase{"this is the mailer-daemon, please do not reply to this e", Product::OpenSmtpd,
           Says::Writer},
    Phrase{"an error has occurred while attempting to deliver a message", Product::OpenSmtpd,
           Says::Failed},
    Phrase{"a message is delayed for more than ", Product::OpenSmtpd, Says::Delayed},
    // qmail, qmail-send.c, and QSBMF (https://cr.yp.to/proto/qsbmf.txt).
    Phrase{"hi. this is the qmail-send program at ", Product::Qmail, Says::Failed},
    Phrase{"hi. this is the ", Product::Qmail, Says::Failed},
    // Sendmail, savemail.c and errors in deliver.c.
    Phrase{"----- the following addresses had permanent ", Product::Sendmail, Says::Failed},
    Phrase{"----- the following addresses had delivery problems", Product::Sendmail, Says::Failed},
    Phrase{"----- the following addresses had transient ", Product::Sendmail, Says::Delayed},
    Phrase{"----- transcript of session follows -----", Product::Sendmail, Says::Writer},
};

// Longer lines are no line of these texts.
constexpr std::size_t kPhraseLineBytes = 400;
// What Postfix and Exim put behind an address is on the same or on indented lines.
constexpr std::size_t kIndent = 4;

// Whether any is in it: nearly no line has one.
bool holds_phrase(std::string_view line) {
  static constexpr auto kSearch = make_word_search<12>([] {
    std::array<std::string_view, kPhrases.size()> words;
    std::ranges::transform(kPhrases, words.begin(), &Phrase::words);
    return words;
  }());
  return kSearch.any_in_folded(line);
}

std::size_t indentation(std::string_view line) {
  std::size_t n = 0;
  while (n < line.size() && ascii::is_blank(line[n]))
    ++n;
  return n;
}

constexpr CharSet kNoAddress(" \t<>,\"");

// One word with an '@', or the bare local part that stands in brackets.
bool is_address(std::string_view text) {
  return !text.empty() && text.size() <= limits::kPathBytes && !kNoAddress.any_in(text) &&
         text.find('@') != std::string_view::npos;
}

}  // namespace

std::string_view name_of(Product product) {
  switch (product) {
    case Product::None:
      return "";
    case Product::Postfix:
      return "Postfix";
    case Product::Exim:
      return "Exim";
    case Product::OpenSmtpd:
      return "OpenSMTPD";
    case Product::Qmail:
      return "qmail";
    case Product::Sendmail:
      return "Sendmail";
  }
  BS_ASSERT(false);
}

void PlainBounce::on_line(std::string_view line) {
  while (!line.empty() && ascii::is_space(line.back()))
    line.remove_suffix(1);
  if (take_phrase(line)) {
    end_recipient();
    return;
  }
  // QSBMF sets each recipient as "<address>:", whatever the words around are.
  if (product_ == Product::None && !open_ && !line.starts_with('<')) return;
  take_recipient(line);
}

void PlainBounce::on_text_end() {
  end_recipient();
}

bool PlainBounce::take_phrase(std::string_view line) {
  if (line.size() > kPhraseLineBytes || !holds_phrase(line)) return false;
  for (const Phrase& phrase : kPhrases) {
    // The first product met stays: what a product quotes of another is a diagnostic.
    if (product_ != Product::None && phrase.product != product_) continue;
    if (ascii::find_folded(line, phrase.words) == std::string_view::npos) continue;
    product_ = phrase.product;
    if (phrase.says != Says::Writer) states_outcome_ = true;
    if (phrase.says == Says::Delayed) delayed_ = true;
    take_host(line);
    return true;
  }
  return false;
}

// "at host mx.example.com." and "program at mx.example.com."
void PlainBounce::take_host(std::string_view line) {
  if (!reporting_mta_.empty()) return;
  for (const std::string_view before : {" at host ", " program at "}) {
    const std::size_t at = ascii::find_folded(line, before);
    if (at == std::string_view::npos) continue;
    std::string_view host = line.substr(at + before.size());
    host = host.substr(0, std::min(host.find_first_of(" \t"), host.size()));
    while (host.ends_with('.') || host.ends_with(','))
      host.remove_suffix(1);
    if (host.size() <= limits::kPathBytes) reporting_mta_ = host;
    return;
  }
}

void PlainBounce::take_recipient(std::string_view line) {
  if (line.empty()) {
    // Exim sets an empty line between address and quoted answer; the others end with it.
    if (product_ != Product::Exim) end_recipient();
    return;
  }
  const std::size_t indent = indentation(line);
  const std::string_view words = line.substr(indent);
  if (open_ && indent >= kIndent) {
    // "(reason: ...)" of Sendmail and "(generated from ...)" of Exim among them.
    add_diagnostic(words);
    return;
  }
  // Not the "<<<" of a transcript.
  if (words.starts_with('<') && !words.starts_with("<<")) {
    // "<a@b>: text", "<a@b> (expanded from <c@d>): text", "<a@b>" alone.
    const std::size_t end = words.find('>');
    if (end == std::string_view::npos || end < 2 || end > limits::kPathBytes) return;
    const std::string_view rest = words.substr(end + 1);
    const std::size_t colon = rest.starts_with(" (") ? rest.find("):") : 0;
    const bool with_text =
        rest.starts_with(':') || (rest.starts_with(" (") && colon != std::string_view::npos);
    if (!with_text && !(rest.empty() && product_ == Product::Sendmail)) return;
    begin_recipient(words.substr(1, end - 1),
                    rest.empty() ? rest : rest.substr(rest.find(':', colon) + 1));
    return;
  }
  if (product_ == Product::OpenSmtpd) {
    const std::size_t colon = words.find(": ");
    if (colon != std::string_view::npos && is_address(words.substr(0, colon))) {
      begin_recipient(words.substr(0, colon), words.substr(colon + 2));
    }
    return;
  }
  if (product_ == Product::Exim && indent == 2) {
    // Exim before 3 sets a colon behind it.
    std::string_view address = words;
    if (address.ends_with(':')) address.remove_suffix(1);
    if (address.starts_with('<') && address.ends_with('>'))
      address = address.substr(1, address.size() - 2);
    if (is_address(address)) {
      begin_recipient(address, "");
      return;
    }
  }
  if (open_ && (product_ == Product::Qmail || product_ == Product::None)) {
    add_diagnostic(words);
    return;
  }
  end_recipient();
}

void PlainBounce::begin_recipient(std::string_view address, std::string_view diagnostic) {
  end_recipient();
  if (recipients_.size() >= limits::kReportRecipients) return;
  open_ = true;
  recipients_.push_back(RecipientReport{.address = std::string(address),
                                        .action = delayed_ ? "delayed" : "failed",
                                        .status = "",
                                        .diagnostic = ""});
  add_diagnostic(ascii::trim(diagnostic));
}

void PlainBounce::add_diagnostic(std::string_view text) {
  std::string& diagnostic = recipients_.back().diagnostic;
  if (text.empty() || diagnostic.size() >= limits::kDiagnosticBytes) return;
  if (!diagnostic.empty()) diagnostic += ' ';
  diagnostic += text.substr(0, limits::kDiagnosticBytes - diagnostic.size());
}

void PlainBounce::end_recipient() {
  if (!open_) return;
  open_ = false;
  recipients_.back().status = find_status(recipients_.back().diagnostic);
}

}  // namespace backstop::reading
