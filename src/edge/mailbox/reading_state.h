// What a BatchReader has open: the innermost thing on top.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "edge/mailbox/batch_builder.h"
#include "edge/mailbox/byte_stream.h"
#include "edge/mailbox/content.h"

namespace backstop::mailbox {

class ReadingState;

// Something that holds messages, or things that hold messages.
class Source {
 public:
  virtual ~Source() = default;
  enum class Step { More, Done };
  // A bounded piece of work: about one buffer read, or one thing opened and pushed.
  virtual Step step(ReadingState& state) = 0;
};

// How a thing was met; it says what may be taken for a message.
enum class Met {
  Named,    // By the user: any text is a message.
  Maildir,  // In a Maildir: one message, whatever its first line is.
  Tree,     // In a folder or an archive: only what looks like mail, or is called *.eml.
};

class ReadingState {
 public:
  BatchBuilder builder;

  void push(std::unique_ptr<Source> source) { sources_.push_back(std::move(source)); }
  bool is_done() const { return sources_.empty(); }
  // One step of the innermost source.
  void step();

  void unreadable(const std::string& source, std::uint64_t offset, Error error) {
    builder.add_unreadable({.source = source, .offset = offset, .error = std::move(error)});
  }

 private:
  std::vector<std::unique_ptr<Source>> sources_;
};

// A thing that was opened, and what it is called.
struct Opened {
  std::unique_ptr<ByteStream> stream;
  std::string source;        // Of its messages.
  std::string path;          // Of itself, when it cannot be read.
  std::uint64_t number = 0;  // In its Maildir.
  Met met = Met::Named;
  unsigned depth = 0;  // Containers around it.
};

// Looks how it begins and hands out what is small at once; what is more is pushed.
void read_opened(ReadingState& state, Opened opened);

std::unique_ptr<Source> make_folder_source(std::string path);
std::unique_ptr<Source> make_mbox_source(Opened opened, bool ended);
std::unique_ptr<Source> make_message_source(Opened opened);
// The tail is how it begins.
void read_container(ReadingState& state, Opened opened, Content content);

}  // namespace backstop::mailbox
