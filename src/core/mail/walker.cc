#include "core/mail/walker.h"

#include "core/base/assert.h"
#include "core/mail/line_ends.h"
#include "core/mail/walk_stream.h"

namespace backstop::mail {

struct Walker::State final : ContentSink {
  explicit State(Visitor& visitor) : walk{visitor}, stream(walk) {}

  void start() {
    BS_ASSERT(!finished);
    if (!started) stream.begin(PartRole::Message, PartPlace{});
    started = true;
  }

  void on_bytes(std::string_view bytes) override { stream.feed(bytes); }

  Walk walk;
  LineEnds line_ends;
  WalkStream stream;
  bool started = false;
  bool finished = false;
};

Walker::Walker(Visitor& visitor) : state_(std::make_unique<State>(visitor)) {}
Walker::~Walker() = default;
Walker::Walker(Walker&&) noexcept = default;

void Walker::feed(std::string_view bytes) {
  state_->start();
  if (!state_->walk.stopped) state_->line_ends.feed(bytes, *state_);
}

void Walker::feed_field(std::string_view name, std::string_view raw) {
  state_->start();
  state_->line_ends.pass_through();
  state_->stream.feed_field(name, raw);
}

void Walker::end_header() {
  state_->start();
  state_->line_ends.pass_through();
  state_->stream.end_header();
}

void Walker::finish() {
  state_->start();
  state_->line_ends.finish(*state_);
  state_->stream.finish(true);
  state_->finished = true;
}

const Defects& Walker::defects() const {
  return state_->walk.defects;
}

PartId Walker::parts_seen() const {
  return state_->walk.parts;
}

}  // namespace backstop::mail
