#include "core/mail/line_ends.h"

namespace backstop::mail {

void LineEnds::feed(std::string_view in, ContentSink& sink) {
  if (in.empty()) return;
  switch (kind_) {
    case Kind::Undecided:
      feed_undecided(in, sink);
      break;
    case Kind::Lf:
      sink.on_bytes(in);
      break;
    case Kind::Cr:
      feed_cr(in, sink);
      break;
  }
}

void LineEnds::feed_undecided(std::string_view in, ContentSink& sink) {
  if (!after_cr_) {
    const std::size_t lf = in.find('\n');
    const std::size_t end = in.substr(0, lf).find('\r');
    if (end == in.npos) {
      if (lf != in.npos) kind_ = Kind::Lf;
      sink.on_bytes(in);
      return;
    }
    if (end != 0) sink.on_bytes(in.substr(0, end));
    after_cr_ = true;
    in.remove_prefix(end + 1);
    if (in.empty()) return;
  }
  after_cr_ = false;
  kind_ = in.front() == '\r' || in.front() == '\n' ? Kind::Lf : Kind::Cr;
  sink.on_bytes(kind_ == Kind::Lf ? "\r" : "\n");
  feed(in, sink);
}

void LineEnds::feed_cr(std::string_view in, ContentSink& sink) {
  while (!in.empty()) {
    if (after_cr_ && in.front() == '\n') in.remove_prefix(1);
    after_cr_ = false;
    const std::size_t cr = in.find('\r');
    if (cr != 0 && !in.empty()) sink.on_bytes(in.substr(0, cr));
    if (cr == in.npos) return;
    sink.on_bytes("\n");
    after_cr_ = true;
    in.remove_prefix(cr + 1);
  }
}

void LineEnds::finish(ContentSink& sink) {
  if (kind_ == Kind::Undecided && after_cr_) sink.on_bytes("\r");
  after_cr_ = false;
}

}  // namespace backstop::mail
