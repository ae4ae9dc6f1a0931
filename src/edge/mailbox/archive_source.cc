#include "edge/mailbox/reading_state.h"

namespace backstop::mailbox {

void read_container(ReadingState& state, Opened opened) {
  state.builder.drop(state.builder.tail().size());
  state.unreadable(opened.path, 0, {Errc::Unsupported, opened.path, "is an archive"});
}

}  // namespace backstop::mailbox
