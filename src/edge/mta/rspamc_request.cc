#include "edge/mta/rspamc_request.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/limits.h"

namespace backstop::mta {
namespace {

constexpr std::string_view kFirstLine = "CHECK RSPAMC/1.";

std::string_view without_leading_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  return text;
}

struct Outcome {
  std::string_view says_spam;
  std::string_view score;
  std::string_view action;
};

// rspamd's words for what is to be done.
Outcome outcome_of(RspamcAction action) {
  switch (action) {
    case RspamcAction::None:
      return {"False", "0.00", "no action"};
    case RspamcAction::AddHeader:
      return {"False", "5.00", "add header"};
    case RspamcAction::Quarantine:
      return {"True", "12.00", "quarantine"};
    case RspamcAction::SoftReject:
      return {"True", "12.00", "soft reject"};
    case RspamcAction::Reject:
      return {"True", "15.00", "reject"};
    case RspamcAction::Discard:
      return {"True", "15.00", "discard"};
  }
  return {"False", "0.00", "no action"};
}

}  // namespace

RspamcHeadReader::RspamcHeadReader() : lines_(limits::kRspamcLineBytes) {}

std::optional<RspamcHead> RspamcHeadReader::next(std::string_view& input) {
  while (complaint_.empty()) {
    const auto line = lines_.next(input);
    if (!line) {
      if (lines_.oversized()) complaint_ = "sent a line over the limit";
      return std::nullopt;
    }
    if ((bytes_ += line->size() + 1) > limits::kRspamcHeadBytes) {
      complaint_ = "sent an envelope over the limit";
    } else if (!begun_) {
      begun_ = line->starts_with(kFirstLine);
      if (!begun_) complaint_ = "sent no CHECK RSPAMC/1.3; this is no spamd client of Exim";
    } else if (!line->empty()) {
      take(*line);
    } else if (!has_length_) {
      complaint_ = "sent a request without a Content-length";
    } else {
      return std::exchange(head_, {});
    }
  }
  return std::nullopt;
}

void RspamcHeadReader::take(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) {
    complaint_ = "sent a line without a colon in its head";
    return;
  }
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = without_leading_blanks(line.substr(colon + 1));
  const auto is = [&](std::string_view wanted) { return ascii::equals_folded(name, wanted); };
  if (is("Content-length")) {
    const char* const end = value.data() + value.size();
    const auto [rest, error] = std::from_chars(value.data(), end, head_.content_length);
    has_length_ = !value.empty() && error == std::errc{} && rest == end &&
                  head_.content_length <= limits::kRspamcMessageBytes;
    if (!has_length_) complaint_ = "announced a message over the limit";
  } else if (is("Rcpt")) {
    if (head_.recipients.size() < limits::kTransactionRecipients) {
      head_.recipients.emplace_back(value);
    } else {
      ++head_.more_recipients;
    }
  } else if (is("Queue-Id")) {
    head_.queue_id = value;
  } else if (is("From")) {
    head_.sender = value;
  } else if (is("Helo")) {
    head_.helo = value;
  } else if (is("Hostname")) {
    head_.host_name = value;
  } else if (is("IP")) {
    head_.client = value;
  } else if (is("User")) {
    head_.user = value;
  }
}

void RspamcMessage::feed(std::string_view bytes) {
  if (!begun_) {
    begun_ = true;
    block_.begin(mail::HeaderBlock::Start::Lenient);
  }
  if (!in_body_) {
    const auto progress = block_.feed(bytes, boundaries_, *this, defects_);
    bytes.remove_prefix(progress.consumed);
    if (progress.end == mail::HeaderBlock::End::None) return;
    end_header();
  }
  if (!bytes.empty()) sink_.on_body(bytes);
}

void RspamcMessage::finish() {
  if (in_body_) return;
  if (!begun_) block_.begin(mail::HeaderBlock::Start::Lenient);
  block_.finish(boundaries_, *this, defects_);
  end_header();
}

void RspamcMessage::end_header() {
  in_body_ = true;
  const std::string start = block_.take_body_start();
  block_.release();
  sink_.on_header_end();
  if (!start.empty()) sink_.on_body(start);
}

void RspamcMessage::on_field_text(std::string_view text, std::size_t colon, bool /*cut*/) {
  std::string_view name = text.substr(0, colon);
  while (!name.empty() && (name.back() == ' ' || name.back() == '\t'))
    name.remove_suffix(1);
  const std::string_view raw = text.substr(colon + 1);
  if (!is_exims_own(name)) {
    sink_.on_field(name, raw);
  } else if (above_ == Above::Nothing) {
    sink_.on_own_received(raw);
  }
}

bool RspamcMessage::is_exims_own(std::string_view name) {
  if (above_ <= Above::EnvelopeFrom && ascii::equals_folded(name, "X-Envelope-From")) {
    above_ = Above::EnvelopeTo;
    return true;
  }
  if (above_ <= Above::EnvelopeTo && ascii::equals_folded(name, "X-Envelope-To")) {
    above_ = Above::Received;
    return true;
  }
  const bool received = above_ <= Above::Received && ascii::equals_folded(name, "Received");
  above_ = Above::Nothing;
  return received;
}

std::string render_rspamc_reply(RspamcAction action, const std::vector<std::string>& lines) {
  const Outcome outcome = outcome_of(action);
  std::string out = fmt::format(
      "RSPAMD/1.3 0 EX_OK\r\n"
      "Metric: default; {}; {} / 10.00 / 20.00\r\n"
      "Action: {}\r\n",
      outcome.says_spam, outcome.score, outcome.action);
  for (const std::string& line : lines) {
    for (const char c : line)
      out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
    out += "\r\n";
  }
  return out;
}

}  // namespace backstop::mta
